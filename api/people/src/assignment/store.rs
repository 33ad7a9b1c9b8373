//! Assignments in the database.

use super::things::ASSIGNMENT;
use crate::posting;
use chrono::TimeDelta;
use contract::{AssignmentId, CentreId, ParticipantId, StaffId, StaffRole, time::Instant};
use db::{Change, Operation, Result, Statement, Tx, id_list, piece, sql};
use identity::things::PARTICIPANT;
use kernel::{
    access::{Scope, ScopeKind},
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Rows of one statement.
const CHUNK: usize = 500;

/// An assignment with what tells who the staff member is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: AssignmentId,
    /// Who is accompanied.
    pub participant_id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// Who accompanies them.
    pub staff_id: StaffId,
    /// Their role today.
    pub role: StaffRole,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Their name, sealed.
    pub name_sealed: Sealed,
    /// Since when.
    pub started_at: Instant,
    /// Until when.
    pub ended_at: Option<Instant>,
    /// Whether they are in charge among those who accompany the participant.
    pub leads: bool,
    /// Counts the changes.
    pub version: i64,
}

impl Row {
    /// That the staff member no longer has the person, told to them alone.
    pub const fn revoked(&self) -> Change {
        revoked(self.centre_id, self.participant_id, self.staff_id)
    }

    /// That this assignment is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        changed(self.centre_id, self.participant_id, self.id)
    }
}

const fn revoked(centre: CentreId, participant: ParticipantId, staff: StaffId) -> Change {
    Change {
        audience: Some(staff.0),
        operation: Operation::Revoke,
        ..PARTICIPANT.changed(centre.0, Some(participant.0), participant.0)
    }
}

const fn changed(centre: CentreId, participant: ParticipantId, assignment: AssignmentId) -> Change {
    ASSIGNMENT.changed(centre.0, Some(participant.0), assignment.0)
}

/// Somebody to whom participants may be assigned.
#[derive(Debug, sqlx::FromRow)]
pub struct Companion {
    /// What they may do.
    pub role: StaffRole,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Their name, sealed.
    pub name_sealed: Sealed,
}

/// The centre of a participant, if in scope, whether their file is open or closed.
pub async fn centre_of(tx: &mut Tx, scope: Scope, id: ParticipantId) -> Result<Option<CentreId>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional_scalar().await
}

/// Whether a participant is still accompanied, and by this centre; held so that their file cannot be closed or moved while they are being
/// assigned.
pub async fn is_accompanied(tx: &mut Tx, id: ParticipantId, centre: CentreId) -> Result<bool> {
    let active: Option<bool> = tx
        .query(sql!("SELECT active FROM participant WHERE id = $1 AND centre_id = $2", pg " FOR SHARE"))
        .bind(id)
        .bind(centre)
        .optional_scalar()
        .await?;
    Ok(active == Some(true))
}

/// An active staff member of this centre, or who is posted to it, held so that neither the account nor the posting can end while they are
/// being assigned.
pub async fn companion(
    tx: &mut Tx,
    centre: CentreId,
    id: StaffId,
    now: Instant,
) -> Result<Option<Companion>> {
    let own = tx
        .query(sql!(
            "SELECT role, data_key, name_sealed FROM staff WHERE id = $1 AND centre_id = $2 AND active",
            pg " FOR SHARE"
        ))
        .bind(id)
        .bind(centre)
        .optional()
        .await?;
    if own.is_some() || !posting::store::hold_running(tx, centre, id, (now, now)).await? {
        return Ok(own);
    }
    tx.query(sql!("SELECT role, data_key, name_sealed FROM staff WHERE id = $1 AND active", pg " FOR SHARE"))
        .bind(id)
        .optional()
        .await
}

/// Adds an assignment.
pub async fn insert(tx: &mut Tx, row: &Row, started_by: Uuid) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version)
         VALUES ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(row.id)
    .bind(row.participant_id)
    .bind(row.staff_id)
    .bind(row.started_at)
    .bind(started_by)
    .bind(row.version)
    .execute()
    .await?;
    Ok(())
}

