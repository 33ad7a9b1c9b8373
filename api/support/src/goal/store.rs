//! Goals in the database.

use super::{
    order,
    things::GOALS,
    words::{GoalId, GoalSetAsideReason, GoalState},
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

/// A goal.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: GoalId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Who wants to reach it.
    pub participant_id: ParticipantId,
    /// What it is.
    pub what_sealed: Sealed,
    /// How far it has come.
    pub state: GoalState,
    /// Why it is set aside.
    pub set_aside_because: Option<GoalSetAsideReason>,
    /// In which order its steps stand.
    pub step_order: Option<String>,
    /// Who wrote it down, if not the participant themself.
    pub written_by: Option<StaffId>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// By whom, if not the participant themself.
    pub closed_by: Option<StaffId>,
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
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
}

impl Row {
    /// Whether the participant wrote it down themself.
    pub const fn is_own(&self) -> bool {
        self.written_by.is_none()
    }

    /// That this person's goals are different, for the change feed.
    pub const fn changed(&self) -> Change {
        picture_changed(self.centre_id, self.participant_id)
    }
}

/// That this person's goals are different, for the change feed.
pub const fn picture_changed(centre: CentreId, participant: ParticipantId) -> Change {
    GOALS.changed(centre.0, Some(participant.0), participant.0)
}

/// Keeps a goal.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO goal (id, centre_id, participant_id, what_sealed, state, written_by, noted_at, recorded_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(row.id)
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
        "UPDATE goal SET what_sealed = $1, state = $2, set_aside_because = $3, closed_at = $4, closed_by = $5, withdrawn_at = $6,
                         withdrawn_by = $7, withdrawal_sealed = $8, version = $9
         WHERE id = $10"
    ))
    .bind(&row.what_sealed)
    .bind(row.state)
    .bind(row.set_aside_because)
    .bind(row.closed_at)
    .bind(row.closed_by)
    .bind(row.withdrawn_at)
    .bind(row.withdrawn_by)
    .bind(row.withdrawal_sealed.as_ref())
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// Writes in which order its steps stand. That is no change of the goal, so that no version counts it.
pub async fn set_step_order(tx: &mut Tx, id: GoalId, steps: &[Uuid]) -> Result<()> {
    tx.query(sql!("UPDATE goal SET step_order = $1 WHERE id = $2"))
        .bind(order::written(steps))
        .bind(id)
        .execute()
        .await
        .map(drop)
}

/// Holds the list of somebody's goals, so that two who set or open one at once do so one after the other. It is held behind a goal and behind
/// the file, by everybody.
pub async fn hold_list(tx: &mut Tx, centre: CentreId, participant: ParticipantId) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO goal_list (participant_id, centre_id, version) VALUES ($1, $2, 0)
         ON CONFLICT (participant_id) DO NOTHING"
    ))
    .bind(participant)
    .bind(centre)
    .execute()
    .await?;
    tx.query(sql!("SELECT participant_id FROM goal_list WHERE participant_id = $1", pg " FOR UPDATE"))
        .bind(participant)
        .scalar::<Uuid>()
        .await
        .map(drop)
}

/// Writes in which order somebody's goals stand. Their list is held.
pub async fn set_order(tx: &mut Tx, participant: ParticipantId, goals: &[Uuid]) -> Result<()> {
    tx.query(sql!("UPDATE goal_list SET goal_order = $1, version = version + 1 WHERE participant_id = $2"))
        .bind(order::written(goals))
        .bind(participant)
        .execute()
        .await
        .map(drop)
}

/// A goal as far as it counts.
#[derive(Debug, sqlx::FromRow)]
pub struct Standing {
    /// Its id.
    pub id: Uuid,
    /// How far it has come.
    pub state: GoalState,
}

/// The goals of somebody that are in the picture. Their list is held.
pub async fn standing(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Standing>> {
    tx.query(sql!(
        "SELECT id, state FROM goal WHERE participant_id = $1 AND withdrawn_at IS NULL ORDER BY id"
    ))
    .bind(participant)
    .all()
    .await
}

/// A goal in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: GoalId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT g.*, p.data_key FROM goal AS g JOIN participant AS p ON p.id = g.participant_id WHERE ",
        g,
        " AND g.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The same, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: GoalId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT g.*, p.data_key FROM goal AS g JOIN participant AS p ON p.id = g.participant_id WHERE ",
        g,
        " AND g.id = $2",
        pg " FOR UPDATE OF g"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// A goal that this staff member wrote down, of somebody whom they accompanied when they recorded what is to be done with it, and no longer do
/// since a while; held until the transaction ends.
pub async fn load_former_for_change(
    tx: &mut Tx,
    staff: StaffId,
    id: GoalId,
    (recorded_at, earliest_end): Since,
) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT g.*, p.data_key FROM goal AS g JOIN participant AS p ON p.id = g.participant_id
         WHERE g.id = $1 AND g.written_by = $2
           AND EXISTS (SELECT 1 FROM assignment AS former
                       WHERE former.participant_id = p.id AND former.staff_id = $2
                         AND former.started_at <= $3 AND former.ended_at >= $5 AND former.ended_at >= $4)",
        pg " FOR UPDATE OF g"
    ))
    .bind(id)
    .bind(staff)
    .bind(recorded_at)
    .bind(earliest_end)
    .bind(recorded_at.saturating_sub(CLOCK_AHEAD))
    .optional()
    .await
}

/// Holds the goals of somebody and their steps, in the order in which everybody does.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    for statement in [
        sql!("SELECT id FROM goal WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"),
        sql!("SELECT id FROM goal_step WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"),
    ] {
        let _: Vec<Uuid> = tx.query(statement).bind(participant).scalars().await?;
    }
    Ok(())
}

/// Lets the goals of somebody be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    for statement in [
        sql!("UPDATE goal SET centre_id = $1 WHERE participant_id = $2"),
        sql!("UPDATE goal_step SET centre_id = $1 WHERE participant_id = $2"),
        sql!("UPDATE goal_list SET centre_id = $1 WHERE participant_id = $2"),
    ] {
        tx.query(statement).bind(centre).bind(participant).execute().await?;
    }
    Ok(())
}
