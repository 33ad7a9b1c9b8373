//! The operations on attempts.

use super::{
    answer::ContactAttempt,
    deeds,
    request::{ContactAttemptWithdrawal, NewContactAttempt},
    store,
    things::CONTACT_ATTEMPT,
    words::ContactAttemptId,
};
use crate::{App, accompanied, participant::store::in_scope};
use axum::{extract::State, response::Response};
use contract::{ParticipantId, StaffId, StaffRole};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};

/// Record an attempt that reached nobody
///
/// For the mentors and counsellors of the participant. It is no contact: how long they have been without one goes on. Whoever tried is
/// reminded after 14 days to try again, unless somebody was reached before, and once a month at most.
#[utoipa::path(
    post, path = "/contact-attempts", tag = "contact_attempts", operation_id = "recordContactAttempt",
    request_body = NewContactAttempt,
    params(Call),
    responses((status = 201, description = "Recorded", body = ContactAttempt, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn record(State(app): State<App>, call: Call, body: Body<NewContactAttempt>) -> Result<Response> {
    let (author, _) = accompanied::author(&call.actor)?;
    let scope = call.actor.caseload()?;
    let new = body.value;
    let mut work = app.begin(&call, body.digest).await?;
    let met =
        accompanied::met(&mut work.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let (row, audit) = deeds::record(&app, &mut work.tx, author, met, new, (None, work.now)).await?;
    let reply = Reply::created(format!("/v1/contact-attempts/{}", row.id), &ContactAttempt::of(&app, &row)?)?;
    work.finish(audit, reply.version(row.version)).await
}

/// List the attempts to reach a participant that reached nobody
///
/// The latest first, without those that were withdrawn. For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/contact-attempts", tag = "contact_attempts", operation_id = "listContactAttempts",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of attempts", body = Page<ContactAttempt>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    in_scope(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let rows = store::list(&mut reading.tx, scope, participant, paging).await?;
    let page = paging
        .page(rows, |entry| (entry.key.at.as_micros(), entry.key.id))?
        .legible()
        .map(|row| ContactAttempt::of(&app, &row))?;
    let audit = Audit::new(&CONTACT_ATTEMPT, "list", None).about(participant).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read an attempt that reached nobody
///
/// For the mentors and counsellors of the participant and the manager of their centre; one that was withdrawn as well, with the reason.
#[utoipa::path(
    get, path = "/contact-attempts/{contact_attempt_id}", tag = "contact_attempts", operation_id = "readContactAttempt",
    params(("contact_attempt_id" = ContactAttemptId, Path)),
    responses((status = 200, description = "The attempt", body = ContactAttempt, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<ContactAttemptId>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let audit = Audit::new(&CONTACT_ATTEMPT, "read", id.0).about(row.participant_id);
    let reply = Reply::ok(&ContactAttempt::of(&app, &row)?)?.version(row.version);
    reading.finish(audit, reply).await
}

/// Withdraw an attempt as entered by mistake
///
/// For whoever recorded it, while they accompany the participant, and the manager of the centre. It leaves every list and every figure.
#[utoipa::path(
    post, path = "/contact-attempts/{contact_attempt_id}/withdraw", tag = "contact_attempts", operation_id = "withdrawContactAttempt",
    request_body = ContactAttemptWithdrawal,
    params(
        ("contact_attempt_id" = ContactAttemptId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = ContactAttempt, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ContactAttemptId>,
    seen: IfMatch,
    body: Body<ContactAttemptWithdrawal>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let staff = StaffId(call.actor.person());
    let is_manager = call.actor.role() == Some(StaffRole::Manager);
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    deeds::require_own(&row, staff, is_manager)?;
    let audit = deeds::withdraw(&app, &mut work.tx, staff, &mut row, &body.value, work.now).await?;
    let reply = Reply::ok(&ContactAttempt::of(&app, &row)?)?.version(row.version);
    work.finish(audit, reply).await
}
