//! Steps in the database.

use super::{
    store::picture_changed,
    words::{GoalId, GoalStepId, GoalStepState},
};
use crate::accompanied::{CLOCK_AHEAD, Since};
use contract::{CentreId, ParticipantId, StaffId, time::Instant};
use db::{Change, Result, Tx, sql};
use kernel::{
    access::Scope,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// A step.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: GoalStepId,
    /// Towards which goal.
    pub goal_id: GoalId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// What it is.
    pub what_sealed: Sealed,
    /// How far it has come.
    pub state: GoalStepState,
    /// When that was said.
    pub marked_at: Option<Instant>,
    /// By whom, if not the participant themself.
    pub marked_by: Option<StaffId>,
    /// Who wrote it down, if not the participant themself.
    pub written_by: Option<StaffId>,
    /// When the phone on which it was written recorded it, if it was sent later.
    pub noted_at: Option<Instant>,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// By whom, if not the participant themself.
    pub withdrawn_by: Option<StaffId>,
    /// Why.
    pub withdrawal_sealed: Option<Sealed>,
    /// Counts the changes.
    pub version: i64,
    /// When its goal was withdrawn.
    pub goal_withdrawn_at: Option<Instant>,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
}

impl Row {
    /// Whether the participant wrote it down themself.
    pub const fn is_own(&self) -> bool {
        self.written_by.is_none()
    }

    /// Whether it was withdrawn, alone or with its goal.
    pub const fn is_gone(&self) -> bool {
        self.withdrawn_at.is_some() || self.goal_withdrawn_at.is_some()
    }

    /// That this person's goals are different, for the change feed.
    pub const fn changed(&self) -> Change {
        picture_changed(self.centre_id, self.participant_id)
    }
}

/// Keeps a step.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO goal_step (id, goal_id, centre_id, participant_id, what_sealed, state, written_by, noted_at, recorded_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    ))
    .bind(row.id)
    .bind(row.goal_id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(&row.what_sealed)
    .bind(row.state)
    .bind(row.written_by)
    .bind(row.noted_at)
    .bind(row.recorded_at)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// Writes how it stands from now on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE goal_step SET what_sealed = $1, state = $2, marked_at = $3, marked_by = $4, withdrawn_at = $5, withdrawn_by = $6,
                              withdrawal_sealed = $7, version = $8
         WHERE id = $9"
    ))
    .bind(&row.what_sealed)
    .bind(row.state)
    .bind(row.marked_at)
    .bind(row.marked_by)
    .bind(row.withdrawn_at)
    .bind(row.withdrawn_by)
    .bind(row.withdrawal_sealed.as_ref())
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// The steps of a goal that are in the picture. The goal is held.
pub async fn standing(tx: &mut Tx, goal: GoalId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM goal_step WHERE goal_id = $1 AND withdrawn_at IS NULL ORDER BY id"))
        .bind(goal)
        .scalars()
        .await
}

/// A step in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: GoalStepId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT s.*, g.withdrawn_at AS goal_withdrawn_at, p.data_key FROM goal_step AS s JOIN goal AS g ON g.id = s.goal_id
         JOIN participant AS p ON p.id = s.participant_id WHERE ",
        s,
        " AND s.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The same, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: GoalStepId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT s.*, g.withdrawn_at AS goal_withdrawn_at, p.data_key FROM goal_step AS s JOIN goal AS g ON g.id = s.goal_id
         JOIN participant AS p ON p.id = s.participant_id WHERE ",
        s,
        " AND s.id = $2",
        pg " FOR UPDATE OF s"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// A step that this staff member wrote down, of somebody whom they accompanied when they recorded what is to be done with it, and no longer do
/// since a while; held until the transaction ends.
pub async fn load_former_for_change(
    tx: &mut Tx,
    staff: StaffId,
    id: GoalStepId,
    (recorded_at, earliest_end): Since,
) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT s.*, g.withdrawn_at AS goal_withdrawn_at, p.data_key FROM goal_step AS s JOIN goal AS g ON g.id = s.goal_id
         JOIN participant AS p ON p.id = s.participant_id
         WHERE s.id = $1 AND s.written_by = $2
           AND EXISTS (SELECT 1 FROM assignment AS former
                       WHERE former.participant_id = p.id AND former.staff_id = $2
                         AND former.started_at <= $3 AND former.ended_at >= $5 AND former.ended_at >= $4)",
        pg " FOR UPDATE OF s"
    ))
    .bind(id)
    .bind(staff)
    .bind(recorded_at)
    .bind(earliest_end)
    .bind(recorded_at.saturating_sub(CLOCK_AHEAD))
    .optional()
    .await
}
