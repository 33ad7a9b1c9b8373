//! The operations on goals.

use super::{
    answer::Goal,
    by::{By, When},
    deeds,
    history::{self, FormerGoal},
    picture::{self, Goals},
    request::{GoalClosing, GoalCorrection, GoalOrder, GoalReopening, GoalWithdrawal, NewGoal},
    store::{self, Row},
    things::GOALS,
    words::{GoalCommand, GoalId},
};
use crate::{App, accompanied};
use axum::{extract::State, response::Response};
use contract::ParticipantId;
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

/// Read what somebody wants to reach
///
/// All goals with their steps, in the order in which they are to stand. For the participant, their mentors and counsellors and the manager of
/// their centre. Which of the staff wrote something is told to staff alone.
#[utoipa::path(
    get, path = "/participants/{participant_id}/goals", tag = "goals", operation_id = "readGoals",
    params(("participant_id" = ParticipantId, Path)),
    responses((status = 200, description = "Their goals", body = Goals), ReadProblems)
)]
pub async fn read_picture(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
) -> Result<Response> {
    let (scope, reader) = (call.actor.caseload()?, By::of(&call.actor)?);
    let mut reading = app.begin_reading(&call).await?;
    let goals = one(&mut reading.tx, &app, scope, participant, reader).await?;
    let audit = Audit::new(&GOALS, "read", participant.0).about(participant);
    reading.finish(audit, Reply::ok(&goals)?).await
}

async fn one(
    tx: &mut Tx,
    kernel: &Kernel,
    scope: Scope,
    participant: ParticipantId,
    reader: By,
) -> Result<Goals> {
    let people = picture::people(tx, scope, &[participant.0]).await?;
    let pictures = picture::of_people(tx, kernel, &people, reader).await?;
    pictures.into_iter().next().ok_or_else(Error::not_found)?.1
}

