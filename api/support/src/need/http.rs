//! The operations on needs.

use super::{
    answer::Need,
    deeds::{self, When},
    history::{self, FormerNeed},
    picture::{self, Needs},
    request::{
        NeedClosing, NeedCorrection, NeedInHand, NeedReopening, NeedWithdrawal, NewNeed, NewNeedAreaAnswer,
    },
    store::{self, Row},
    things::NEEDS,
    words::NeedId,
};
use crate::{App, accompanied};
use axum::{extract::State, response::Response};
use contract::{ParticipantId, StaffId};
use db::Tx;
use kernel::{
    Kernel,
    access::Scope,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
    work::Work,
};

/// Read what somebody needs
///
/// All of it, by areas of life, with what they are good at or can lean on. For the mentors and counsellors of the participant and the manager
/// of their centre; and for the participant, without who did what and what was noted of it.
#[utoipa::path(
    get, path = "/participants/{participant_id}/needs", tag = "needs", operation_id = "readNeeds",
    params(("participant_id" = ParticipantId, Path)),
    responses((status = 200, description = "What is known", body = Needs), ReadProblems)
)]
pub async fn read_picture(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let is_for_staff = call.actor.role().is_some();
    let mut reading = app.begin_reading(&call).await?;
    let needs = one(&mut reading.tx, &app, scope, participant, is_for_staff).await?;
    let audit = Audit::new(&NEEDS, "read", participant.0).about(participant);
    reading.finish(audit, Reply::ok(&needs)?).await
}

async fn one(
    tx: &mut Tx,
    kernel: &Kernel,
    scope: Scope,
    participant: ParticipantId,
    is_for_staff: bool,
) -> Result<Needs> {
    let people = picture::people(tx, scope, &[participant.0]).await?;
    let pictures = picture::of_people(tx, kernel, &people, is_for_staff).await?;
    pictures.into_iter().next().ok_or_else(Error::not_found)?.1
}

