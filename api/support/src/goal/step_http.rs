//! The operations on steps.

use super::{
    by::{By, When},
    deeds,
    picture::GoalWithSteps,
    request::{GoalCorrection, GoalStepMark, GoalStepOrder, GoalWithdrawal, NewGoalStep},
    step::GoalStep,
    step_deeds,
    step_history::{self, FormerGoalStep},
    step_store::{self, Row},
    store,
    words::{GoalCommand, GoalId, GoalStepCommand, GoalStepId},
};
use crate::App;
use axum::{extract::State, response::Response};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
    work::Work,
};

/// Add a step to a goal
///
/// For the participant, and for their mentors and counsellors, who write what the participant says. Refused of a goal that is closed, and where
/// there are seven.
#[utoipa::path(
    post, path = "/goals/{goal_id}/steps", tag = "goals", operation_id = "addGoalStep",
    request_body = NewGoalStep,
    params(("goal_id" = GoalId, Path), Call),
    responses((status = 201, description = "Written down", body = GoalStep, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn add(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalId>,
    body: Body<NewGoalStep>,
) -> Result<Response> {
    let (scope, by) = (call.actor.caseload()?, By::of(&call.actor)?);
    deeds::require(by, GoalCommand::AddStep)?;
    let mut work = app.begin(&call, body.digest).await?;
    let goal = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let when = When { noted_at: None, now: work.now };
    let (row, audit) = step_deeds::add(&app, &mut work.tx, by, &goal, body.value, when).await?;
    let reply = Reply::created(format!("/v1/goal-steps/{}", row.id), &GoalStep::of(&app, &row, by)?)?;
    work.finish(audit, reply.version(row.version)).await
}

/// Put the steps of a goal into another order
///
/// For the participant, and for their mentors and counsellors. Whoever says it last is right. The answer is the goal with its steps, as they
/// stand now.
#[utoipa::path(
    post, path = "/goals/{goal_id}/step-order", tag = "goals", operation_id = "orderGoalSteps",
    request_body = GoalStepOrder,
    params(("goal_id" = GoalId, Path), Call),
    responses((status = 200, description = "The goal with its steps", body = GoalWithSteps), CreateProblems)
)]
pub async fn order(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalId>,
    body: Body<GoalStepOrder>,
) -> Result<Response> {
    let (scope, by) = (call.actor.caseload()?, By::of(&call.actor)?);
    deeds::require(by, GoalCommand::OrderSteps)?;
    let mut work = app.begin(&call, body.digest).await?;
    let goal = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let audit = deeds::order_steps(&mut work.tx, by, &goal, &body.value).await?;
    let goal = GoalWithSteps::of(&mut work.tx, &app, (scope, id), by).await?;
    work.finish(audit, Reply::ok(&goal)?).await
}

/// Read a step
///
/// For the participant, their mentors and counsellors and the manager of their centre; one that was withdrawn as well.
#[utoipa::path(
    get, path = "/goal-steps/{goal_step_id}", tag = "goals", operation_id = "readGoalStep",
    params(("goal_step_id" = GoalStepId, Path)),
    responses((status = 200, description = "The step", body = GoalStep, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<GoalStepId>) -> Result<Response> {
    let (scope, reader) = (call.actor.caseload()?, By::of(&call.actor)?);
    let mut reading = app.begin_reading(&call).await?;
    let row = step_store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&GoalStep::of(&app, &row, reader)?)?.version(row.version);
    reading.finish(step_deeds::audit(&row, "read"), reply).await
}

/// Say how far a step has come
///
/// For the participant, and for their mentors and counsellors; whatever became of its goal. Nothing follows for the goal.
#[utoipa::path(
    post, path = "/goal-steps/{goal_step_id}/mark", tag = "goals", operation_id = "markGoalStep",
    request_body = GoalStepMark,
    params(
        ("goal_step_id" = GoalStepId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = GoalStep, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn mark(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalStepId>,
    seen: IfMatch,
    body: Body<GoalStepMark>,
) -> Result<Response> {
    let (mut work, mut row, by, when) = held(&app, &call, id, (seen, GoalStepCommand::Mark), &body).await?;
    let audit = step_deeds::mark(&app, &mut work.tx, by, &mut row, &body.value, when).await?;
    finished(&app, work, &row, by, audit).await
}

/// Correct a step
///
/// For the participant; and for their mentors and counsellors where staff wrote it down. What stood there before stays beside it.
#[utoipa::path(
    patch, path = "/goal-steps/{goal_step_id}", tag = "goals", operation_id = "correctGoalStep",
    request_body = GoalCorrection,
    params(
        ("goal_step_id" = GoalStepId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = GoalStep, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn correct(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalStepId>,
    seen: IfMatch,
    body: Body<GoalCorrection>,
) -> Result<Response> {
    let (mut work, mut row, by, when) =
        held(&app, &call, id, (seen, GoalStepCommand::Correct), &body).await?;
    let audit = step_deeds::correct(&app, &mut work.tx, by, &mut row, &body.value, when).await?;
    finished(&app, work, &row, by, audit).await
}

/// Withdraw a step as entered by mistake
///
/// What the participant wrote, the participant withdraws; what staff wrote, their mentors and counsellors and the manager of their centre. It
/// leaves the picture.
#[utoipa::path(
    post, path = "/goal-steps/{goal_step_id}/withdraw", tag = "goals", operation_id = "withdrawGoalStep",
    request_body = GoalWithdrawal,
    params(
        ("goal_step_id" = GoalStepId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = GoalStep, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalStepId>,
    seen: IfMatch,
    body: Body<GoalWithdrawal>,
) -> Result<Response> {
    let (mut work, mut row, by, when) =
        held(&app, &call, id, (seen, GoalStepCommand::Withdraw), &body).await?;
    let audit = step_deeds::withdraw(&app, &mut work.tx, by, &mut row, &body.value, when).await?;
    finished(&app, work, &row, by, audit).await
}

/// List how a step stood before
///
/// The latest first, each with what was done to it. For the participant, their mentors and counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/goal-steps/{goal_step_id}/history", tag = "goals", operation_id = "listGoalStepHistory",
    params(("goal_step_id" = GoalStepId, Path), PageQuery),
    responses((status = 200, description = "A page of how it stood", body = Page<FormerGoalStep>), ReadProblems)
)]
pub async fn list_history(
    State(app): State<App>,
    call: Call,
    Path(id): Path<GoalStepId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let (scope, reader) = (call.actor.caseload()?, By::of(&call.actor)?);
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let step = step_store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let rows = step_history::list(&mut reading.tx, id, paging).await?;
    let page = paging
        .page(rows, |entry| entry.key.version)?
        .legible()
        .map(|former| FormerGoalStep::of(&app, &step, former, reader))?;
    let audit = step_deeds::audit(&step, "list_history").with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

async fn held<T>(
    app: &App,
    call: &Call,
    id: GoalStepId,
    (seen, command): (IfMatch, GoalStepCommand),
    body: &Body<T>,
) -> Result<(Work, Row, By, When)> {
    let (scope, by) = (call.actor.caseload()?, By::of(&call.actor)?);
    step_deeds::require(by, command)?;
    let mut work = app.begin(call, body.digest).await?;
    let row = step_store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let when = When { noted_at: None, now: work.now };
    Ok((work, row, by, when))
}

async fn finished(app: &App, work: Work, row: &Row, by: By, audit: Audit) -> Result<Response> {
    let reply = Reply::ok(&GoalStep::of(app, row, by)?)?.version(row.version);
    work.finish(audit, reply).await
}
