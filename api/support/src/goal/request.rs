//! What callers send.

use super::words::{GoalId, GoalResult, GoalSetAsideReason, GoalStepId, GoalStepState};
use contract::ParticipantId;
use kernel::protect::privacy::Note;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Something that somebody wants to reach.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "what": "Drive a taxi again before the summer"
}))]
pub struct NewGoal {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<GoalId>,
    /// Who wants to reach it.
    pub participant_id: ParticipantId,
    /// What, in their own words.
    pub what: Note,
}

/// How a goal was closed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"result": "achieved"}))]
pub struct GoalClosing {
    /// How.
    pub result: GoalResult,
    /// Why it is set aside; of such a goal alone.
    pub set_aside_because: Option<GoalSetAsideReason>,
}

/// That a goal is to be reached after all.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The licence came back"}))]
pub struct GoalReopening {
    /// Why; the participant reads it as well.
    pub reason: Option<Note>,
}

/// What was written down wrongly.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"what": "Drive my own taxi again before the summer", "reason": "It is to be their own"}))]
pub struct GoalCorrection {
    /// What it is, in the participant's own words.
    pub what: Note,
    /// Why it is corrected; the participant reads it as well. Staff says it, the participant need not.
    pub reason: Option<Note>,
}

/// Why something was entered by mistake.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "It was said by somebody else"}))]
pub struct GoalWithdrawal {
    /// Why; the participant reads it as well. Staff says it, the participant need not.
    pub reason: Option<Note>,
}

/// In which order goals stand.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"goals": []}))]
pub struct GoalOrder {
    /// The first ones. What is not named stands behind them, in the order in which it was recorded.
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub goals: Vec<GoalId>,
}

/// A small step.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"what": "Ask at the prefecture what the licence needs"}))]
pub struct NewGoalStep {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<GoalStepId>,
    /// What it is, in the participant's own words.
    pub what: Note,
}

/// How far a step has come.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"state": "achieved"}))]
pub struct GoalStepMark {
    /// How far. `open` takes back what was said before.
    pub state: GoalStepState,
}

/// In which order the steps of a goal stand.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"steps": []}))]
pub struct GoalStepOrder {
    /// The first ones. What is not named stands behind them, in the order in which it was recorded.
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    pub steps: Vec<GoalStepId>,
}
