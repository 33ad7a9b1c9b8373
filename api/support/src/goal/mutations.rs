//! What can be done with goals without network, by the participant and by whoever accompanies them. Whoever was taken out of a caseload
//! meanwhile, or has another role now, still hands in what they recorded before of what they wrote down themselves. What was changed behind
//! the version that the phone had is a conflict, but for what is so already; an order relies on nothing.

use super::{
    by::{By, When},
    deeds,
    request::{
        GoalClosing, GoalCorrection, GoalOrder, GoalReopening, GoalStepMark, GoalStepOrder, GoalWithdrawal,
        NewGoal, NewGoalStep,
    },
    step_deeds, step_store,
    store::{self, Row},
    things::{GOAL, GOAL_STEP, GOALS},
    words::{GoalCommand, GoalId, GoalState, GoalStepCommand, GoalStepId},
};
use crate::{
    accompanied::{self, Met},
    app::mutation::{Applied, Applying, Mutation},
};
use contract::ParticipantId;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
};
use serde::de::DeserializeOwned;
use uuid::Uuid;
use validator::Validate;

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "setGoal", apply: |applying| Box::pin(set(applying)) },
    Mutation { operation: "closeGoal", apply: |applying| Box::pin(close(applying)) },
    Mutation { operation: "reopenGoal", apply: |applying| Box::pin(reopen(applying)) },
    Mutation { operation: "correctGoal", apply: |applying| Box::pin(correct(applying)) },
    Mutation { operation: "withdrawGoal", apply: |applying| Box::pin(withdraw(applying)) },
    Mutation { operation: "orderGoals", apply: |applying| Box::pin(order(applying)) },
    Mutation { operation: "addGoalStep", apply: |applying| Box::pin(add_step(applying)) },
    Mutation { operation: "markGoalStep", apply: |applying| Box::pin(mark_step(applying)) },
    Mutation { operation: "correctGoalStep", apply: |applying| Box::pin(correct_step(applying)) },
    Mutation { operation: "withdrawGoalStep", apply: |applying| Box::pin(withdraw_step(applying)) },
    Mutation { operation: "orderGoalSteps", apply: |applying| Box::pin(order_steps(applying)) },
];

