//! Merged files in the database.

use super::words::{FileMergeId, MovedKind};
use crate::{participant::status::words::FileStatus, work_item::WorkCause};
use contract::{AssignmentId, ParticipantId, StaffId, time::Instant};
use db::{Result, Tx, sql};
use kernel::protect::seal::Sealed;
use uuid::Uuid;

/// Two files that were found to be one person's.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: FileMergeId,
    /// The file that goes on.
    pub survivor_id: ParticipantId,
    /// The one that was merged into it.
    pub merged_id: ParticipantId,
    /// When.
    pub merged_at: Instant,
    /// By whom.
    pub merged_by: StaffId,
    /// Where the merged file stood.
    pub from_status: FileStatus,
    /// What the file that goes on said before, and what it took, sealed under its key.
    pub taken_sealed: Option<Sealed>,
}

/// Keeps it.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO file_merge (id, survivor_id, merged_id, merged_at, merged_by, from_status, taken_sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(row.id)
    .bind(row.survivor_id)
    .bind(row.merged_id)
    .bind(row.merged_at)
    .bind(row.merged_by)
    .bind(row.from_status)
    .bind(row.taken_sealed.as_ref())
    .execute()
    .await
    .map(drop)
}

/// By which merging this file stands for another one.
pub async fn of_merged(tx: &mut Tx, merged: ParticipantId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT id, survivor_id, merged_id, merged_at, merged_by, from_status, taken_sealed FROM file_merge
         WHERE merged_id = $1 AND unmerged_at IS NULL"
    ))
    .bind(merged)
    .optional()
    .await
}

/// Since when this file stands for another one.
pub async fn merged_at(tx: &mut Tx, merged: ParticipantId) -> Result<Option<Instant>> {
    tx.query(sql!("SELECT merged_at FROM file_merge WHERE merged_id = $1 AND unmerged_at IS NULL"))
        .bind(merged)
        .optional_scalar()
        .await
}

/// Says that this file stands for itself again, by whom that was said and when.
pub async fn end(tx: &mut Tx, merged: ParticipantId, by: StaffId, now: Instant) -> Result<()> {
    tx.query(sql!(
        "UPDATE file_merge SET unmerged_at = $1, unmerged_by = $2 WHERE merged_id = $3 AND unmerged_at IS NULL"
    ))
    .bind(now)
    .bind(by)
    .bind(merged)
    .execute()
    .await
    .map(drop)
}

/// Keeps what was made for something of the merged file, and its version.
pub async fn insert_move(
    tx: &mut Tx,
    merge: FileMergeId,
    (kind, made): (MovedKind, Uuid),
    version: i64,
) -> Result<()> {
    tx.query(sql!("INSERT INTO file_merge_move (merge_id, kind, made_id, version) VALUES ($1, $2, $3, $4)"))
        .bind(merge)
        .bind(kind)
        .bind(made)
        .bind(version)
        .execute()
        .await
        .map(drop)
}

/// What was made of this kind, and its version then.
pub async fn moves(tx: &mut Tx, merge: FileMergeId, kind: MovedKind) -> Result<Vec<(Uuid, i64)>> {
    tx.query(sql!(
        "SELECT made_id, version FROM file_merge_move WHERE merge_id = $1 AND kind = $2 ORDER BY made_id"
    ))
    .bind(merge)
    .bind(kind)
    .all()
    .await
}

