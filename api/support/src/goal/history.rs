//! How goals stood before each change, in the database and for callers.

use super::{
    answer::field,
    by::By,
    store::Row,
    words::{GoalCommand, GoalId, GoalSetAsideReason, GoalState},
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

/// How a goal stood.
#[derive(Debug, sqlx::FromRow)]
pub struct Former {
    version: i64,
    changed_at: Instant,
    changed_by: Option<StaffId>,
    command: GoalCommand,
    reason_sealed: Option<Sealed>,
    what_sealed: Sealed,
    state: GoalState,
    set_aside_because: Option<GoalSetAsideReason>,
    closed_at: Option<Instant>,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByVersion {
    /// The version that stood so.
    pub version: i64,
}

/// How a goal stood before it was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerGoal {
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
    pub command: GoalCommand,
    /// Why, if that was said.
    #[serde(serialize_with = "expose_in_answer_if_any", skip_serializing_if = "Option::is_none")]
    pub reason: Option<Note>,
    /// What it was.
    #[serde(serialize_with = "expose_in_answer")]
    pub what: Note,
    /// How far it had come.
    pub state: GoalState,
    /// Why it was set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_aside_because: Option<GoalSetAsideReason>,
    /// When it had been closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
}

impl FormerGoal {
    /// How `goal` stood, with its texts opened, for this reader.
    pub fn of(kernel: &Kernel, goal: &Row, former: Former, reader: By) -> Result<Self> {
        let key = kernel.keys.participants.key(goal.participant_id.0, &goal.data_key)?;
        let reason = former.reason_sealed.as_ref();
        Ok(Self {
            version: former.version,
            changed_at: former.changed_at,
            is_changed_by_them: former.changed_by.is_none(),
            changed_by: former.changed_by.filter(|_| reader.is_staff()),
            command: former.command,
            reason: reason
                .map(|sealed| key.open_text(field("reason_sealed", goal.id), sealed))
                .transpose()?,
            what: key.open_text(field("what_sealed", goal.id), &former.what_sealed)?,
            state: former.state,
            set_aside_because: former.set_aside_because,
            closed_at: former.closed_at,
        })
    }
}

/// Keeps how a goal stands until now, and what is done to it.
pub async fn keep(
    tx: &mut Tx,
    goal: GoalId,
    by: By,
    (command, reason): (GoalCommand, Option<&Sealed>),
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO goal_history (goal_id, version, changed_at, changed_by, command, reason_sealed, what_sealed, state, set_aside_because,
                                   closed_at, closed_by)
         SELECT id, version, $2, $3, $4, $5, what_sealed, state, set_aside_because, closed_at, closed_by FROM goal WHERE id = $1"
    ))
    .bind(goal)
    .bind(now)
    .bind(by.staff)
    .bind(command)
    .bind(reason)
    .execute()
    .await?;
    Ok(())
}

/// How a goal stood before, the latest first, with one more than the page holds. The caller has seen that it is in scope.
pub async fn list(
    tx: &mut Tx,
    goal: GoalId,
    paging: Paging<i64>,
) -> db::Result<Vec<Entry<ByVersion, Former>>> {
    tx.query(sql!(
        "SELECT version, changed_at, changed_by, command, reason_sealed, what_sealed, state, set_aside_because, closed_at
         FROM goal_history WHERE goal_id = $1 AND version < $3 ORDER BY version DESC LIMIT ",
        lite "+",
        "$2"
    ))
    .bind(goal)
    .bind(paging.rows())
    .bind(paging.after.unwrap_or(i64::MAX))
    .all()
    .await
}
