//! Who can be asked to accompany a participant: mentors and counsellors of the centre, and those who are posted to it.

use contract::{CentreId, ParticipantId, StaffId, StaffRole, time::Instant};
use db::{Result, Statement, Tx, piece, sql};
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
    let after = paging.after.unwrap_or_default();
    let statement = Statement::new(piece!(
        "SELECT s.id, s.role, s.data_key, s.name_sealed,
                EXISTS (SELECT 1 FROM assignment AS a WHERE a.staff_id = s.id AND a.participant_id = ? AND a.ended_at IS NULL) AS accompanies
         FROM staff AS s WHERE s.centre_id = ? AND s.id > ? AND ",
        lite "+",
        "s.active AND ",
        lite "+",
        "s.role IN ('mentor', 'counsellor') ORDER BY s.id"
    ));
    let statement = statement.bind(participant).bind(centre).bind(after).limit(paging.rows());
    let mut rows: Vec<Entry<ById, Row>> = tx.query_built(statement).all().await?;
    // Few are posted to a centre.
    let posted: Vec<Entry<ById, Row>> = tx
        .query(sql!(
            "SELECT s.id, s.role, s.data_key, s.name_sealed,
                    EXISTS (SELECT 1 FROM assignment AS a WHERE a.staff_id = s.id AND a.participant_id = $1 AND a.ended_at IS NULL) AS accompanies
             FROM posting ",
            lite "CROSS ",
            "JOIN staff AS s ON s.id = posting.staff_id
             WHERE posting.centre_id = $2 AND posting.ended_at IS NULL AND posting.starts_at <= $4
               AND (posting.ends_at IS NULL OR posting.ends_at > $4)
               AND s.id > $3 AND s.active AND s.role IN ('mentor', 'counsellor')"
        ))
        .bind(participant)
        .bind(centre)
        .bind(after)
        .bind(now)
        .all()
        .await?;
    rows.extend(posted);
    rows.sort_by_key(|entry| entry.key.id);
    rows.truncate(usize::from(paging.limit) + 1);
    Ok(rows)
}