/// Who accompanies a participant, held, whoever leads first; nobody who only stands in for somebody who is away.
pub async fn companions(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<StaffId>> {
    tx.query(sql!(
        "SELECT a.staff_id FROM assignment AS a
         WHERE a.participant_id = $1 AND a.ended_at IS NULL AND a.absence_id IS NULL
         ORDER BY CASE WHEN EXISTS (SELECT 1 FROM participant_lead AS lead WHERE lead.assignment_id = a.id) THEN 0 ELSE 1 END, a.id",
        // Whoever ends one of them just now ends it for both files.
        pg " FOR UPDATE OF a"
    ))
    .bind(participant)
    .scalars()
    .await
}

/// The same with whoever only stands in: they, too, read what was merged, for as long as they do.
pub async fn companions_and_stand_ins(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<StaffId>> {
    tx.query(sql!(
        "SELECT a.staff_id FROM assignment AS a WHERE a.participant_id = $1 AND a.ended_at IS NULL ORDER BY a.id",
        pg " FOR UPDATE OF a"
    ))
    .bind(participant)
    .scalars()
    .await
}

/// Lets somebody accompany a participant, if they do not; whether they did not.
pub async fn accompany(
    tx: &mut Tx,
    id: AssignmentId,
    (participant, staff): (ParticipantId, StaffId),
    by: Uuid,
    now: Instant,
) -> Result<bool> {
    let added = tx
        .query(sql!(
            "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version)
             SELECT $1, $2, $3, $4, $5, 1 FROM staff
             WHERE staff.id = $3 AND staff.active AND staff.role IN ('mentor', 'counsellor') AND NOT EXISTS (
                 SELECT 1 FROM assignment AS lasting
                 WHERE lasting.staff_id = $3 AND lasting.participant_id = $2 AND lasting.ended_at IS NULL
             )
             ON CONFLICT DO NOTHING"
        ))
        .bind(id)
        .bind(participant)
        .bind(staff)
        .bind(now)
        .bind(by)
        .execute()
        .await?;
    Ok(added > 0)
}

/// Ends an assignment that is as it was made; whose it was.
pub async fn end_unchanged(
    tx: &mut Tx,
    (assignment, version): (Uuid, i64),
    by: Uuid,
    now: Instant,
) -> Result<Option<StaffId>> {
    tx.query(sql!(
        "UPDATE assignment SET ended_at = $1, ended_by = $2, version = version + 1
         WHERE id = $3 AND version = $4 AND ended_at IS NULL RETURNING staff_id"
    ))
    .bind(now)
    .bind(by)
    .bind(assignment)
    .bind(version)
    .optional_scalar()
    .await
}

/// Ends what lets this staff member read merged files whose person they no longer accompany; which assignments, of whom.
pub async fn end_readers(
    tx: &mut Tx,
    staff: StaffId,
    by: Uuid,
    now: Instant,
) -> Result<Vec<(AssignmentId, ParticipantId)>> {
    tx.query(sql!(
        "UPDATE assignment SET ended_at = $1, ended_by = $2, version = version + 1
         WHERE staff_id = $3 AND ended_at IS NULL AND EXISTS (
             SELECT 1 FROM participant AS p
             WHERE p.id = assignment.participant_id AND p.merged_into IS NOT NULL AND NOT p.active AND NOT EXISTS (
                 SELECT 1 FROM assignment AS lasting
                 WHERE lasting.participant_id = p.merged_into AND lasting.staff_id = $3 AND lasting.ended_at IS NULL))
         RETURNING id, participant_id"
    ))
    .bind(now)
    .bind(by)
    .bind(staff)
    .all()
    .await
}

/// What somebody must act on about a participant: why, and what it is about.
pub async fn open_items(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<(WorkCause, Uuid)>> {
    tx.query(sql!(
        "SELECT cause, subject_id FROM work_item WHERE participant_id = $1 AND closed_at IS NULL ORDER BY id"
    ))
    .bind(participant)
    .all()
    .await
}

/// What somebody must act on about this participant and was raised first under the other file, from which it was carried over: why, and what it
/// is about.
pub async fn carried_items(
    tx: &mut Tx,
    participant: ParticipantId,
    from: ParticipantId,
) -> Result<Vec<(WorkCause, Uuid)>> {
    tx.query(sql!(
        "SELECT w.cause, w.subject_id FROM work_item AS w
         WHERE w.participant_id = $1 AND w.closed_at IS NULL AND EXISTS (
             SELECT 1 FROM work_item AS was
             WHERE was.subject_id = w.subject_id AND was.cause = w.cause AND was.participant_id = $2)
         ORDER BY w.id"
    ))
    .bind(participant)
    .bind(from)
    .all()
    .await
}

/// Whether somebody is to act on this already.
pub async fn is_open(tx: &mut Tx, (cause, subject): (WorkCause, Uuid)) -> Result<bool> {
    tx.query(sql!(
        "SELECT EXISTS (SELECT 1 FROM work_item WHERE subject_id = $1 AND cause = $2 AND closed_at IS NULL)"
    ))
    .bind(subject)
    .bind(cause)
    .scalar()
    .await
}
