//! Whether anything may be pushed to somebody at all, whatever they prefer: push services are abroad, and what passes through them needs the
//! person's consent. Who has to be asked for that is not known here.

use contract::ParticipantId;
use db::{Result, Tx, sql};

/// From now on nothing is pushed to this participant. What waits for another try is not sent, and what was taken to be sent is looked up again
/// before it is.
pub async fn forbid_push(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    tx.query(sql!("INSERT INTO push_forbidden (person_id) VALUES ($1) ON CONFLICT (person_id) DO NOTHING"))
        .bind(participant)
        .execute()
        .await
        .map(drop)
}

/// From now on their preference decides alone.
pub async fn allow_push(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    tx.query(sql!("DELETE FROM push_forbidden WHERE person_id = $1"))
        .bind(participant)
        .execute()
        .await
        .map(drop)
}
