//! The operations on impressions.

use super::{
    answer::{Impression, MonthOfImpressions},
    deeds,
    request::NewImpression,
    rules::{self, Month},
    said,
    said::Said,
    store,
    things::IMPRESSION,
};
use crate::{App, appointment};
use axum::{extract::State, response::Response};
use contract::{AppointmentId, CentreId, StaffRole};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Path, Query},
    page::{Page, PageQuery, Paging},
    problems::{CreateProblems, ReadProblems},
    reply::Reply,
};
use std::collections::BTreeMap;

/// How many months a page has at most.
const MONTHS_A_PAGE: u16 = 24;

/// Say how a session was
///
/// For the participant, of their own sessions that took place: within 14 days, and for 7 days after that they may choose another face. Nobody
/// else reads what they said; managers read sums over at least five people.
#[utoipa::path(
    post, path = "/appointments/{appointment_id}/impression", tag = "impressions", operation_id = "sayImpression",
    request_body = NewImpression,
    params(("appointment_id" = AppointmentId, Path), Call),
    responses((status = 200, description = "What is kept", body = Impression), CreateProblems)
)]
pub async fn say(
    State(app): State<App>,
    call: Call,
    Path(id): Path<AppointmentId>,
    body: Body<NewImpression>,
) -> Result<Response> {
    let own = call.actor.participant()?;
    let mut work = app.begin(&call, body.digest).await?;
    let session = appointment::load_own_for_change(&mut work.tx, own, id, work.now).await?;
    let session = session.ok_or_else(Error::not_found)?;
    let now = work.now;
    let (said, audit) = deeds::say(&app, &mut work.tx, &session, body.value.face, now, now).await?;
    work.finish(audit, Reply::ok(&Impression::from(&said))?).await
}

/// Read what one said of a session
///
/// For the participant alone.
#[utoipa::path(
    get, path = "/appointments/{appointment_id}/impression", tag = "impressions", operation_id = "readImpression",
    params(("appointment_id" = AppointmentId, Path)),
    responses((status = 200, description = "What they said", body = Impression), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<AppointmentId>) -> Result<Response> {
    let own = call.actor.participant()?;
    let mut reading = app.begin_glance(&call).await?;
    // By the key, nobody finds what another said: whose it is, is part of it.
    let kept = said::id_of(&app.keys, id);
    let row = store::load(&mut reading.tx, kept).await?.ok_or_else(Error::not_found)?;
    let said = Said::open(&app.keys, kept, &row.said_sealed)?;
    let said =
        said.filter(|said| said.person == said::person(&app.keys, own)).ok_or_else(Error::not_found)?;
    reading.finish(Audit::new(&IMPRESSION, "read", None), Reply::ok(&Impression::from(&said))?).await
}

/// Read how sessions were found, month by month
///
/// For the manager of the centre. The latest month first: sums only, of months of which nothing can change any more (from 23 days after their
/// end). Of fewer than five people, and where all said the same, nothing is told.
#[utoipa::path(
    get, path = "/centres/{centre_id}/impressions", tag = "impressions", operation_id = "listImpressions",
    params(("centre_id" = CentreId, Path), PageQuery),
    responses((status = 200, description = "A page of months", body = Page<MonthOfImpressions>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(centre): Path<CentreId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let (_, _, own) = call.actor.staff(&[StaffRole::Manager])?;
    let paging = query.paging::<i64>()?;
    // Each month is counted from what was said in it, which is opened one by one.
    let paging = Paging { limit: paging.limit.min(MONTHS_A_PAGE), ..paging };
    if own != centre {
        return Err(Error::not_found());
    }
    let mut reading = app.begin_reading(&call).await?;
    let last = rules::last_settled(reading.now);
    let before = paging.after.map_or(Month::END, Month);
    let months = store::months(&mut reading.tx, centre, (before, &last), paging.rows()).await?;
    let page = paging.page(months, |month| Month::number(month))?;
    let mut said: BTreeMap<String, Vec<Said>> = BTreeMap::new();
    if let (Some(latest), Some(earliest)) = (page.items.first(), page.items.last()) {
        for row in store::said_in(&mut reading.tx, centre, earliest, latest).await? {
            let opened = Said::open(&app.keys, row.id, &row.said_sealed)?;
            said.entry(row.month).or_default().extend(opened);
        }
    }
    let page = page.map(|month| {
        let sum = said.get(&month).and_then(|said| rules::sum(said));
        Ok(MonthOfImpressions::of(month, sum))
    })?;
    let audit = Audit::new(&IMPRESSION, "list", None).at(centre).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}
