//! Whom people may come to, in the database.

use super::row::Row;
use crate::posting;
use contract::{AssignmentId, CentreId, ParticipantId, StaffId, StaffRole, time::Instant};
use db::{Result, Tx, sql};
use uuid::Uuid;

/// A staff member whom people may come to.
#[derive(Debug, sqlx::FromRow)]
pub struct HostFacts {
    /// What they are.
    pub role: StaffRole,
    /// Whether the participant is in their caseload.
    pub accompanies: bool,
}

/// The role of an active staff member of this centre, or who is posted to it at the first of these times and still at the second; held so that
/// neither the account nor the posting can end before the appointment is seen.
pub async fn host(
    tx: &mut Tx,
    centre: CentreId,
    id: StaffId,
    times: (Instant, Instant),
) -> Result<Option<StaffRole>> {
    let own = tx
        .query(sql!("SELECT role FROM staff WHERE id = $1 AND centre_id = $2 AND active", pg " FOR SHARE"))
        .bind(id)
        .bind(centre)
        .optional_scalar()
        .await?;
    if own.is_some() || !posting::store::hold_running(tx, centre, id, times).await? {
        return Ok(own);
    }
    let posted = sql!("SELECT role FROM staff WHERE id = $1 AND active", pg " FOR SHARE");
    tx.query(posted).bind(id).optional_scalar().await
}

/// An active staff member of this centre, or who is posted to it, held as above, and whether they accompany this participant.
pub async fn host_of(
    tx: &mut Tx,
    centre: CentreId,
    id: StaffId,
    participant: ParticipantId,
    times: (Instant, Instant),
) -> Result<Option<HostFacts>> {
    let own = tx
        .query(sql!(
            "SELECT role, EXISTS (
                        SELECT 1 FROM caseload WHERE caseload.staff_id = staff.id AND caseload.participant_id = $3
                    ) AS accompanies
             FROM staff WHERE id = $1 AND centre_id = $2 AND active",
            pg " FOR SHARE"
        ))
        .bind(id)
        .bind(centre)
        .bind(participant)
        .optional()
        .await?;
    if own.is_some() || !posting::store::hold_running(tx, centre, id, times).await? {
        return Ok(own);
    }
    tx.query(sql!(
        "SELECT role, EXISTS (
                    SELECT 1 FROM caseload WHERE caseload.staff_id = staff.id AND caseload.participant_id = $2
                ) AS accompanies
         FROM staff WHERE id = $1 AND active",
        pg " FOR SHARE"
    ))
    .bind(id)
    .bind(participant)
    .optional()
    .await
}

/// Assigns the appointment's participant to its host, unless they are in that host's caseload; whether that was needed.
pub async fn accompany(
    tx: &mut Tx,
    id: AssignmentId,
    row: &Row,
    started_by: Uuid,
    now: Instant,
) -> Result<bool> {
    let added = tx
        .query(sql!(
            "INSERT INTO assignment (id, participant_id, staff_id, started_at, started_by, version)
             SELECT $1, $2, $3, $4, $5, 1 FROM staff
             WHERE staff.id = $3 AND NOT EXISTS (
                 SELECT 1 FROM caseload WHERE caseload.staff_id = $3 AND caseload.participant_id = $2
             )
             ON CONFLICT DO NOTHING"
        ))
        .bind(id)
        .bind(row.participant_id)
        .bind(row.host_id)
        .bind(now)
        .bind(started_by)
        .execute()
        .await?;
    Ok(added > 0)
}