/// The history of a participant, if in scope, newest first, with one more than the page holds.
pub async fn history(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT a.*, EXISTS (SELECT 1 FROM participant_lead AS lead WHERE lead.assignment_id = a.id) AS leads,
                p.centre_id, staff.role, staff.data_key, staff.name_sealed FROM assignment AS a ",
        lite "CROSS ",
        "JOIN staff ON staff.id = a.staff_id ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = a.participant_id WHERE a.participant_id = "
    ));
    let statement = scope
        .asked(statement, participant.0)
        .then(piece!(" AND a.id < ? ORDER BY a.id DESC"))
        .bind(paging.after.unwrap_or(Uuid::max()))
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Those of the named assignments whose participants are in scope, in no order. From the ids to the rows and no other way: SQLite would
/// rather read everybody of a centre.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT a.*, EXISTS (SELECT 1 FROM participant_lead AS lead WHERE lead.assignment_id = a.id) AS leads,
                p.centre_id, staff.role, staff.data_key, staff.name_sealed FROM ",
        lite "json_each(?) AS asked CROSS JOIN assignment AS a ON a.id = unhex(asked.value) CROSS JOIN staff ON staff.id = a.staff_id CROSS ",
        pg "assignment AS a JOIN staff ON staff.id = a.staff_id ",
        "JOIN participant AS p ON p.id = a.participant_id WHERE ",
        pg "a.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))) AND "
    ));
    let in_scope = match scope.kind() {
        // Participants' phones get no assignments.
        ScopeKind::Own => return Ok(Vec::new()),
        ScopeKind::Centre => piece!(lite "+", "p.centre_id = ?"),
        ScopeKind::Assigned => piece!(
            "EXISTS (SELECT 1 FROM assignment AS caseload
                     WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL AND caseload.participant_id = a.participant_id)"
        ),
    };
    tx.query_built(statement.bind(id_list(ids)).then(in_scope).bind(scope.id())).all().await
}

/// An assignment of a participant in scope, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: AssignmentId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT a.*, EXISTS (SELECT 1 FROM participant_lead AS lead WHERE lead.assignment_id = a.id) AS leads,
                p.centre_id, staff.role, staff.data_key, staff.name_sealed
         FROM assignment AS a JOIN staff ON staff.id = a.staff_id JOIN participant AS p ON p.id = a.participant_id
         WHERE ",
        participant p,
        " AND a.id = $2",
        pg " FOR UPDATE OF a"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// Ends an assignment.
pub async fn end(tx: &mut Tx, row: &Row, ended_by: Uuid) -> Result<()> {
    tx.query(sql!("UPDATE assignment SET ended_at = $1, ended_by = $2, version = $3 WHERE id = $4"))
        .bind(row.ended_at)
        .bind(ended_by)
        .bind(row.version)
        .bind(row.id)
        .execute()
        .await?;
    Ok(())
}

/// Whether this assignment is the lead's, as things stand now.
pub async fn leads(tx: &mut Tx, id: AssignmentId) -> Result<bool> {
    tx.query(sql!("SELECT EXISTS (SELECT 1 FROM participant_lead WHERE assignment_id = $1)"))
        .bind(id)
        .scalar()
        .await
}

/// Lets this assignment be the lead's from now on.
pub async fn make_lead(tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    let latest: Option<Instant> = tx
        .query(sql!(
            "SELECT max(lead_since) FROM assignment WHERE participant_id = $1 AND ended_at IS NULL AND lead_since IS NOT NULL"
        ))
        .bind(row.participant_id)
        .scalar()
        .await?;
    // Also where another node's clock is ahead of this one's: whom the manager named last leads.
    let since = latest.map_or(now, |latest| now.max(latest.saturating_add(TimeDelta::microseconds(1))));
    tx.query(sql!("UPDATE assignment SET lead_since = $1, version = $2 WHERE id = $3"))
        .bind(since)
        .bind(row.version)
        .bind(row.id)
        .execute()
        .await?;
    Ok(())
}

