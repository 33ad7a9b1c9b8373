//! Emergency accesses in the database.

use super::request::Filter;
use super::things::EMERGENCY_ACCESS;
use contract::{
    CentreId, EmergencyAccessId, ParticipantId, StaffId, StaffRole,
    time::{Instant, ZoneName},
};
use db::{Change, Result, Statement, Tx, piece, sql};
use kernel::{
    access::{Actor, Scope},
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// An emergency access as it lies in its table, with the participant's data key for its reason.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: EmergencyAccessId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose notes it opens.
    pub participant_id: ParticipantId,
    /// The manager who opened it.
    pub staff_id: StaffId,
    /// Why, sealed.
    pub reason_sealed: Sealed,
    /// Since when.
    pub started_at: Instant,
    /// It ends by itself then.
    pub ends_at: Instant,
    /// When it was ended.
    pub ended_at: Option<Instant>,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
}

impl Row {
    /// Whether notes can be read by it at `now`.
    pub fn is_running(&self, now: Instant) -> bool {
        self.ended_at.is_none() && now < self.ends_at
    }

    /// That this access is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        changed(self.centre_id, self.participant_id, self.id)
    }
}

const fn changed(centre: CentreId, participant: ParticipantId, id: EmergencyAccessId) -> Change {
    EMERGENCY_ACCESS.changed(centre.0, Some(participant.0), id.0)
}

/// What a new access needs to know of its participant.
#[derive(Debug, sqlx::FromRow)]
pub struct ParticipantFacts {
    /// Their centre.
    pub centre_id: CentreId,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// The centre's zone.
    pub zone: ZoneName,
    /// The centre's reminder policy, as JSON.
    pub reminder_policy: Option<String>,
}

/// The role of the manager who is about to open an access, held alone until the transaction ends: their accesses are counted one after
/// the other, and whoever closes the account meanwhile finds the one that was opened.
pub async fn opener(tx: &mut Tx, id: StaffId) -> Result<Option<StaffRole>> {
    tx.query(sql!("SELECT role FROM staff WHERE id = $1 AND active", pg " FOR NO KEY UPDATE"))
        .bind(id)
        .optional_scalar()
        .await
}

/// The participant, if in scope.
pub async fn participant(tx: &mut Tx, scope: Scope, id: ParticipantId) -> Result<Option<ParticipantFacts>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id, p.data_key, centre.zone, centre.reminder_policy
         FROM participant AS p JOIN centre ON centre.id = p.centre_id WHERE ",
        participant p,
        " AND p.id = $2",
        pg " FOR SHARE OF p, centre"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// How many accesses this manager opened since `since`, and when the first of them was.
pub async fn opened_since(tx: &mut Tx, staff: StaffId, since: Instant) -> Result<(i64, Option<Instant>)> {
    tx.query(sql!(
        "SELECT count(*), min(started_at) FROM emergency_access WHERE staff_id = $1 AND started_at > $2"
    ))
    .bind(staff)
    .bind(since)
    .one()
    .await
}

/// Notes that this manager's accesses to this participant have run out, so that the next one can begin.
pub async fn close_run_out(
    tx: &mut Tx,
    staff: StaffId,
    participant: ParticipantId,
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "UPDATE emergency_access SET ended_at = ends_at, version = version + 1
         WHERE staff_id = $1 AND participant_id = $2 AND ended_at IS NULL AND ends_at <= $3"
    ))
    .bind(staff)
    .bind(participant)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

/// Adds an access.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO emergency_access (id, centre_id, participant_id, staff_id, reason_sealed, started_at, ends_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.staff_id)
    .bind(row.reason_sealed.clone())
    .bind(row.started_at)
    .bind(row.ends_at)
    .bind(row.version)
    .execute()
    .await?;
    Ok(())
}

/// Whoever oversees emergency accesses.
pub async fn administrators(tx: &mut Tx) -> Result<Vec<StaffId>> {
    tx.query(sql!("SELECT id FROM staff WHERE role = 'administrator' AND active ORDER BY id")).scalars().await
}

