//! The log of where files stood, in the database.

use super::words::{FileStatus, StatusReason, StatusSide};
use contract::{ParticipantId, StaffId, StaffRole, time::Instant};
use db::{Result, Tx, sql};
use kernel::{
    legible::Entry,
    page::Paging,
    protect::seal::{Field, Sealed},
};

/// A sealed column of the log.
#[derive(Debug, Clone, Copy)]
pub struct Column(&'static str);

/// Why a file rests.
pub const PAUSE_REASON: Column = Column("pause_reason_sealed");
/// What else was said.
pub const NOTE: Column = Column("note_sealed");

impl Column {
    /// Of this person's file.
    pub const fn of(self, participant: ParticipantId) -> Field {
        Field::new("status_change", self.0, participant.0)
    }
}

/// One line of the log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Change {
    /// The version of the file that it made.
    pub version: i64,
    /// When.
    pub at: Instant,
    /// Where the file stood.
    pub from_status: FileStatus,
    /// Where it stands from then on.
    pub to_status: FileStatus,
    /// Why it was closed or opened again.
    pub reason: Option<StatusReason>,
    /// From whose side that came.
    pub side: Option<StatusSide>,
    /// Attempts in vain.
    pub attempts: Option<i64>,
    /// Why it rests, sealed.
    pub pause_reason_sealed: Option<Sealed>,
    /// What else was said, sealed.
    pub note_sealed: Option<Sealed>,
    /// By whom.
    pub author_id: StaffId,
    /// What they were then.
    pub author_role: StaffRole,
}

/// The key of a line among those of one file.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct ByVersion {
    /// The version of the file that it made.
    pub version: i64,
}

/// Adds a line.
pub async fn insert(tx: &mut Tx, participant: ParticipantId, change: &Change) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO status_change (participant_id, version, at, from_status, to_status, reason, side, attempts,
                                    pause_reason_sealed, note_sealed, author_id, author_role)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    ))
    .bind(participant)
    .bind(change.version)
    .bind(change.at)
    .bind(change.from_status)
    .bind(change.to_status)
    .bind(change.reason)
    .bind(change.side)
    .bind(change.attempts)
    .bind(change.pause_reason_sealed.clone())
    .bind(change.note_sealed.clone())
    .bind(change.author_id)
    .bind(change.author_role)
    .execute()
    .await?;
    Ok(())
}

/// From where and by whom a file came to stand here last, if that was ever written down.
pub async fn last_time(
    tx: &mut Tx,
    participant: ParticipantId,
    status: FileStatus,
) -> Result<Option<(FileStatus, StaffRole)>> {
    tx.query(sql!(
        "SELECT from_status, author_role FROM status_change WHERE participant_id = $1 AND to_status = $2
         ORDER BY version DESC LIMIT 1"
    ))
    .bind(participant)
    .bind(status)
    .optional()
    .await
}

/// When a file that stood here came to stand elsewhere the last time, if that was ever written down.
pub async fn last_left(
    tx: &mut Tx,
    participant: ParticipantId,
    status: FileStatus,
) -> Result<Option<Instant>> {
    tx.query(sql!(
        "SELECT at FROM status_change WHERE participant_id = $1 AND from_status = $2 ORDER BY version DESC LIMIT 1"
    ))
    .bind(participant)
    .bind(status)
    .optional_scalar()
    .await
}

/// The log of a file, the latest first, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    participant: ParticipantId,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByVersion, Change>>> {
    tx.query(sql!(
        "SELECT version, at, from_status, to_status, reason, side, attempts, pause_reason_sealed, note_sealed, author_id, author_role
         FROM status_change WHERE participant_id = $1 AND version < $2 ORDER BY version DESC LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(participant)
    .bind(paging.after.unwrap_or(i64::MAX))
    .bind(paging.rows())
    .all()
    .await
}