/// Tells of every assignment of these participants that lasts: somebody else may lead now.
pub async fn tell_who_leads(tx: &mut Tx, people: &[ParticipantId]) -> Result<()> {
    for chunk in people.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "SELECT a.id, a.participant_id, p.centre_id FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
                 WHERE a.ended_at IS NULL AND a.participant_id IN ({rows}) ORDER BY a.id"
            ),
            chunk.len(),
            1,
        );
        for participant in chunk {
            query = query.bind(*participant);
        }
        let lasting: Vec<Lasting> = query.all().await?;
        for assignment in lasting {
            tx.changed(changed(assignment.centre_id, assignment.participant_id, assignment.id));
        }
    }
    Ok(())
}

/// Whether this staff member accompanies this participant by an assignment.
pub async fn lasts(tx: &mut Tx, staff: StaffId, participant: ParticipantId) -> Result<bool> {
    tx.query(sql!(
        "SELECT EXISTS (SELECT 1 FROM assignment WHERE staff_id = $1 AND participant_id = $2 AND ended_at IS NULL)"
    ))
    .bind(staff)
    .bind(participant)
    .scalar()
    .await
}

/// Lets an assignment end with this absence.
pub async fn set_absence(tx: &mut Tx, id: AssignmentId, absence: Uuid) -> Result<()> {
    tx.query(sql!("UPDATE assignment SET absence_id = $1 WHERE id = $2"))
        .bind(absence)
        .bind(id)
        .execute()
        .await
        .map(drop)
}

/// Lets those assignments that came with this absence last whose staff member has something booked with the participant: nobody comes to
/// somebody who cannot see them.
pub async fn keep_hosts_of_absence(tx: &mut Tx, absence: Uuid, now: Instant) -> Result<()> {
    tx.query(sql!(
        "UPDATE assignment SET absence_id = NULL
         WHERE absence_id = $1 AND ended_at IS NULL AND EXISTS (
             SELECT 1 FROM appointment AS a
             WHERE a.participant_id = assignment.participant_id AND a.host_id = assignment.staff_id
               AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
               AND (a.starts_at > $2 OR a.time_origin = 'offered'))"
    ))
    .bind(absence)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// Ends every assignment that came with this absence, and notes it for the feed; which there were.
pub async fn end_all_of_absence(
    tx: &mut Tx,
    absence: Uuid,
    ended_by: Option<Uuid>,
    now: Instant,
) -> Result<Vec<(AssignmentId, ParticipantId, CentreId)>> {
    let ended: Vec<(AssignmentId, ParticipantId, StaffId)> = tx
        .query(sql!(
            "UPDATE assignment SET ended_at = $1, ended_by = $2, version = version + 1
             WHERE absence_id = $3 AND ended_at IS NULL RETURNING id, participant_id, staff_id"
        ))
        .bind(now)
        .bind(ended_by)
        .bind(absence)
        .all()
        .await?;
    let people: Vec<_> = ended.iter().map(|(_, participant, _)| *participant).collect();
    // Asked once the assignments are held: whoever moved somebody meanwhile is seen.
    let centres = centres_of(tx, &people).await?;
    let mut told = Vec::with_capacity(ended.len());
    for (id, participant, staff) in ended {
        let Some(centre) = centres.get(&participant).copied() else { continue };
        tx.changed(changed(centre, participant, id));
        tx.changed(revoked(centre, participant, staff));
        told.push((id, participant, centre));
    }
    tell_who_leads(tx, &people).await?;
    Ok(told)
}

/// The centre of each of these people.
async fn centres_of(tx: &mut Tx, people: &[ParticipantId]) -> Result<HashMap<ParticipantId, CentreId>> {
    let ids: Vec<Uuid> = people.iter().map(|participant| participant.0).collect();
    let found: Vec<(ParticipantId, CentreId)> = tx
        .query(sql!(
            "SELECT id, centre_id FROM participant WHERE id ",
            lite "IN (SELECT unhex(value) FROM json_each($1))",
            pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))"
        ))
        .bind(id_list(&ids))
        .all()
        .await?;
    Ok(found.into_iter().collect())
}

/// An assignment that lasts.
#[derive(Debug, sqlx::FromRow)]
struct Lasting {
    id: AssignmentId,
    participant_id: ParticipantId,
    centre_id: CentreId,
}

