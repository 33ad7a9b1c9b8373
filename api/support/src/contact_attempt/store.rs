//! Attempts in the database.

use super::{
    things::CONTACT_ATTEMPT,
    words::{ContactAim, ContactAttemptId, ContactAttemptKind},
};
use crate::{
    accompanied::{CLOCK_AHEAD, Since},
    consent::ConsentGround,
};
use contract::{
    CentreId, ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::Scope,
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// An attempt.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: ContactAttemptId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Who was tried.
    pub participant_id: ParticipantId,
    /// Who tried.
    pub author_id: StaffId,
    /// How.
    pub kind: ContactAttemptKind,
    /// What for.
    pub aim: ContactAim,
    /// When, on the wall.
    pub local_at: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// When that was.
    pub at: Instant,
    /// What is to be remembered of it.
    pub note_sealed: Option<Sealed>,
    /// Through which relative, by the subject of the consent to that.
    pub relative_id: Option<Uuid>,
    /// How that consent stood.
    pub consent: Option<ConsentGround>,
    /// When its author's phone recorded it, if it was sent later.
    pub noted_at: Option<Instant>,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    pub withdrawn_by: Option<StaffId>,
    /// Why.
    pub withdrawal_sealed: Option<Sealed>,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        CONTACT_ATTEMPT.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }
}

/// Keeps an attempt.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO contact_attempt (id, centre_id, participant_id, author_id, kind, aim, local_at, zone, at, note_sealed, noted_at,
                                      recorded_at, version, relative_id, consent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.author_id)
    .bind(row.kind)
    .bind(row.aim)
    .bind(row.local_at)
    .bind(&row.zone)
    .bind(row.at)
    .bind(row.note_sealed.as_ref())
    .bind(row.noted_at)
    .bind(row.recorded_at)
    .bind(row.version)
    .bind(row.relative_id)
    .bind(row.consent)
    .execute()
    .await
    .map(drop)
}

/// Writes that it was withdrawn.
pub async fn withdraw(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE contact_attempt SET withdrawn_at = $1, withdrawn_by = $2, withdrawal_sealed = $3, version = $4 WHERE id = $5"
    ))
    .bind(row.withdrawn_at)
    .bind(row.withdrawn_by)
    .bind(row.withdrawal_sealed.as_ref())
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// An attempt in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: ContactAttemptId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT t.*, p.data_key FROM contact_attempt AS t JOIN participant AS p ON p.id = t.participant_id WHERE ",
        t,
        " AND t.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The same, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: ContactAttemptId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT t.*, p.data_key FROM contact_attempt AS t JOIN participant AS p ON p.id = t.participant_id WHERE ",
        t,
        " AND t.id = $2",
        pg " FOR UPDATE OF t"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// An attempt of this staff member's, of somebody whom they accompanied when they recorded what is to be done with it, and no longer do since a
/// while; held until the transaction ends.
pub async fn load_former_for_change(
    tx: &mut Tx,
    author: StaffId,
    id: ContactAttemptId,
    (recorded_at, earliest_end): Since,
) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT t.*, p.data_key FROM contact_attempt AS t JOIN participant AS p ON p.id = t.participant_id
         WHERE t.id = $1 AND t.author_id = $2
           AND EXISTS (SELECT 1 FROM assignment AS former
                       WHERE former.participant_id = p.id AND former.staff_id = $2
                         AND former.started_at <= $3 AND former.ended_at >= $5 AND former.ended_at >= $4)",
        pg " FOR UPDATE OF t"
    ))
    .bind(id)
    .bind(author)
    .bind(recorded_at)
    .bind(earliest_end)
    .bind(recorded_at.saturating_sub(CLOCK_AHEAD))
    .optional()
    .await
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByTime {
    /// When the attempt was.
    pub at: Instant,
    /// Its id.
    pub id: Uuid,
}

/// The attempts to reach a participant, if in scope, the latest first, with one more than the page holds. What was withdrawn is none.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
    paging: Paging<(i64, Uuid)>,
) -> Result<Vec<Entry<ByTime, Row>>> {
    let (before, id) = match paging.after {
        Some((micros, id)) => (Instant::from_micros(micros).unwrap_or(Instant::MAX), id),
        None => (Instant::MAX, Uuid::max()),
    };
    let statement = Statement::new(piece!(
        "SELECT t.*, p.data_key FROM contact_attempt AS t ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = t.participant_id WHERE t.withdrawn_at IS NULL AND t.participant_id = "
    ));
    let statement = scope
        .asked(statement, participant.0)
        .then(piece!(" AND (t.at, t.id) < (?, ?) ORDER BY t.at DESC, t.id DESC"))
        .bind(before)
        .bind(id)
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Those of the named attempts that are in scope, in no order. From the ids to the rows and no other way: SQLite would rather read all that a
/// centre has.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT t.*, p.data_key FROM ",
        lite "json_each(?) AS asked CROSS JOIN contact_attempt AS t ON t.id = unhex(asked.value) CROSS ",
        pg "contact_attempt AS t ",
        "JOIN participant AS p ON p.id = t.participant_id WHERE ",
        pg "t.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))) AND "
    ))
    .bind(id_list(ids));
    let Some(statement) = scope.staffs(statement) else { return Ok(Vec::new()) };
    tx.query_built(statement).all().await
}

/// Holds every attempt to reach a participant, in the order in which everybody does.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    let _: Vec<Uuid> = tx
        .query(sql!("SELECT id FROM contact_attempt WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await?;
    Ok(())
}

/// Lets the attempts to reach a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE contact_attempt SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}