/// Whoever accompanies this participant and wrote about them for themself alone, but for this manager.
pub async fn authors(tx: &mut Tx, participant: ParticipantId, but_for: StaffId) -> Result<Vec<StaffId>> {
    tx.query(sql!(
        "SELECT DISTINCT note.author_id FROM appointment_note AS note
         JOIN appointment ON appointment.id = note.appointment_id
         JOIN caseload ON caseload.staff_id = note.author_id AND caseload.participant_id = appointment.participant_id
         WHERE appointment.participant_id = $1 AND note.visibility = 'author' AND note.author_id <> $2"
    ))
    .bind(participant)
    .bind(but_for)
    .scalars()
    .await
}

/// The accesses at this centre (`None`: at all), the newest first, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    only: Option<CentreId>,
    filter: &Filter,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT access.*, participant.data_key FROM emergency_access AS access
         JOIN participant ON participant.id = access.participant_id WHERE access.id < ?"
    ))
    .bind(paging.after.unwrap_or(Uuid::max()))
    .when(filter.participant_id, piece!(" AND access.participant_id = ?"));
    let statement = match filter.participant_id {
        None => statement.when(only, piece!(" AND access.centre_id = ?")),
        Some(_) => statement.when(only, piece!(" AND ", lite "+", "access.centre_id = ?")),
    };
    let statement = statement.then(piece!(" ORDER BY access.id DESC")).limit(paging.rows());
    tx.query_built(statement).all().await
}

/// An access at this centre (`None`: at any), held until the transaction ends.
pub async fn load_for_change(
    tx: &mut Tx,
    only: Option<CentreId>,
    id: EmergencyAccessId,
) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT access.*, participant.data_key FROM emergency_access AS access
         JOIN participant ON participant.id = access.participant_id
         WHERE (access.centre_id = $1 OR $1 IS NULL) AND access.id = $2",
        pg " FOR UPDATE OF access"
    ))
    .bind(only)
    .bind(id)
    .optional()
    .await
}

/// Ends an access before its time.
pub async fn end(tx: &mut Tx, row: &Row, ended_by: Uuid) -> Result<()> {
    tx.query(sql!("UPDATE emergency_access SET ended_at = $1, ended_by = $2, version = $3 WHERE id = $4"))
        .bind(row.ended_at)
        .bind(ended_by)
        .bind(row.version)
        .bind(row.id)
        .execute()
        .await?;
    Ok(())
}

/// Ends every access of somebody who stops being a manager.
pub async fn end_all(tx: &mut Tx, staff: StaffId, ended_by: Uuid, now: Instant) -> Result<u64> {
    tx.query(sql!(
        "UPDATE emergency_access SET ended_at = $1, ended_by = $2, version = version + 1
         WHERE staff_id = $3 AND ended_at IS NULL AND ends_at > $1"
    ))
    .bind(now)
    .bind(ended_by)
    .bind(staff)
    .execute()
    .await
}

/// Ends the accesses to this participant's notes that are running, and lets all that there ever were be this centre's; which they are.
pub async fn move_to_centre(
    tx: &mut Tx,
    participant: ParticipantId,
    (from, to): (CentreId, CentreId),
    ended_by: Uuid,
    now: Instant,
) -> Result<Vec<Uuid>> {
    let ended: Vec<EmergencyAccessId> = tx
        .query(sql!(
            "UPDATE emergency_access SET ended_at = $1, ended_by = $2, version = version + 1
             WHERE participant_id = $3 AND ended_at IS NULL AND ends_at > $1 RETURNING id"
        ))
        .bind(now)
        .bind(ended_by)
        .bind(participant)
        .scalars()
        .await?;
    for id in ended {
        tx.changed(changed(from, participant, id));
    }
    tx.query(sql!("UPDATE emergency_access SET centre_id = $2 WHERE participant_id = $1 RETURNING id"))
        .bind(participant)
        .bind(to)
        .scalars()
        .await
}

/// The access by which this caller may read what was written about this participant for its author alone, if one is running.
pub async fn running(
    tx: &mut Tx,
    actor: &Actor,
    participant: ParticipantId,
    now: Instant,
) -> Result<Option<EmergencyAccessId>> {
    let Actor::Staff { id, role: StaffRole::Manager, centre, .. } = actor else { return Ok(None) };
    tx.query(sql!(
        "SELECT id FROM emergency_access
         WHERE staff_id = $1 AND participant_id = $2 AND centre_id = $3 AND ended_at IS NULL AND ends_at > $4"
    ))
    .bind(*id)
    .bind(participant)
    .bind(*centre)
    .bind(now)
    .optional_scalar()
    .await
}
