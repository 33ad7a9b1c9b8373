//! The operations on check-ins.

use super::{
    answer::{CheckIn, FormerCheckInAnswers, PlannedCheckIns, Reader},
    answers::Extent,
    correcting, corrections,
    deeds::{self, By},
    planning::{self, Planning},
    request::{AnswersCorrection, NewAnswers, NewCheckInCancellation, NewCheckInExcuse, NewCheckIns},
    rules::Command,
    store::{self, Row},
    things::CHECK_IN,
    words::CheckInId,
};
use crate::{App, participant::store::in_scope};
use axum::{extract::State, response::Response};
use contract::{AuditId, ParticipantId, StaffRole};
use db::Tx;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
    work::Work,
};

/// Who plans them.
const PLANNERS: &[StaffRole] = &[StaffRole::Mentor, StaffRole::Counsellor, StaffRole::Manager];

/// Plan check-ins
///
/// One, or a series that shares a rule: each opens on its day, and is due and closes so many days after. For the mentors and counsellors of
/// the participant and the manager of their centre. The participant is reminded when one opens, half-way and in the last evening, and not
/// again. What those who accompany them ask besides is asked as well, as far as there is room among six questions.
#[utoipa::path(
    post, path = "/check-ins", tag = "check-ins", operation_id = "planCheckIns",
    request_body = NewCheckIns,
    params(Call),
    responses((status = 201, description = "Planned", body = PlannedCheckIns, headers(("Location" = String))), CreateProblems)
)]
pub async fn plan(State(app): State<App>, call: Call, body: Body<NewCheckIns>) -> Result<Response> {
    let (planner, ..) = call.actor.staff(PLANNERS)?;
    let scope = call.actor.staff_caseload()?;
    let planning = Planning::of(body.value)?;
    let mut work = app.begin(&call, body.digest).await?;
    let (now, participant) = (work.now, planning.participant);
    let planned = planning::plan(&app, &mut work.tx, scope, planner, planning, now).await?;
    let language = language_of(&mut work.tx, &call.actor).await?;
    let reader = Reader { actor: &call.actor, language, now };
    let (mut items, mut audits) = (Vec::with_capacity(planned.len()), Vec::with_capacity(planned.len()));
    for (row, audit) in planned {
        items.push(CheckIn::seen_by(&app, reader, &row)?);
        audits.push(audit);
    }
    // One line for each: every check-in has its own history.
    let last = audits.pop().ok_or_else(|| Error::internal("nothing was planned"))?;
    for audit in audits {
        audit.write(&mut work.tx, Some(&call.actor), AuditId::new(&*app.ids), now).await?;
    }
    let series_id = items.first().and_then(|item| item.series_id);
    let location = format!("/v1/participants/{participant}/check-ins");
    work.finish(last, Reply::created(location, &PlannedCheckIns { series_id, items })?).await
}

/// List a participant's check-ins
///
/// The latest first. For the participant themself, their mentors and counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/check-ins", tag = "check-ins", operation_id = "listCheckIns",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of check-ins", body = Page<CheckIn>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    in_scope(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let language = language_of(&mut reading.tx, &call.actor).await?;
    let reader = Reader { actor: &call.actor, language, now: reading.now };
    let rows = store::list(&mut reading.tx, scope, participant, paging).await?;
    let page = paging
        .page(rows, |entry| (entry.key.opens_at.as_micros(), entry.key.id))?
        .legible()
        .map(|row| CheckIn::seen_by(&app, reader, &row))?;
    let audit = Audit::new(&CHECK_IN, "list", None).about(participant).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read a check-in