/// Say that somebody needs nothing in an area of life
///
/// For the mentors and counsellors of the participant. Refused while something is needed there that is not closed. What was said before stays
/// beside it. The answer is all that is known.
#[utoipa::path(
    post, path = "/participants/{participant_id}/need-answers", tag = "needs", operation_id = "answerNeedArea",
    request_body = NewNeedAreaAnswer,
    params(("participant_id" = ParticipantId, Path), Call),
    responses((status = 200, description = "What is known now", body = Needs), CreateProblems)
)]
pub async fn answer_area(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<NewNeedAreaAnswer>,
) -> Result<Response> {
    let (staff, _) = accompanied::author(&call.actor)?;
    let scope = call.actor.caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let met = accompanied::met(&mut work.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let when = When { noted_at: None, now: work.now };
    let of = (participant, met);
    let audit = deeds::answer_area(&app, &mut work.tx, staff, of, &body.value, when).await?;
    let needs = one(&mut work.tx, &app, scope, participant, true).await?;
    work.finish(audit, Reply::ok(&needs)?).await
}

/// Record a need
///
/// For the mentors and counsellors of the participant, who reads it as well.
#[utoipa::path(
    post, path = "/needs", tag = "needs", operation_id = "findNeed",
    request_body = NewNeed,
    params(Call),
    responses((status = 201, description = "Recorded", body = Need, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn find(State(app): State<App>, call: Call, body: Body<NewNeed>) -> Result<Response> {
    let (author, _) = accompanied::author(&call.actor)?;
    let (scope, new) = (call.actor.caseload()?, body.value);
    let mut work = app.begin(&call, body.digest).await?;
    let met =
        accompanied::met(&mut work.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let when = When { noted_at: None, now: work.now };
    let (row, audit) = deeds::find(&app, &mut work.tx, author, met, new, when).await?;
    let reply = Reply::created(format!("/v1/needs/{}", row.id), &Need::of(&app, &row)?)?;
    work.finish(audit, reply.version(row.version)).await
}

/// Read a need
///
/// For the mentors and counsellors of the participant and the manager of their centre; one that was withdrawn as well.
#[utoipa::path(
    get, path = "/needs/{need_id}", tag = "needs", operation_id = "readNeed",
    params(("need_id" = NeedId, Path)),
    responses((status = 200, description = "The need", body = Need, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<NeedId>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&Need::of(&app, &row)?)?.version(row.version);
    reading.finish(deeds::audit(&row, "read"), reply).await
}

/// Correct a need
///
/// For the mentors and counsellors of the participant. What stood there before stays beside it, with the reason.
#[utoipa::path(
    patch, path = "/needs/{need_id}", tag = "needs", operation_id = "correctNeed",
    request_body = NeedCorrection,
    params(
        ("need_id" = NeedId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Need, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn correct(
    State(app): State<App>,
    call: Call,
    Path(id): Path<NeedId>,
    seen: IfMatch,
    body: Body<NeedCorrection>,
) -> Result<Response> {
    let (staff, _) = accompanied::author(&call.actor)?;
    let (mut work, mut row, when) = held(&app, &call, id, seen, &body).await?;
    let audit = deeds::correct(&app, &mut work.tx, staff, &mut row, &body.value, when).await?;
    finished(&app, work, &row, audit).await
}

/// Take a need in hand
///
/// For the mentors and counsellors of the participant.
#[utoipa::path(
    post, path = "/needs/{need_id}/take-in-hand", tag = "needs", operation_id = "takeNeedInHand",
    request_body = NeedInHand,
    params(
        ("need_id" = NeedId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Need, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn take_in_hand(
    State(app): State<App>,
    call: Call,
    Path(id): Path<NeedId>,
    seen: IfMatch,
    body: Body<NeedInHand>,
) -> Result<Response> {
    let (staff, _) = accompanied::author(&call.actor)?;
    let (mut work, mut row, when) = held(&app, &call, id, seen, &body).await?;
    let audit = deeds::take_in_hand(&app, &mut work.tx, staff, &mut row, &body.value, when).await?;
    finished(&app, work, &row, audit).await
}

/// Close a need
///
/// For the mentors and counsellors of the participant.
#[utoipa::path(
    post, path = "/needs/{need_id}/close", tag = "needs", operation_id = "closeNeed",
    request_body = NeedClosing,
    params(
        ("need_id" = NeedId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Need, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn close(
    State(app): State<App>,
    call: Call,
    Path(id): Path<NeedId>,
    seen: IfMatch,
    body: Body<NeedClosing>,
) -> Result<Response> {
    let (staff, _) = accompanied::author(&call.actor)?;
    let (mut work, mut row, when) = held(&app, &call, id, seen, &body).await?;
    let audit = deeds::close(&app, &mut work.tx, staff, &mut row, &body.value, when).await?;
    finished(&app, work, &row, audit).await
}

/// Open a need again
///
/// For the mentors and counsellors of the participant. How it was closed stays in its history.
#[utoipa::path(
    post, path = "/needs/{need_id}/reopen", tag = "needs", operation_id = "reopenNeed",
    request_body = NeedReopening,
    params(
        ("need_id" = NeedId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Need, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn reopen(
    State(app): State<App>,
    call: Call,
    Path(id): Path<NeedId>,
    seen: IfMatch,
    body: Body<NeedReopening>,
) -> Result<Response> {
    let (staff, _) = accompanied::author(&call.actor)?;
    let (mut work, mut row, when) = held(&app, &call, id, seen, &body).await?;
    let audit = deeds::reopen(&app, &mut work.tx, staff, &mut row, &body.value, when).await?;
    finished(&app, work, &row, audit).await
}

/// Withdraw a need as entered by mistake
///
/// For the mentors and counsellors of the participant and the manager of their centre. It leaves the picture.
#[utoipa::path(
    post, path = "/needs/{need_id}/withdraw", tag = "needs", operation_id = "withdrawNeed",
    request_body = NeedWithdrawal,
    params(
        ("need_id" = NeedId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Need, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<NeedId>,
    seen: IfMatch,
    body: Body<NeedWithdrawal>,
) -> Result<Response> {
    let staff = StaffId(call.actor.person());
    let (mut work, mut row, when) = held(&app, &call, id, seen, &body).await?;
    let audit = deeds::withdraw(&app, &mut work.tx, staff, &mut row, &body.value, when).await?;
    finished(&app, work, &row, audit).await
}

/// List how a need stood before
///
/// The latest first, each with what was done to it. For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/needs/{need_id}/history", tag = "needs", operation_id = "listNeedHistory",
    params(("need_id" = NeedId, Path), PageQuery),
    responses((status = 200, description = "A page of how it stood", body = Page<FormerNeed>), ReadProblems)
)]
pub async fn list_history(
    State(app): State<App>,
    call: Call,
    Path(id): Path<NeedId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let need = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let rows = history::list(&mut reading.tx, id, paging).await?;
    let page = paging
        .page(rows, |entry| entry.key.version)?
        .legible()
        .map(|former| FormerNeed::of(&app, &need, former))?;
    let audit = deeds::audit(&need, "list_history").with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

async fn held<T>(
    app: &App,
    call: &Call,
    id: NeedId,
    seen: IfMatch,
    body: &Body<T>,
) -> Result<(Work, Row, When)> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(call, body.digest).await?;
    let row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let when = When { noted_at: None, now: work.now };
    Ok((work, row, when))
}

async fn finished(app: &App, work: Work, row: &Row, audit: Audit) -> Result<Response> {
    let reply = Reply::ok(&Need::of(app, row)?)?.version(row.version);
    work.finish(audit, reply).await
}
