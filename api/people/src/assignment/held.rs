//! Assignments for those who hand them over (one in scope, one that is held whoever asks, and the one that lasts between two people), and for
//! the participant, who is told of those that last.

use super::store::Row;
use contract::{AssignmentId, ParticipantId, StaffId};
use db::{Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::Scope,
    legible::{ById, Entry},
    page::Paging,
    scoped,
};
use uuid::Uuid;

/// An assignment of a participant in scope, not held.
pub async fn load(tx: &mut Tx, scope: Scope, id: AssignmentId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT a.*, EXISTS (SELECT 1 FROM participant_lead AS lead WHERE lead.assignment_id = a.id) AS leads,
                p.centre_id, staff.role, staff.data_key, staff.name_sealed
         FROM assignment AS a JOIN staff ON staff.id = a.staff_id JOIN participant AS p ON p.id = a.participant_id
         WHERE ",
        participant p,
        " AND a.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// An assignment that something else than the caller's scope leads to, held until the transaction ends.
pub async fn hold(tx: &mut Tx, id: AssignmentId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT a.*, EXISTS (SELECT 1 FROM participant_lead AS lead WHERE lead.assignment_id = a.id) AS leads,
                p.centre_id, staff.role, staff.data_key, staff.name_sealed
         FROM assignment AS a JOIN staff ON staff.id = a.staff_id JOIN participant AS p ON p.id = a.participant_id
         WHERE a.id = $1",
        pg " FOR UPDATE OF a"
    ))
    .bind(id)
    .optional()
    .await
}

/// The assignment by which this staff member accompanies this participant, held until the transaction ends.
pub async fn lasting(tx: &mut Tx, staff: StaffId, participant: ParticipantId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT a.*, EXISTS (SELECT 1 FROM participant_lead AS lead WHERE lead.assignment_id = a.id) AS leads,
                p.centre_id, staff.role, staff.data_key, staff.name_sealed
         FROM assignment AS a JOIN staff ON staff.id = a.staff_id JOIN participant AS p ON p.id = a.participant_id
         WHERE a.staff_id = $1 AND a.participant_id = $2 AND a.ended_at IS NULL",
        pg " FOR UPDATE OF a"
    ))
    .bind(staff)
    .bind(participant)
    .optional()
    .await
}

/// Whoever accompanies this participant in somebody's absence does so in their own right from now on: it does not end with the absence.
pub async fn outlast_absence(tx: &mut Tx, staff: StaffId, participant: ParticipantId) -> Result<()> {
    tx.query(sql!(
        "UPDATE assignment SET absence_id = NULL
         WHERE staff_id = $1 AND participant_id = $2 AND ended_at IS NULL AND absence_id IS NOT NULL"
    ))
    .bind(staff)
    .bind(participant)
    .execute()
    .await
    .map(drop)
}

/// Those of a participant that last, if they are in scope, the latest first, with one more than the page holds.
pub async fn lasting_of(
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
        .then(piece!(" AND ", lite "+", "a.ended_at IS NULL AND a.id < ? ORDER BY a.id DESC"))
        .bind(paging.after.unwrap_or(Uuid::max()))
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Those of the named assignments that are this participant's and last.
pub async fn lasting_among(tx: &mut Tx, me: ParticipantId, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    tx.query(sql!(
        "SELECT a.*, EXISTS (SELECT 1 FROM participant_lead AS lead WHERE lead.assignment_id = a.id) AS leads,
                p.centre_id, staff.role, staff.data_key, staff.name_sealed
         FROM assignment AS a JOIN staff ON staff.id = a.staff_id JOIN participant AS p ON p.id = a.participant_id
         WHERE a.ended_at IS NULL AND a.participant_id = $1 AND a.id ",
        lite "IN (SELECT unhex(value) FROM json_each($2))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($2::json)))"
    ))
    .bind(me)
    .bind(id_list(ids))
    .all()
    .await
}
