//! The operations on visits.

use super::{
    answer::{FormerVisit, Visit, WithdrawnVisit},
    corrections, deeds,
    parts::{self, VisitPart},
    request::{NewVisit, VisitCorrection, VisitWithdrawal},
    store::{self, Reader},
    things::VISIT,
    together,
    words::VisitId,
};
use crate::{App, accompanied, emergency_access, participant::store::in_scope};
use axum::{extract::State, response::Response};
use contract::{EmergencyAccessId, ParticipantId, StaffId, StaffRole};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};

/// Log a visit
///
/// For the mentors and counsellors of the participant. Its time is that on the wall when it was, which may be long ago: a phone without
/// network sends it later. If there is a next step, its author is reminded when it is due. What was recorded together with it may be sent with
/// it (`parts`): once the visit is logged each part is carried out for itself, as by `pushMutations`, and answered alone; one that is refused
/// takes nothing from the visit. Sent again under its `Idempotency-Key`, the visit is the one that was logged, a part that was carried out is a
/// `duplicate`, and one that was not is tried again. With parts and without a key it is known by what it says.
#[utoipa::path(
    post, path = "/visits", tag = "visits", operation_id = "recordVisit",
    request_body = NewVisit,
    params(Call),
    responses((status = 201, description = "Logged", body = Visit, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn record(State(app): State<App>, mut call: Call, mut body: Body<NewVisit>) -> Result<Response> {
    let parts = body.value.parts.take().unwrap_or_default();
    together::require_objects(&parts)?;
    if !parts.is_empty() {
        call.idempotency_key.get_or_insert_with(|| together::key(body.digest));
    }
    // The answer that was given the first time is one, too.
    let logged = match log(&app, &call, body).await {
        Ok(logged) => logged,
        Err(error) => error.into_replay()?,
    };
    if parts.is_empty() {
        return Ok(logged);
    }
    together::carry_out(&app, &call.actor, logged, parts).await
}

async fn log(app: &App, call: &Call, body: Body<NewVisit>) -> Result<Response> {
    let (author, role) = accompanied::author(&call.actor)?;
    let scope = call.actor.caseload()?;
    let new = body.value;
    deeds::require_readers(new.readers, role)?;
    let mut work = app.begin(call, body.digest).await?;
    let met =
        accompanied::met(&mut work.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let (row, audit) = deeds::record(app, &mut work.tx, author, met, new, (None, work.now)).await?;
    let reply = Reply::created(format!("/v1/visits/{}", row.id), &Visit::of(app, &row)?)?;
    work.finish(audit, reply.version(row.version)).await
}

/// List the visits to a participant
///
/// The latest first, without those that were withdrawn. For the mentors and counsellors of the participant and the manager of their centre.
/// What a counsellor wrote for themself alone is left out for others, but for a manager while their own emergency access to this participant is running.
#[utoipa::path(
    get, path = "/participants/{participant_id}/visits", tag = "visits", operation_id = "listVisits",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of visits", body = Page<Visit>), ReadProblems)
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
    let now = reading.now;
    let emergency = emergency_access::store::running(&mut reading.tx, &call.actor, participant, now).await?;
    let reader = Reader::of(&call.actor, emergency, now);
    let rows = store::list(&mut reading.tx, scope, reader, participant, paging).await?;
    let page = paging
        .page(rows, |entry| (entry.key.starts_at.as_micros(), entry.key.id))?
        .legible()
        .map(|row| Visit::of(&app, &row))?;
    let audit = Audit::new(&VISIT, "list", None).about(participant).with("count", page.items.len());
    reading.finish(opened_by(audit, emergency), Reply::ok(&page)?).await
}

/// Read a visit
///
/// As in the list; one that was withdrawn as well, with the reason. For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/visits/{visit_id}", tag = "visits", operation_id = "readVisit",
    params(("visit_id" = VisitId, Path)),
    responses((status = 200, description = "The visit", body = Visit, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<VisitId>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let reader = Reader::of(&call.actor, None, now);
    let mut row = store::load(&mut reading.tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    let emergency =
        emergency_access::store::running(&mut reading.tx, &call.actor, row.participant_id, now).await?;
    if emergency.is_some() {
        let reader = Reader::of(&call.actor, emergency, now);
        row = store::load(&mut reading.tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    }
    let audit = Audit::new(&VISIT, "read", id.0).about(row.participant_id);
    let reply = Reply::ok(&Visit::of(&app, &row)?)?.version(row.version);
    reading.finish(opened_by(audit, emergency), reply).await
}

/// Correct a visit
///
/// For its author, while they accompany the participant. What it said before stays beside it, with the reason.
#[utoipa::path(
    patch, path = "/visits/{visit_id}", tag = "visits", operation_id = "correctVisit",
    request_body = VisitCorrection,
    params(
        ("visit_id" = VisitId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Visit, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn correct(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitId>,
    seen: IfMatch,
    body: Body<VisitCorrection>,
) -> Result<Response> {
    let (author, role) = accompanied::author(&call.actor)?;
    if let Some(readers) = body.value.readers {
        deeds::require_readers(readers, role)?;
    }
    let scope = call.actor.caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let audit = deeds::correct(&app, &mut work.tx, author, &mut row, body.value, work.now).await?;
    let reply = Reply::ok(&Visit::of(&app, &row)?)?.version(row.version);
    work.finish(audit, reply).await
}

/// List what a visit said before it was corrected
///
/// The latest first. For the mentors and counsellors of the participant and the manager of their centre, as far as they may read
/// what is written of the visit.
#[utoipa::path(
    get, path = "/visits/{visit_id}/corrections", tag = "visits", operation_id = "listVisitCorrections",
    params(("visit_id" = VisitId, Path), PageQuery),
    responses((status = 200, description = "A page of what it said before", body = Page<FormerVisit>), ReadProblems)
)]
pub async fn list_corrections(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let visit = store::load(&mut reading.tx, scope, Reader::of(&call.actor, None, now), id)
        .await?
        .ok_or_else(Error::not_found)?;
    let emergency =
        emergency_access::store::running(&mut reading.tx, &call.actor, visit.participant_id, now).await?;
    let reader = Reader::of(&call.actor, emergency, now);
    let rows = corrections::list(&mut reading.tx, reader, id, paging).await?;
    let page = paging
        .page(rows, |entry| entry.key.version)?
        .legible()
        .map(|former| FormerVisit::of(&app, &visit, former))?;
    let audit = Audit::new(&VISIT, "list_corrections", id.0)
        .about(visit.participant_id)
        .with("count", page.items.len());
    reading.finish(opened_by(audit, emergency), Reply::ok(&page)?).await
}

/// List what was recorded together with a visit
///
/// What came of it in one go, in its order: mutations of `pushMutations` that named the visit and were carried out. Each is read by the
/// operations of its own kind. For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/visits/{visit_id}/parts", tag = "visits", operation_id = "listVisitParts",
    params(("visit_id" = VisitId, Path), PageQuery),
    responses((status = 200, description = "A page of parts", body = Page<VisitPart>), ReadProblems)
)]
pub async fn list_parts(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let reader = Reader::of(&call.actor, None, reading.now);
    let visit = store::load(&mut reading.tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    let page = paging.page(parts::list(&mut reading.tx, id, paging).await?, |part| part.id)?;
    let audit =
        Audit::new(&VISIT, "list_parts", id.0).about(visit.participant_id).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Say that the next step of a visit is done
///
/// For the mentors and counsellors of the participant and the manager of their centre. Its author is not reminded of it any more; they can
/// also say so from the notification.
#[utoipa::path(
    post, path = "/visits/{visit_id}/finish-next-step", tag = "visits", operation_id = "finishVisitNextStep",
    params(
        ("visit_id" = VisitId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How the visit stands now", body = Visit, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn finish_next_step(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitId>,
    seen: IfMatch,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let audit =
        deeds::finish_next_step(&app, &mut work.tx, StaffId(call.actor.person()), &mut row, work.now).await?;
    let reader = Reader::of(&call.actor, None, work.now);
    // As this caller may see it: whoever finishes somebody else's step need not be able to read what it was.
    let seen = store::load(&mut work.tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    work.finish(audit, Reply::ok(&Visit::of(&app, &seen)?)?.version(row.version)).await
}

/// Withdraw a visit as entered by mistake
///
/// For whoever logged it, while they accompany the participant, and the manager of the centre. It leaves the timeline, every list and every
/// figure, its next step is no longer to be done, and it is read by its id alone. If it was somebody else's, log it anew about them. What was
/// recorded together with it stays and is named: withdraw what of it is wrong by the operations of its own kind.
#[utoipa::path(
    post, path = "/visits/{visit_id}/withdraw", tag = "visits", operation_id = "withdrawVisit",
    request_body = VisitWithdrawal,
    params(
        ("visit_id" = VisitId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now, and what came of it", body = WithdrawnVisit, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitId>,
    seen: IfMatch,
    body: Body<VisitWithdrawal>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let staff = StaffId(call.actor.person());
    let is_manager = call.actor.role() == Some(StaffRole::Manager);
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    deeds::require_own(&row, staff, is_manager)?;
    let audit = deeds::withdraw(&app, &mut work.tx, staff, &mut row, &body.value, work.now).await?;
    // As this caller may see it: a manager withdraws as well what a counsellor wrote for themself alone.
    let reader = Reader::of(&call.actor, None, work.now);
    let seen = store::load(&mut work.tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    let (parts, more_parts) = parts::first(&mut work.tx, id).await?;
    let answer = WithdrawnVisit { visit: Visit::of(&app, &seen)?, parts, more_parts };
    work.finish(audit, Reply::ok(&answer)?.version(row.version)).await
}

/// A reading by an emergency access names it.
fn opened_by(audit: Audit, emergency: Option<EmergencyAccessId>) -> Audit {
    match emergency {
        Some(emergency) => audit.with("emergency_access_id", emergency.to_string()),
        None => audit,
    }
}
