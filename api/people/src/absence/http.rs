//! The operations on absences.

use super::{
    AbsenceId,
    answer::Absence,
    life::note,
    request::{Filter, NewAbsence},
    rules::{self, Sight},
    store::{self, Row},
    things::ABSENCE,
    turns,
};
use crate::{app::App, assignment::store as assignments, opening_hours::term::Term};
use axum::{extract::State, response::Response};
use contract::{CentreId, StaffId, time::Instant};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, Path, Query, fields::new_id},
    page::Page,
    problems::{CreateProblems, ReadProblems},
    reply::Reply,
};

/// Say that a mentor or counsellor is away
///
/// For themselves, the manager of their centre and administrators. From the first day on the stand-in accompanies those whom they lead, and what
/// needs somebody about them is the stand-in's; that ends with the last day. Nobody is away twice on one day.
#[utoipa::path(
    post, path = "/staff/{staff_id}/absences", tag = "absences", operation_id = "recordAbsence",
    request_body = NewAbsence,
    params(
        ("staff_id" = StaffId, Path),
        Call
    ),
    responses((status = 201, description = "Said", body = Absence, headers(("ETag" = String))), CreateProblems)
)]
pub async fn create(
    State(app): State<App>,
    call: Call,
    Path(staff): Path<StaffId>,
    body: Body<NewAbsence>,
) -> Result<Response> {
    let sight = Sight::of(&call.actor)?;
    let new = body.value;
    let id = AbsenceId(new_id(new.id, &*app.ids));
    let term = Term { from: new.from, until: Some(new.until) };
    let mut work = app.begin(&call, body.digest).await?;
    let now = work.now;
    let member = store::member(&mut work.tx, staff).await?;
    let member = member.filter(|member| sight.holds(staff, member.centre_id)).ok_or_else(Error::not_found)?;
    if !member.accompanies {
        return Err(Error::field("{staff_id}", "not_allowed", "is no active mentor or counsellor"));
    }
    term.check(&app.zones, &member.zone, now)?;
    rules::fits(&store::lasting(&mut work.tx, staff, now).await?, term)?;
    if let Some(stand_in) = new.stand_in_id {
        check_stand_in(&mut work.tx, (staff, stand_in), member.centre_id, term, now).await?;
    }
    let (starts_at, ends_at) = term.instants(&app.zones, &member.zone)?;
    let row = Row {
        id,
        staff_id: staff,
        centre_id: member.centre_id,
        stand_in_id: new.stand_in_id,
        created_by: call.actor.person(),
        from_day: term.from.to_string(),
        until_day: new.until.to_string(),
        starts_at,
        ends_at: ends_at.ok_or_else(|| Error::internal("an absence without an end"))?,
        began_at: None,
        ended_at: None,
        version: 1,
        data_key: member.data_key,
        name_sealed: member.name_sealed,
    };
    store::insert(&mut work.tx, &row, now).await?;
    note(&mut work.tx, &row).await?;
    row.tell(&mut work.tx);
    let reply = Reply { status: 201, ..Reply::ok(&Absence::of(&app, &row)?)? }.version(row.version);
    work.finish(Audit::new(&ABSENCE, "record", id.0).at(row.centre_id), reply).await
}

async fn check_stand_in(
    tx: &mut Tx,
    (staff, stand_in): (StaffId, StaffId),
    centre: CentreId,
    term: Term,
    now: Instant,
) -> Result<()> {
    let fault = |code, detail| Err(Error::field("/stand_in_id", code, detail));
    if stand_in == staff {
        return fault("same", "is the one who is away");
    }
    let companion = assignments::companion(tx, centre, stand_in, now).await?;
    if companion.is_none_or(|companion| !companion.role.accompanies()) {
        return fault("unknown", "is no mentor or counsellor of this centre");
    }
    if rules::shares_a_day(&store::lasting(tx, stand_in, now).await?, term)? {
        return fault("not_allowed", "is away on some of these days");
    }
    Ok(())
}

/// List absences
///
/// The newest first. Administrators see all, managers those of their centre, mentors and counsellors their own and those in which they stand
/// in (`stand_in_id`).
#[utoipa::path(
    get, path = "/absences", tag = "absences", operation_id = "listAbsences",
    params(Filter),
    responses((status = 200, description = "A page of absences", body = Page<Absence>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let sight = Sight::of(&call.actor)?;
    let paging = filter.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let rows = store::list(&mut reading.tx, sight, &filter, paging).await?;
    let page = paging.page(rows, |entry| entry.key.id)?.legible().map(|row| Absence::of(&app, &row))?;
    let audit = Audit::new(&ABSENCE, "list", None).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// End an absence before its time
///
/// They are back, or were never away. For themselves, the manager of their centre and administrators. The stand-in accompanies nobody by it any more.
#[utoipa::path(
    post, path = "/absences/{absence_id}/end", tag = "absences", operation_id = "endAbsence",
    params(
        ("absence_id" = AbsenceId, Path),
        Call
    ),
    responses((status = 200, description = "Ended", body = Absence, headers(("ETag" = String))), CreateProblems)
)]
pub async fn end(State(app): State<App>, call: Call, Path(id): Path<AbsenceId>) -> Result<Response> {
    let sight = Sight::of(&call.actor)?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let row = store::load_for_change(&mut work.tx, id).await?;
    let mut row = row.filter(|row| sight.holds(row.staff_id, row.centre_id)).ok_or_else(Error::not_found)?;
    if row.ended_at.is_some() {
        return Err(Error::command_refused(None, "the absence has ended", &[] as &[&str]));
    }
    let now = work.now;
    let ended = turns::end(&app, &mut work.tx, &mut row, Some(&call.actor), now).await?;
    let reply = Reply::ok(&Absence::of(&app, &row)?)?.version(row.version);
    let audit = Audit::new(&ABSENCE, "end", id.0).at(row.centre_id).with("assignments_ended", ended);
    work.finish(audit, reply).await
}