///
/// For the participant, their mentors and counsellors and the manager of their centre, as in the list.
#[utoipa::path(
    get, path = "/check-ins/{check_in_id}", tag = "check-ins", operation_id = "readCheckIn",
    params(("check_in_id" = CheckInId, Path)),
    responses((status = 200, description = "The check-in", body = CheckIn, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<CheckInId>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let language = language_of(&mut reading.tx, &call.actor).await?;
    let reader = Reader { actor: &call.actor, language, now: reading.now };
    let reply = Reply::ok(&CheckIn::seen_by(&app, reader, &row)?)?.version(row.version);
    reading.finish(Audit::new(&CHECK_IN, "read", id.0).about(row.participant_id), reply).await
}

/// Keep the answers so far
///
/// For the participant themself, and for the mentors and counsellors who answer for them. They take the place of what was saved before. One
/// that alarms, or a call that is wanted, is told to those who accompany the participant at once: nobody waits for the rest. It is told as well
/// if the check-in was changed since the caller read it: then the answers are kept beside what stands, and this answer says what stands.
#[utoipa::path(
    put, path = "/check-ins/{check_in_id}/answers", tag = "check-ins", operation_id = "saveCheckInAnswers",
    request_body = NewAnswers,
    params(("check_in_id" = CheckInId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = CheckIn, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn save_answers(
    State(app): State<App>,
    call: Call,
    Path(id): Path<CheckInId>,
    seen: IfMatch,
    body: Body<NewAnswers>,
) -> Result<Response> {
    answer(&app, &call, (id, seen), body, Extent::Some).await
}

/// Answer a check-in
///
/// For the participant themself, and for the mentors and counsellors who answer for them: that is recorded. All questions that have to be
/// answered are. It can be answered after it has closed, also when a reason was noted; the answers are then late. The participant's own take the
/// place of what somebody answered for them. What cannot stand and asks for help is heard, as when answers are saved.
#[utoipa::path(
    post, path = "/check-ins/{check_in_id}/submit", tag = "check-ins", operation_id = "submitCheckIn",
    request_body = NewAnswers,
    params(("check_in_id" = CheckInId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = CheckIn, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn submit(
    State(app): State<App>,
    call: Call,
    Path(id): Path<CheckInId>,
    seen: IfMatch,
    body: Body<NewAnswers>,
) -> Result<Response> {
    answer(&app, &call, (id, seen), body, Extent::Whole).await
}

/// Correct answers that were given
///
/// For whoever gave them, and for the manager of the centre: the participant until they were seen, and whoever answered for them while they
/// accompany them. What was answered, who corrected it and why are kept beside it, and the answers are to be seen again. One that alarms now is
/// told at once. What had asked for help by mistake asks no longer, unless the reason is `other`: the work item is closed with that reason, and
/// where the participant took it back themself, or somebody else than whoever answered did, somebody is to look whether that is so.
#[utoipa::path(
    post, path = "/check-ins/{check_in_id}/correct-answers", tag = "check-ins", operation_id = "correctCheckInAnswers",
    request_body = AnswersCorrection,
    params(("check_in_id" = CheckInId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = CheckIn, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn correct_answers(
    State(app): State<App>,
    call: Call,
    Path(id): Path<CheckInId>,
    seen: IfMatch,
    body: Body<AnswersCorrection>,
) -> Result<Response> {
    deeds::require(&call.actor, Command::CorrectAnswers)?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = found(&mut work, &call.actor, id).await?;
    let by = by(&call.actor, &work);
    let refusal = seen.check(row.version).err().or_else(|| correcting::refusal(by, &row));
    let audit = match refusal {
        None => correcting::correct(&app, &mut work.tx, by, &mut row, body.value).await?,
        Some(refusal) => {
            let said = correcting::answers(body.value);
            deeds::hear(&app, &mut work.tx, by, &mut row, said, Extent::Whole).await?.ok_or(refusal)?
        }
    };
    finish(&app, work, &call.actor, row, audit).await
}

/// List what was answered in a check-in before it was corrected
///
/// The latest first. For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/check-ins/{check_in_id}/corrections", tag = "check-ins", operation_id = "listCheckInCorrections",
    params(("check_in_id" = CheckInId, Path), PageQuery),
    responses((status = 200, description = "A page of what was answered before", body = Page<FormerCheckInAnswers>), ReadProblems)
)]
pub async fn list_corrections(
    State(app): State<App>,
    call: Call,
    Path(id): Path<CheckInId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let page = paging
        .page(corrections::list(&mut reading.tx, id, paging).await?, |entry| entry.key.version)?
        .legible()
        .map(|corrected| FormerCheckInAnswers::of(&app, &row, &corrected))?;
    let audit = Audit::new(&CHECK_IN, "list_corrections", id.0)
        .about(row.participant_id)
        .with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Say that the answers were seen
///
/// For the mentors and counsellors of the participant and the manager of their centre. What an answer had raised is seen to by it.
#[utoipa::path(
    post, path = "/check-ins/{check_in_id}/review", tag = "check-ins", operation_id = "reviewCheckIn",
    params(("check_in_id" = CheckInId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = CheckIn, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn review(
    State(app): State<App>,
    call: Call,
    Path(id): Path<CheckInId>,
    seen: IfMatch,
) -> Result<Response> {
    deeds::require(&call.actor, Command::Review)?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let mut row = held(&mut work, &call.actor, &seen, id).await?;
    let by = by(&call.actor, &work);
    let audit = deeds::review(&app, &mut work.tx, by, &mut row).await?;
    finish(&app, work, &call.actor, row, audit).await
}

/// Close a missed check-in with a reason
///
/// For the mentors and counsellors of the participant and the manager of their centre. A reason on the service's side never counts against
/// the participant. Answers that come later are taken all the same.
#[utoipa::path(
    post, path = "/check-ins/{check_in_id}/excuse", tag = "check-ins", operation_id = "excuseCheckIn",
    request_body = NewCheckInExcuse,
    params(("check_in_id" = CheckInId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = CheckIn, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn excuse(
    State(app): State<App>,
    call: Call,
    Path(id): Path<CheckInId>,
    seen: IfMatch,
    body: Body<NewCheckInExcuse>,
) -> Result<Response> {
    deeds::require(&call.actor, Command::Excuse)?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = held(&mut work, &call.actor, &seen, id).await?;
    let by = by(&call.actor, &work);
    let audit = deeds::excuse(&app, &mut work.tx, by, &mut row, body.value.reason).await?;
    finish(&app, work, &call.actor, row, audit).await
}

/// Call a check-in off
///
/// For the mentors and counsellors of the participant and the manager of their centre, as long as it is not answered. Answers that were given
/// before, on a phone without network, are taken when they come.
#[utoipa::path(
    post, path = "/check-ins/{check_in_id}/cancel", tag = "check-ins", operation_id = "cancelCheckIn",
    request_body = NewCheckInCancellation,
    params(("check_in_id" = CheckInId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = CheckIn, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn cancel(
    State(app): State<App>,
    call: Call,
    Path(id): Path<CheckInId>,
    seen: IfMatch,
    body: Body<NewCheckInCancellation>,
) -> Result<Response> {
    deeds::require(&call.actor, Command::Cancel)?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = held(&mut work, &call.actor, &seen, id).await?;
    let by = by(&call.actor, &work);
    let audit = deeds::cancel(&app, &mut work.tx, by, &mut row, body.value.reason).await?;
    finish(&app, work, &call.actor, row, audit).await
}

/// Answers that cannot stand, because of what was done meanwhile or since the caller read the check-in, are refused; but whoever asks for help in
/// them is heard, as from a phone that was without network.
async fn answer(
    app: &App,
    call: &Call,
    (id, seen): (CheckInId, IfMatch),
    body: Body<NewAnswers>,
    extent: Extent,
) -> Result<Response> {
    deeds::require(&call.actor, deeds::command(extent))?;
    let mut work = app.begin(call, body.digest).await?;
    let mut row = found(&mut work, &call.actor, id).await?;
    let by = by(&call.actor, &work);
    let refusal = seen.check(row.version).err().or_else(|| deeds::refusal(by, &row, extent));
    let audit = match refusal {
        None => deeds::answer(app, &mut work.tx, by, &mut row, body.value, extent).await?,
        Some(refusal) => {
            let heard = deeds::hear(app, &mut work.tx, by, &mut row, body.value, extent).await?;
            heard.ok_or(refusal)?
        }
    };
    finish(app, work, &call.actor, row, audit).await
}

async fn held(work: &mut Work, actor: &Actor, seen: &IfMatch, id: CheckInId) -> Result<Row> {
    let row = found(work, actor, id).await?;
    seen.check(row.version)?;
    Ok(row)
}

/// The check-in in scope, held, whatever became of it since the caller read it.
async fn found(work: &mut Work, actor: &Actor, id: CheckInId) -> Result<Row> {
    store::load_for_change(&mut work.tx, actor.caseload()?, id).await?.ok_or_else(Error::not_found)
}

fn by<'a>(actor: &'a Actor, work: &Work) -> By<'a> {
    By { actor, recorded_at: None, now: work.now }
}

async fn finish(app: &App, mut work: Work, actor: &Actor, row: Row, audit: Audit) -> Result<Response> {
    let reader = Reader { actor, language: language_of(&mut work.tx, actor).await?, now: work.now };
    let reply = Reply::ok(&CheckIn::seen_by(app, reader, &row)?)?.version(row.version);
    work.finish(audit, reply).await
}

/// In which language staff reads; a participant's stands with the check-in.
async fn language_of(tx: &mut Tx, actor: &Actor) -> Result<Option<contract::Language>> {
    match actor {
        Actor::Staff { id, .. } => Ok(store::language_of(tx, *id).await?),
        Actor::Participant { .. } => Ok(None),
    }
}
