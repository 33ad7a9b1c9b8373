//! The operations on questions.

use super::{
    VisitQuestionId,
    answer::{FormerVisitAnswer, VisitQuestion},
    corrections, deeds,
    request::{NewVisitQuestion, VisitAnswerCorrection, VisitQuestionAnswer, VisitQuestionWithdrawal},
    store,
};
use crate::{
    App, accompanied, emergency_access,
    visit::{
        VisitId,
        store::{self as visits, Reader},
        things::VISIT_QUESTION,
    },
};
use axum::{extract::State, response::Response};
use contract::{EmergencyAccessId, StaffRole};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};

/// Ask the author of a visit
///
/// For the manager of the participant's centre. Its author has it among their work until they answer. Of a visit that a counsellor wrote for
/// themself alone nothing is asked but while an emergency access of the manager's is running.
#[utoipa::path(
    post, path = "/visits/{visit_id}/questions", tag = "visit_questions", operation_id = "askAboutVisit",
    request_body = NewVisitQuestion,
    params(("visit_id" = VisitId, Path), Call),
    responses((status = 201, description = "Asked", body = VisitQuestion, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn ask(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitId>,
    body: Body<NewVisitQuestion>,
) -> Result<Response> {
    let (manager, _, _) = call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let (tx, now) = (&mut work.tx, work.now);
    let visit = visits::load_for_change(tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let emergency = emergency_access::store::running(tx, &call.actor, visit.participant_id, now).await?;
    let (row, audit) = deeds::ask(&app, tx, manager, &visit, emergency, body.value, now).await?;
    let reply = Reply::created(format!("/v1/visit-questions/{}", row.id), &VisitQuestion::of(&app, &row)?)?;
    work.finish(opened_by(audit, emergency), reply.version(row.version)).await
}

/// List the questions on a visit
///
/// The latest first, without those that were asked by mistake. For the mentors and counsellors of the participant and the manager of their centre; their texts as far as they may read
/// what the visit says.
#[utoipa::path(
    get, path = "/visits/{visit_id}/questions", tag = "visit_questions", operation_id = "listVisitQuestions",
    params(("visit_id" = VisitId, Path), PageQuery),
    responses((status = 200, description = "A page of questions", body = Page<VisitQuestion>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let (tx, now) = (&mut reading.tx, reading.now);
    let visit = visits::load(tx, scope, Reader::of(&call.actor, None, now), id)
        .await?
        .ok_or_else(Error::not_found)?;
    let emergency = emergency_access::store::running(tx, &call.actor, visit.participant_id, now).await?;
    let rows = store::list(tx, Reader::of(&call.actor, emergency, now), id, paging).await?;
    let page = paging.page(rows, |entry| entry.key.id)?.legible().map(|row| VisitQuestion::of(&app, &row))?;
    let audit =
        Audit::new(&VISIT_QUESTION, "list", id.0).about(visit.participant_id).with("count", page.items.len());
    reading.finish(opened_by(audit, emergency), Reply::ok(&page)?).await
}

/// Read a question on a visit
///
/// For the mentors and counsellors of the participant and the manager of their centre; its texts as in the list.
#[utoipa::path(
    get, path = "/visit-questions/{visit_question_id}", tag = "visit_questions", operation_id = "readVisitQuestion",
    params(("visit_question_id" = VisitQuestionId, Path)),
    responses((status = 200, description = "The question", body = VisitQuestion, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<VisitQuestionId>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let (tx, now) = (&mut reading.tx, reading.now);
    let reader = Reader::of(&call.actor, None, now);
    let mut row = store::load(tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    let emergency = emergency_access::store::running(tx, &call.actor, row.participant_id, now).await?;
    if emergency.is_some() {
        let reader = Reader::of(&call.actor, emergency, now);
        row = store::load(tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    }
    let audit = Audit::new(&VISIT_QUESTION, "read", id.0).about(row.participant_id);
    let reply = Reply::ok(&VisitQuestion::of(&app, &row)?)?.version(row.version);
    reading.finish(opened_by(audit, emergency), reply).await
}

/// Answer a question on a visit
///
/// For whoever logged the visit, while they accompany the participant. It is no longer among their work.
#[utoipa::path(
    post, path = "/visit-questions/{visit_question_id}/answer", tag = "visit_questions", operation_id = "answerVisitQuestion",
    request_body = VisitQuestionAnswer,
    params(
        ("visit_question_id" = VisitQuestionId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = VisitQuestion, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn answer(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitQuestionId>,
    seen: IfMatch,
    body: Body<VisitQuestionAnswer>,
) -> Result<Response> {
    let (staff, _) = accompanied::author(&call.actor)?;
    let scope = call.actor.caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    store::hold_visit(&mut work.tx, id).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let audit = deeds::answer(&app, &mut work.tx, staff, &mut row, &body.value, work.now).await?;
    let reply = Reply::ok(&VisitQuestion::of(&app, &row)?)?.version(row.version);
    work.finish(audit, reply).await
}

/// Correct an answer to a question on a visit
///
/// For whoever answered it, while they accompany the participant. What they had said stays beside it, with the reason.
#[utoipa::path(
    post, path = "/visit-questions/{visit_question_id}/correct-answer", tag = "visit_questions", operation_id = "correctVisitAnswer",
    request_body = VisitAnswerCorrection,
    params(
        ("visit_question_id" = VisitQuestionId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = VisitQuestion, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn correct_answer(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitQuestionId>,
    seen: IfMatch,
    body: Body<VisitAnswerCorrection>,
) -> Result<Response> {
    let (staff, _) = accompanied::author(&call.actor)?;
    let scope = call.actor.caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    store::hold_visit(&mut work.tx, id).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let audit = deeds::correct_answer(&app, &mut work.tx, staff, &mut row, &body.value, work.now).await?;
    let reply = Reply::ok(&VisitQuestion::of(&app, &row)?)?.version(row.version);
    work.finish(audit, reply).await
}

/// List what was answered to a question before it was corrected
///
/// The latest first. For the mentors and counsellors of the participant and the manager of their centre; its texts as in the list of questions.
#[utoipa::path(
    get, path = "/visit-questions/{visit_question_id}/corrections", tag = "visit_questions",
    operation_id = "listVisitQuestionCorrections",
    params(("visit_question_id" = VisitQuestionId, Path), PageQuery),
    responses((status = 200, description = "A page of what was answered", body = Page<FormerVisitAnswer>), ReadProblems)
)]
pub async fn list_corrections(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitQuestionId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let (tx, now) = (&mut reading.tx, reading.now);
    let reader = Reader::of(&call.actor, None, now);
    let mut row = store::load(tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    let emergency = emergency_access::store::running(tx, &call.actor, row.participant_id, now).await?;
    if emergency.is_some() {
        let reader = Reader::of(&call.actor, emergency, now);
        row = store::load(tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    }
    let page = paging
        .page(corrections::list(tx, id, paging).await?, |entry| entry.key.version)?
        .legible()
        .map(|former| FormerVisitAnswer::of(&app, &row, &former))?;
    let audit = Audit::new(&VISIT_QUESTION, "list_corrections", id.0)
        .about(row.participant_id)
        .with("count", page.items.len());
    reading.finish(opened_by(audit, emergency), Reply::ok(&page)?).await
}

/// Withdraw a question on a visit
///
/// For the manager who asked it by mistake. It leaves lists and phones, nobody has to answer it, and it is still read by whoever has its id.
#[utoipa::path(
    post, path = "/visit-questions/{visit_question_id}/withdraw", tag = "visit_questions", operation_id = "withdrawVisitQuestion",
    request_body = VisitQuestionWithdrawal,
    params(
        ("visit_question_id" = VisitQuestionId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = VisitQuestion, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<VisitQuestionId>,
    seen: IfMatch,
    body: Body<VisitQuestionWithdrawal>,
) -> Result<Response> {
    let (manager, _, _) = call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let (tx, now) = (&mut work.tx, work.now);
    store::hold_visit(tx, id).await?;
    let mut row = store::load_for_change(tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let emergency = emergency_access::store::running(tx, &call.actor, row.participant_id, now).await?;
    let audit = deeds::withdraw(&app, tx, manager, &mut row, &body.value, now).await?;
    // What was answered is shown as far as they may read it now.
    let reader = Reader::of(&call.actor, emergency, now);
    let told = store::load(tx, scope, reader, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&VisitQuestion::of(&app, &told)?)?.version(told.version);
    work.finish(opened_by(audit, emergency), reply).await
}

/// What is done or read by an emergency access names it.
fn opened_by(audit: Audit, emergency: Option<EmergencyAccessId>) -> Audit {
    match emergency {
        Some(emergency) => audit.with("emergency_access_id", emergency.to_string()),
        None => audit,
    }
}
