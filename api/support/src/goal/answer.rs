//! What callers get of one goal.

use super::{
    by::By,
    rules,
    store::Row,
    words::{GoalCommand, GoalId, GoalSetAsideReason, GoalState},
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

/// Something that somebody wants to reach.
#[derive(Debug, Serialize, ToSchema)]
pub struct Goal {
    /// Its id.
    pub id: GoalId,
    /// Who wants to reach it.
    pub participant_id: ParticipantId,
    /// What it is, in their own words.
    #[serde(serialize_with = "expose_in_answer")]
    pub what: Note,
    /// How far it has come.
    pub state: GoalState,
    /// Why it is set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_aside_because: Option<GoalSetAsideReason>,
    /// Whether the participant wrote it down themself.
    pub is_own: bool,
    /// Who wrote it down for them; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_by: Option<StaffId>,
    /// When it was closed, by the clock of the phone on which that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    /// Whether the participant said so themself; absent of what is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_closed_by_them: Option<bool>,
    /// Who said so, if not they; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<StaffId>,
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
    #[schema(max_items = 6)]
    pub possible_commands: Vec<GoalCommand>,
    /// Counts its changes, and not those of its steps; the same as its ETag.
    pub version: i64,
}

/// Where a text of a goal lies. How it stood before lies there, too: it is moved as it is sealed.
pub const fn field(column: &'static str, id: GoalId) -> Field {
    Field::new("goal", column, id.0)
}

impl Goal {
    /// A row with its texts opened, for this reader.
    pub fn of(kernel: &Kernel, row: &Row, reader: By) -> Result<Self> {
        let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
        Self::opened(&key, row, reader)
    }

    /// The same with the participant's key. Which of the staff it was is told to staff alone.
    pub fn opened(key: &DataKey, row: &Row, reader: By) -> Result<Self> {
        let withdrawal = row.withdrawal_sealed.as_ref();
        let who = |staff: Option<StaffId>| staff.filter(|_| reader.is_staff());
        let (is_own, is_withdrawn) = (row.is_own(), row.withdrawn_at.is_some());
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            what: key.open_text(field("what_sealed", row.id), &row.what_sealed)?,
            state: row.state,
            set_aside_because: row.set_aside_because,
            is_own,
            written_by: who(row.written_by),
            closed_at: row.closed_at,
            is_closed_by_them: row.closed_at.map(|_| row.closed_by.is_none()),
            closed_by: who(row.closed_by),
            recorded_at: row.recorded_at,
            noted_at: row.noted_at,
            withdrawn_at: row.withdrawn_at,
            withdrawal_reason: withdrawal
                .map(|sealed| key.open_text(field("withdrawal_sealed", row.id), sealed))
                .transpose()?,
            possible_commands: rules::possible(reader.who, row.state, is_own, is_withdrawn),
            version: row.version,
        })
    }
}
