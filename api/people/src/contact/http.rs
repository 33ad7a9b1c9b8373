//! The operations on contacts.

use super::{
    answer::{Contacts, WithoutContact},
    look,
    request::Filter,
    rules, store,
    things::CONTACT,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{ParticipantId, StaffRole};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    page::Page,
    problems::ReadProblems,
    reply::Reply,
};

/// List those who have been without contact for long
///
/// For managers, of their own centre: whoever was longest without contact first. Only those who are accompanied; whoever was never met or
/// spoken to is counted from when their file was opened.
#[utoipa::path(
    get, path = "/contacts", tag = "contacts", operation_id = "listWithoutContact",
    params(Filter),
    responses((status = 200, description = "A page of those people", body = Page<WithoutContact>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let (_, _, centre) = call.actor.staff(&[StaffRole::Manager])?;
    let (scope, paging) = (call.actor.staff_caseload()?, filter.paging()?);
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let days = match filter.days {
        Some(days) => i64::from(days),
        None => rules::after_days(store::days_of_centre(&mut reading.tx, centre).await?),
    };
    let latest = rules::latest_for(days, now);
    let rows = store::list(&mut reading.tx, scope, latest, paging).await?;
    let page = paging
        .page(rows, |row| (row.counted_from.as_micros(), row.participant_id.0))?
        .map(|row| Ok(WithoutContact::of(&row, now)))?;
    let audit = Audit::new(&CONTACT, "list", None).with("count", page.items.len()).with("days", days);
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read how long somebody has been without contact
///
/// For the mentors and counsellors of the participant and the manager of their centre. Only what reached them counts: visits, appointments
/// that took place, check-ins that were answered, and calls by which they were told something themselves.
#[utoipa::path(
    get, path = "/participants/{participant_id}/contacts", tag = "contacts", operation_id = "readContacts",
    params(("participant_id" = ParticipantId, Path)),
    responses((status = 200, description = "How it stands", body = Contacts), ReadProblems)
)]
pub async fn read(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let around =
        store::around_in_scope(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let opened_at = store::opened_at(&mut reading.tx, participant).await?.unwrap_or(around.created_at);
    let standing = look::known(&mut reading.tx, &around, opened_at, now).await?;
    let audit = Audit::new(&CONTACT, "read", participant.0).about(participant);
    reading.finish(audit, Reply::ok(&Contacts::of(participant, &standing))?).await
}
