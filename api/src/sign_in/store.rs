//! Sessions in the database.

use crate::access::Actor;
use contract::{CentreId, ParticipantId, SessionId, StaffId, StaffRole, time::Instant};
use db::{Result, Tx, sql};

#[derive(sqlx::FromRow)]
struct Session {
    staff_id: Option<StaffId>,
    participant_id: Option<ParticipantId>,
    role: Option<StaffRole>,
    centre_id: CentreId,
}

/// The person of a session that is still alive.
pub async fn actor(tx: &mut Tx, session: SessionId, now: Instant) -> Result<Option<Actor>> {
    let row: Option<Session> = tx
        .query(sql!(
            "SELECT session.staff_id, session.participant_id, staff.role,
                    COALESCE(staff.centre_id, participant.centre_id) AS centre_id
             FROM session
             LEFT JOIN staff ON staff.id = session.staff_id AND staff.active
             LEFT JOIN participant ON participant.id = session.participant_id AND participant.active
             WHERE session.id = $1 AND session.ended_at IS NULL AND session.expires_at > $2
               AND (staff.id IS NOT NULL OR participant.id IS NOT NULL)"
        ))
        .bind(session)
        .bind(now)
        .optional()
        .await?;
    Ok(row.and_then(|row| match (row.participant_id, row.staff_id, row.role) {
        (Some(id), _, _) => Some(Actor::Participant { id, centre: row.centre_id, session }),
        (None, Some(id), Some(role)) => Some(Actor::Staff { id, role, centre: row.centre_id, session }),
        _ => None,
    }))
}
