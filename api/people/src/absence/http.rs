//! The operations on absences.

use super::{
    AbsenceId,
    answer::Absence,
    deeds,
    request::{Filter, NewAbsence},
    rules::Sight,
    store,
    things::ABSENCE,
    turns,
};
use crate::app::App;
use axum::{extract::State, response::Response};
use contract::StaffId;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, Path, Query},
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
    Sight::of(&call.actor)?;
    let mut work = app.begin(&call, body.digest).await?;
    let now = work.now;
    let (row, audit) = deeds::record(&app, &mut work.tx, &call.actor, (staff, body.value), now).await?;
    let reply = Reply { status: 201, ..Reply::ok(&Absence::of(&app, &row)?)? }.version(row.version);
    work.finish(audit, reply).await
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