/// Put goals into another order
///
/// For the participant, and for their mentors and counsellors. Whoever says it last is right. The answer is all goals, as they stand now.
#[utoipa::path(
    post, path = "/participants/{participant_id}/goal-order", tag = "goals", operation_id = "orderGoals",
    request_body = GoalOrder,
    params(("participant_id" = ParticipantId, Path), Call),
    responses((status = 200, description = "Their goals", body = Goals), CreateProblems)
)]
pub async fn order(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<GoalOrder>,
) -> Result<Response> {
    let (scope, by) = (call.actor.caseload()?, By::of(&call.actor)?);
    deeds::require(by, GoalCommand::OrderSteps)?;
    let mut work = app.begin(&call, body.digest).await?;
    let met = accompanied::met(&mut work.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let audit = deeds::order(&mut work.tx, (participant, &met), &body.value).await?;
    let goals = one(&mut work.tx, &app, scope, participant, by).await?;
    work.finish(audit, Reply::ok(&goals)?).await
}

/// Write a goal down
///
/// For the participant, and for their mentors and counsellors, who write what the participant says. Refused while five are open: one of them is
/// closed or set aside first.
#[utoipa::path(
    post, path = "/goals", tag = "goals", operation_id = "setGoal",
    request_body = NewGoal,
    params(Call),
    responses((status = 201, description = "Written down", body = Goal, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn set(State(app): State<App>, call: Call, body: Body<NewGoal>) -> Result<Response> {
    let (scope, by, new) = (call.actor.caseload()?, By::of(&call.actor)?, body.value);
    deeds::require(by, GoalCommand::AddStep)?;
    let mut work = app.begin(&call, body.digest).await?;
    let met =
        accompanied::met(&mut work.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let when = When { noted_at: None, now: work.now };
    let (row, audit) = deeds::set(&app, &mut work.tx, by, met, new, when).await?;
    let reply = Reply::created(format!("/v1/goals/{}", row.id), &Goal::of(&app, &row, by)?)?;
    work.finish(audit, reply.version(row.version)).await
}

/// Read a goal
///
/// For the participant, their mentors and counsellors and the manager of their centre; one that was withdrawn as well.
#[utoipa::path(
    get, path = "/goals/{goal_id}", tag = "goals", operation_id = "readGoal",
    params(("goal_id" = GoalId, Path)),
    responses((status = 200, description = "The goal", body = Goal, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<GoalId>) -> Result<Response> {
    let (scope, reader) = (call.actor.caseload()?, By::of(&call.actor)?);
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&Goal::of(&app, &row, reader)?)?.version(row.version);
    reading.finish(deeds::audit(&row, "read"), reply).await
}

/// Correct a goal
///
/// For the participant; and for their mentors and counsellors where staff wrote it down. What stood there before stays beside it.
#[utoipa::path(
    patch, path = "/goals/{goal_id}", tag = "goals", operation_id = "correctGoal",
    request_body = GoalCorrection,
    params(
        ("goal_id" = GoalId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Goal, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn correct(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalId>,
    seen: IfMatch,
    body: Body<GoalCorrection>,
) -> Result<Response> {
    let (mut work, mut row, by, when) = held(&app, &call, id, (seen, GoalCommand::Correct), &body).await?;
    let audit = deeds::correct(&app, &mut work.tx, by, &mut row, &body.value, when).await?;
    finished(&app, work, &row, by, audit).await
}

/// Close a goal
///
/// It is achieved, achieved in part, not, or set aside with a reason. For the participant, and for their mentors and counsellors. Its steps
/// stay as they are.
#[utoipa::path(
    post, path = "/goals/{goal_id}/close", tag = "goals", operation_id = "closeGoal",
    request_body = GoalClosing,
    params(
        ("goal_id" = GoalId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Goal, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn close(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalId>,
    seen: IfMatch,
    body: Body<GoalClosing>,
) -> Result<Response> {
    let (mut work, mut row, by, when) = held(&app, &call, id, (seen, GoalCommand::Close), &body).await?;
    let audit = deeds::close(&app, &mut work.tx, by, &mut row, &body.value, when).await?;
    finished(&app, work, &row, by, audit).await
}

/// Open a goal again
///
/// For the participant, and for their mentors and counsellors. Refused while five are open. How it was closed stays in its history.
#[utoipa::path(
    post, path = "/goals/{goal_id}/reopen", tag = "goals", operation_id = "reopenGoal",
    request_body = GoalReopening,
    params(
        ("goal_id" = GoalId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Goal, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn reopen(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalId>,
    seen: IfMatch,
    body: Body<GoalReopening>,
) -> Result<Response> {
    let (mut work, mut row, by, when) = held(&app, &call, id, (seen, GoalCommand::Reopen), &body).await?;
    let audit = deeds::reopen(&app, &mut work.tx, by, &mut row, &body.value, when).await?;
    finished(&app, work, &row, by, audit).await
}

/// Withdraw a goal as entered by mistake
///
/// What the participant wrote, the participant withdraws; what staff wrote, their mentors and counsellors and the manager of their centre. It
/// leaves the picture with its steps. A goal that is no longer wanted is set aside instead.
#[utoipa::path(
    post, path = "/goals/{goal_id}/withdraw", tag = "goals", operation_id = "withdrawGoal",
    request_body = GoalWithdrawal,
    params(
        ("goal_id" = GoalId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Goal, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalId>,
    seen: IfMatch,
    body: Body<GoalWithdrawal>,
) -> Result<Response> {
    let (mut work, mut row, by, when) = held(&app, &call, id, (seen, GoalCommand::Withdraw), &body).await?;
    let audit = deeds::withdraw(&app, &mut work.tx, by, &mut row, &body.value, when).await?;
    finished(&app, work, &row, by, audit).await
}

/// List how a goal stood before
///
/// The latest first, each with what was done to it. For the participant, their mentors and counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/goals/{goal_id}/history", tag = "goals", operation_id = "listGoalHistory",
    params(("goal_id" = GoalId, Path), PageQuery),
    responses((status = 200, description = "A page of how it stood", body = Page<FormerGoal>), ReadProblems)
)]
pub async fn list_history(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let (scope, reader) = (call.actor.caseload()?, By::of(&call.actor)?);
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let goal = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let rows = history::list(&mut reading.tx, id, paging).await?;
    let page = paging
        .page(rows, |entry| entry.key.version)?
        .legible()
        .map(|former| FormerGoal::of(&app, &goal, former, reader))?;
    let audit = deeds::audit(&goal, "list_history").with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

async fn held<T>(
    app: &App,
    call: &Call,
    id: GoalId,
    (seen, command): (IfMatch, GoalCommand),
    body: &Body<T>,
) -> Result<(Work, Row, By, When)> {
    let (scope, by) = (call.actor.caseload()?, By::of(&call.actor)?);
    deeds::require(by, command)?;
    let mut work = app.begin(call, body.digest).await?;
    let row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let when = When { noted_at: None, now: work.now };
    Ok((work, row, by, when))
}

async fn finished(app: &App, work: Work, row: &Row, by: By, audit: Audit) -> Result<Response> {
    let reply = Reply::ok(&Goal::of(app, row, by)?)?.version(row.version);
    work.finish(audit, reply).await
}