async fn set(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.makes_something()?;
    let new: NewGoal = applying.body()?;
    accompanied::said_by_the_phone(&[("/body/id", new.id.is_none())])?;
    let (by, met) = met(applying, new.participant_id).await?;
    let when = when(applying);
    let (row, audit) = deeds::set(applying.app, applying.tx, by, met, new, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn close(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: GoalClosing = applying.body()?;
    let (by, mut row) = held(applying, GoalCommand::Close).await?;
    if row.state == GoalState::from(body.result) && row.withdrawn_at.is_none() {
        // Somebody else said so before: it is so.
        return Ok(applied(&row, deeds::audit(&row, "close").with("already", true)).said_before());
    }
    require_unchanged(applying, row.id.0, row.version).await?;
    let when = when(applying);
    let audit = deeds::close(applying.app, applying.tx, by, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn reopen(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: GoalReopening = optional(applying)?;
    let (by, mut row) = held(applying, GoalCommand::Reopen).await?;
    if row.state == GoalState::Open && row.withdrawn_at.is_none() {
        return Ok(applied(&row, deeds::audit(&row, "reopen").with("already", true)).said_before());
    }
    require_unchanged(applying, row.id.0, row.version).await?;
    let when = when(applying);
    let audit = deeds::reopen(applying.app, applying.tx, by, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn correct(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: GoalCorrection = applying.body()?;
    let (by, mut row) = held(applying, GoalCommand::Correct).await?;
    require_unchanged(applying, row.id.0, row.version).await?;
    let when = when(applying);
    let audit =
        deeds::correct(applying.app, applying.tx, by, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn withdraw(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: GoalWithdrawal = optional(applying)?;
    let (by, mut row) = held(applying, GoalCommand::Withdraw).await?;
    if row.withdrawn_at.is_some() {
        return Ok(applied(&row, deeds::audit(&row, "withdraw").with("already", true)).said_before());
    }
    require_unchanged(applying, row.id.0, row.version).await?;
    let when = when(applying);
    let audit =
        deeds::withdraw(applying.app, applying.tx, by, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn order(applying: &mut Applying<'_>) -> Result<Applied> {
    let participant = ParticipantId(applying.subject()?);
    no_version(applying)?;
    let body: GoalOrder = applying.body()?;
    let (_, met) = met(applying, participant).await?;
    let audit = deeds::order(applying.tx, (participant, &met), &body).await.map_err(in_body)?;
    Ok(Applied {
        subject_kind: &GOALS,
        subject: participant.0,
        participant: Some(participant),
        version: None,
        audit,
    })
}

async fn order_steps(applying: &mut Applying<'_>) -> Result<Applied> {
    no_version(applying)?;
    let body: GoalStepOrder = applying.body()?;
    let (by, row) = held(applying, GoalCommand::OrderSteps).await?;
    let audit = deeds::order_steps(applying.tx, by, &row, &body).await.map_err(in_body)?;
    Ok(Applied { version: None, ..applied(&row, audit) })
}

async fn add_step(applying: &mut Applying<'_>) -> Result<Applied> {
    let new: NewGoalStep = applying.body()?;
    accompanied::said_by_the_phone(&[("/body/id", new.id.is_none())])?;
    no_version(applying)?;
    let (by, goal) = held(applying, GoalCommand::AddStep).await?;
    let when = when(applying);
    let (row, audit) =
        step_deeds::add(applying.app, applying.tx, by, &goal, new, when).await.map_err(in_body)?;
    Ok(applied_step(&row, audit))
}

async fn mark_step(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: GoalStepMark = applying.body()?;
    let (by, mut row) = held_step(applying, GoalStepCommand::Mark).await?;
    if row.state == body.state && !row.is_gone() {
        return Ok(applied_step(&row, step_deeds::audit(&row, "mark").with("already", true)).said_before());
    }
    require_unchanged(applying, row.id.0, row.version).await?;
    let when = when(applying);
    let audit =
        step_deeds::mark(applying.app, applying.tx, by, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied_step(&row, audit))
}

async fn correct_step(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: GoalCorrection = applying.body()?;
    let (by, mut row) = held_step(applying, GoalStepCommand::Correct).await?;
    require_unchanged(applying, row.id.0, row.version).await?;
    let when = when(applying);
    let audit =
        step_deeds::correct(applying.app, applying.tx, by, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied_step(&row, audit))
}

async fn withdraw_step(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: GoalWithdrawal = optional(applying)?;
    let (by, mut row) = held_step(applying, GoalStepCommand::Withdraw).await?;
    if row.is_gone() {
        return Ok(
            applied_step(&row, step_deeds::audit(&row, "withdraw").with("already", true)).said_before()
        );
    }
    require_unchanged(applying, row.id.0, row.version).await?;
    let when = when(applying);
    let audit =
        step_deeds::withdraw(applying.app, applying.tx, by, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied_step(&row, audit))
}

const fn when(applying: &Applying<'_>) -> When {
    When { noted_at: Some(applying.recorded_at), now: applying.now }
}

fn optional<T: DeserializeOwned + Validate + Default>(applying: &Applying<'_>) -> Result<T> {
    if applying.body.is_null() { Ok(T::default()) } else { applying.body() }
}

fn no_version(applying: &Applying<'_>) -> Result<()> {
    if applying.base_version.is_none() {
        return Ok(());
    }
    Err(Error::field("/base_version", "not_allowed", "it relies on no version"))
}

/// Whose goals it is about: the participant's own, those of somebody whom the phone's owner accompanies, or did when they recorded it.
async fn met(applying: &mut Applying<'_>, participant: ParticipantId) -> Result<(By, Met)> {
    match *applying.actor {
        Actor::Participant { .. } => {
            let scope = applying.actor.caseload()?;
            let met = accompanied::met(applying.tx, scope, participant).await?;
            Ok((By::of(applying.actor)?, met.ok_or_else(Error::not_found)?))
        }
        Actor::Staff { id, .. } => {
            let (met, _) = accompanied::met_when_recorded(applying, participant).await?;
            Ok((By::companion(id), met))
        }
    }
}

/// The goal, held.
async fn held(applying: &mut Applying<'_>, command: GoalCommand) -> Result<(By, Row)> {
    let id = GoalId(applying.subject()?);
    let by = By::of(applying.actor).and_then(|by| deeds::require(by, command).map(|()| by));
    if let Ok(by) = by
        && let Some(row) = store::load_for_change(applying.tx, applying.actor.caseload()?, id).await?
    {
        return Ok((by, row));
    }
    let Actor::Staff { id: staff, .. } = *applying.actor else { return Err(Error::not_found()) };
    let since = accompanied::since(applying);
    match store::load_former_for_change(applying.tx, staff, id, since).await? {
        Some(row) => Ok((By::companion(staff), row)),
        None => Err(Error::not_found()),
    }
}

/// The step, held.
async fn held_step(applying: &mut Applying<'_>, command: GoalStepCommand) -> Result<(By, step_store::Row)> {
    let id = GoalStepId(applying.subject()?);
    let by = By::of(applying.actor).and_then(|by| step_deeds::require(by, command).map(|()| by));
    if let Ok(by) = by
        && let Some(row) = step_store::load_for_change(applying.tx, applying.actor.caseload()?, id).await?
    {
        return Ok((by, row));
    }
    let Actor::Staff { id: staff, .. } = *applying.actor else { return Err(Error::not_found()) };
    let since = accompanied::since(applying);
    match step_store::load_former_for_change(applying.tx, staff, id, since).await? {
        Some(row) => Ok((By::companion(staff), row)),
        None => Err(Error::not_found()),
    }
}

/// What was changed since by the same person's own phone is what they had seen.
async fn require_unchanged(applying: &mut Applying<'_>, subject: Uuid, version: i64) -> Result<()> {
    let base = applying.base_version()?;
    let behind: Vec<i64> = (base + 1..=version).collect();
    if base > version || !applying.are_own(subject, &behind).await? {
        return Err(Error::changed(version));
    }
    Ok(())
}

fn in_body(error: Error) -> Error {
    error.below("/body")
}

fn applied(row: &Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &GOAL,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}

fn applied_step(row: &step_store::Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &GOAL_STEP,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}