/// Ends every assignment of a staff member, and notes it for the feed; how many there were.
pub async fn end_all_of_staff(tx: &mut Tx, id: StaffId, ended_by: Uuid, now: Instant) -> Result<usize> {
    let lasting: Vec<Lasting> = tx
        .query(sql!(
            "SELECT a.id, a.participant_id, p.centre_id
             FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE a.staff_id = $1 AND a.ended_at IS NULL ORDER BY a.id",
            pg " FOR UPDATE OF a"
        ))
        .bind(id)
        .all()
        .await?;
    tx.query(sql!(
        "UPDATE assignment SET ended_at = $1, ended_by = $2, version = version + 1 WHERE staff_id = $3 AND ended_at IS NULL"
    ))
    .bind(now)
    .bind(ended_by)
    .bind(id)
    .execute()
    .await?;
    for assignment in &lasting {
        tx.changed(changed(assignment.centre_id, assignment.participant_id, assignment.id));
        tx.changed(revoked(assignment.centre_id, assignment.participant_id, id));
    }
    let people: Vec<_> = lasting.iter().map(|assignment| assignment.participant_id).collect();
    tell_who_leads(tx, &people).await?;
    Ok(lasting.len())
}

/// Ends every assignment of a staff member to people of this centre, and notes it for the feed; how many there were.
pub async fn end_all_at_centre(
    tx: &mut Tx,
    (staff, centre): (StaffId, CentreId),
    ended_by: Option<Uuid>,
    at: Instant,
) -> Result<usize> {
    let ended: Vec<(AssignmentId, ParticipantId)> = tx
        .query(sql!(
            "UPDATE assignment SET ended_at = $1, ended_by = $2, version = version + 1
             WHERE staff_id = $3 AND ended_at IS NULL AND started_at <= $1
               AND EXISTS (SELECT 1 FROM participant AS p WHERE p.id = assignment.participant_id AND p.centre_id = $4)
             RETURNING id, participant_id"
        ))
        .bind(at)
        .bind(ended_by)
        .bind(staff)
        .bind(centre)
        .all()
        .await?;
    for (id, participant) in &ended {
        tx.changed(changed(centre, *participant, *id));
        tx.changed(revoked(centre, *participant, staff));
    }
    let people: Vec<_> = ended.iter().map(|(_, participant)| *participant).collect();
    tell_who_leads(tx, &people).await?;
    Ok(ended.len())
}

/// A staff member has another name or role, which every assignment of theirs shows.
pub async fn tell_again(tx: &mut Tx, staff: StaffId) -> Result<()> {
    let shown: Vec<Lasting> = tx
        .query(sql!(
            "SELECT a.id, a.participant_id, p.centre_id
             FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE a.staff_id = $1 AND a.ended_at IS NULL ORDER BY a.id",
            // Whoever is moving one of these people to another centre ends it, and tells that centre of it.
            pg " FOR SHARE OF a"
        ))
        .bind(staff)
        .all()
        .await?;
    for assignment in &shown {
        tx.changed(changed(assignment.centre_id, assignment.participant_id, assignment.id));
    }
    Ok(())
}

/// Ends every assignment of a participant of this centre, and tells each staff member that they no longer have the person; who they were.
pub async fn end_all_of_participant(
    tx: &mut Tx,
    (participant, centre): (ParticipantId, CentreId),
    ended_by: Uuid,
    now: Instant,
) -> Result<Vec<StaffId>> {
    let lasting: Vec<(AssignmentId, StaffId)> = tx
        .query(sql!(
            "SELECT id, staff_id FROM assignment WHERE participant_id = $1 AND ended_at IS NULL ORDER BY id",
            pg " FOR UPDATE"
        ))
        .bind(participant)
        .all()
        .await?;
    tx.query(sql!(
        "UPDATE assignment SET ended_at = $1, ended_by = $2, version = version + 1
         WHERE participant_id = $3 AND ended_at IS NULL"
    ))
    .bind(now)
    .bind(ended_by)
    .bind(participant)
    .execute()
    .await?;
    for (id, staff) in &lasting {
        tx.changed(changed(centre, participant, *id));
        tx.changed(revoked(centre, participant, *staff));
    }
    Ok(lasting.into_iter().map(|(_, staff)| staff).collect())
}
