//! What callers get of one step.

use super::{
    by::By,
    rules,
    step_store::Row,
    words::{GoalId, GoalStepCommand, GoalStepId, GoalStepState},
};
use contract::{ParticipantId, StaffId, time::Instant};
use kernel::{
    Kernel,
    error::Result,
    protect::{
        privacy::{Note, expose_in_answer, expose_in_answer_if_any},
        seal::{DataKey, Field},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// A small step towards a goal.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoalStep {
    /// Its id.
    pub id: GoalStepId,
    /// Towards which goal.
    pub goal_id: GoalId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// What it is, in the participant's own words.
    #[serde(serialize_with = "expose_in_answer")]
    pub what: Note,
    /// How far it has come.
    pub state: GoalStepState,
    /// When that was said, by the clock of the phone on which it was; absent as long as nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marked_at: Option<Instant>,
    /// Whether the participant said so themself; absent as long as nothing was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_marked_by_them: Option<bool>,
    /// Who said so, if not they; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marked_by: Option<StaffId>,
    /// Whether the participant wrote it down themself.
    pub is_own: bool,
    /// Who wrote it down for them; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_by: Option<StaffId>,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When the phone on which it was written recorded it, by its own clock; absent if it was not sent through `pushMutations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noted_at: Option<Instant>,
    /// When it was withdrawn as entered by mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// Why.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub withdrawal_reason: Option<Note>,
    /// What the caller can do with it now.
    #[schema(max_items = 3)]
    pub possible_commands: Vec<GoalStepCommand>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

/// Where a text of a step lies. How it stood before lies there, too: it is moved as it is sealed.
pub const fn field(column: &'static str, id: GoalStepId) -> Field {
    Field::new("goal_step", column, id.0)
}

impl GoalStep {
    /// A row with its texts opened, for this reader.
    pub fn of(kernel: &Kernel, row: &Row, reader: By) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        Self::opened(&key, row, reader)
    }

    /// The same with the participant's key. Which of the staff it was is told to staff alone.
    pub fn opened(key: &DataKey, row: &Row, reader: By) -> Result<Self> {
        let withdrawal = row.withdrawal_sealed.as_ref();
        let who = |staff: Option<StaffId>| staff.filter(|_| reader.is_staff());
        Ok(Self {
            id: row.id,
            goal_id: row.goal_id,
            participant_id: row.participant_id,
            what: key.open_text(field("what_sealed", row.id), &row.what_sealed)?,
            state: row.state,
            marked_at: row.marked_at,
            is_marked_by_them: row.marked_at.map(|_| row.marked_by.is_none()),
            marked_by: who(row.marked_by),
            is_own: row.is_own(),
            written_by: who(row.written_by),
            recorded_at: row.recorded_at,
            noted_at: row.noted_at,
            withdrawn_at: row.withdrawn_at,
            withdrawal_reason: withdrawal
                .map(|sealed| key.open_text(field("withdrawal_sealed", row.id), sealed))
                .transpose()?,
            possible_commands: rules::possible_step(reader.who, row.is_own(), row.is_gone()),
            version: row.version,
        })
    }
}
