//! All check-ins of one participant at once, in the database.

use contract::{CentreId, ParticipantId};
use db::{Result, Tx, sql};
use uuid::Uuid;

/// Holds every check-in of a participant, in the order in which everybody does.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM check_in WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await
}

/// Those of a participant that nobody answered and that time still changes. Of what was missed long ago staff was told; nothing becomes of it by
/// itself, however many there are.
pub async fn unanswered_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM check_in WHERE participant_id = $1 AND settled = 'unanswered' AND stage <> 'escalated' ORDER BY id"))
        .bind(participant)
        .scalars()
        .await
}

/// Lets the check-ins of a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE check_in SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}
