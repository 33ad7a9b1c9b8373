//! How steps stood before each change, in the database and for callers.

use super::{
    by::By,
    history::ByVersion,
    step::field,
    step_store::Row,
    words::{GoalStepCommand, GoalStepId, GoalStepState},
};
use contract::{StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    Kernel,
    error::Result,
    legible::Entry,
    page::Paging,
    protect::{
        privacy::{Note, expose_in_answer, expose_in_answer_if_any},
        seal::Sealed,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// How a step stood.
#[derive(Debug, sqlx::FromRow)]
pub struct Former {
    version: i64,
    changed_at: Instant,
    changed_by: Option<StaffId>,
    command: GoalStepCommand,
    reason_sealed: Option<Sealed>,
    what_sealed: Sealed,
    state: GoalStepState,
    marked_at: Option<Instant>,
}

/// How a step stood before it was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerGoalStep {
    /// The version that stood so.
    pub version: i64,
    /// When it was changed.
    pub changed_at: Instant,
    /// Whether the participant changed it themself.
    pub is_changed_by_them: bool,
    /// Who changed it, if not they; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<StaffId>,
    /// What was done to it.
    pub command: GoalStepCommand,
    /// Why, if that was said.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// What it was.
    #[serde(serialize_with = "expose_in_answer")]
    pub what: Note,
    /// How far it had come.
    pub state: GoalStepState,
    /// When that had been said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marked_at: Option<Instant>,
}

impl FormerGoalStep {
    /// How `step` stood, with its texts opened, for this reader.
    pub fn of(kernel: &Kernel, step: &Row, former: Former, reader: By) -> Result<Self> {
        let key = kernel.keys.participants.key(step.participant_id.0, &step.data_key)?;
        let reason = former.reason_sealed.as_ref();
        Ok(Self {
            version: former.version,
            changed_at: former.changed_at,
            is_changed_by_them: former.changed_by.is_none(),
            changed_by: former.changed_by.filter(|_| reader.is_staff()),
            command: former.command,
            reason: reason
                .map(|sealed| key.open_text(field("reason_sealed", step.id), sealed))
                .transpose()?,
            what: key.open_text(field("what_sealed", step.id), &former.what_sealed)?,
            state: former.state,
            marked_at: former.marked_at,
        })
    }
}

/// Keeps how a step stands until now, and what is done to it.
pub async fn keep(
    tx: &mut Tx,
    step: GoalStepId,
    by: By,
    (command, reason): (GoalStepCommand, Option<&Sealed>),
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO goal_step_history (step_id, version, changed_at, changed_by, command, reason_sealed, what_sealed, state, marked_at,
                                        marked_by)
         SELECT id, version, $2, $3, $4, $5, what_sealed, state, marked_at, marked_by FROM goal_step WHERE id = $1"
    ))
    .bind(step)
    .bind(now)
    .bind(by.staff)
    .bind(command)
    .bind(reason)
    .execute()
    .await?;
    Ok(())
}

/// How a step stood before, the latest first, with one more than the page holds. The caller has seen that it is in scope.
pub async fn list(
    tx: &mut Tx,
    step: GoalStepId,
    paging: Paging<i64>,
) -> db::Result<Vec<Entry<ByVersion, Former>>> {
    tx.query(sql!(
        "SELECT version, changed_at, changed_by, command, reason_sealed, what_sealed, state, marked_at
         FROM goal_step_history WHERE step_id = $1 AND version < $3 ORDER BY version DESC LIMIT ",
        lite "+",
        "$2"
    ))
    .bind(step)
    .bind(paging.rows())
    .bind(paging.after.unwrap_or(i64::MAX))
    .all()
    .await
}
