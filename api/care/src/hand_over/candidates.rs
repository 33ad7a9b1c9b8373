//! Who can be asked to accompany a participant: mentors and counsellors of the centre, and those who are posted to it.

use contract::{CentreId, ParticipantId, StaffId, StaffRole, time::Instant};
use db::{Result, Statement, Tx, piece};
use kernel::{
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
};
use uuid::Uuid;

/// Somebody who can be asked.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Who.
    pub id: StaffId,
    /// Their role.
    pub role: StaffRole,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Their name, sealed.
    pub name_sealed: Sealed,
    /// Whether they accompany the participant already.
    pub accompanies: bool,
}

/// Those of the participant's centre by when they were added, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    (participant, centre): (ParticipantId, CentreId),
    now: Instant,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT s.id, s.role, s.data_key, s.name_sealed,
                EXISTS (SELECT 1 FROM assignment AS a WHERE a.staff_id = s.id AND a.participant_id = ? AND a.ended_at IS NULL) AS accompanies
         FROM staff AS s
         WHERE s.id > ? AND s.active AND s.role IN ('mentor', 'counsellor')
           AND s.id IN (SELECT own.id FROM staff AS own WHERE own.centre_id = ?
                        UNION SELECT posting.staff_id FROM posting WHERE posting.centre_id = ? AND posting.ended_at IS NULL
                              AND posting.starts_at <= ? AND (posting.ends_at IS NULL OR posting.ends_at > ?))
         ORDER BY s.id"
    ))
    .bind(participant)
    .bind(paging.after.unwrap_or_default())
    .bind(centre)
    .bind(centre)
    .bind(now)
    .bind(now)
    .limit(paging.rows());
    tx.query_built(statement).all().await
}
