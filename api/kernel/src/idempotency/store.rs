//! Kept answers in the database.

use crate::{access::Scope, protect::seal::Sealed, scoped};
use contract::{ParticipantId, time::Instant};
use db::{Result, Tx, sql};
use uuid::Uuid;

/// Whose answer it is, and under which key's hash.
pub type Place<'p> = (Uuid, &'p [u8; 32]);

/// What was kept.
#[derive(sqlx::FromRow)]
pub struct Kept {
    /// Tells which request it answered.
    pub request_digest: Vec<u8>,
    /// Whom the answer is about.
    pub participant_id: Option<ParticipantId>,
    /// The answer but for its body.
    pub headers: String,
    /// Its body.
    pub body_sealed: Option<Sealed>,
}

/// What is to be kept.
pub struct Answer {
    /// Whom it is about.
    pub participant: Option<ParticipantId>,
    /// Its status.
    pub status: u16,
    /// The rest of it but for its body.
    pub headers: String,
    /// Its body.
    pub body: Option<Sealed>,
}

/// Takes the place for a request; whether it was free. Inserting first makes a simultaneous second request wait here until the first has
/// committed or failed.
pub async fn claim(
    tx: &mut Tx,
    (actor, key_hash): Place<'_>,
    digest: &[u8; 32],
    now: Instant,
    until: Instant,
) -> Result<bool> {
    let taken = tx
        .query(sql!(
            "INSERT INTO idempotency (actor_id, key_hash, request_digest, status, headers, created_at, expires_at)
             VALUES ($1, $2, $3, 0, '', $4, $5)
             ON CONFLICT (actor_id, key_hash) DO UPDATE
             SET request_digest = excluded.request_digest, status = 0, headers = '', body_sealed = NULL,
                 participant_id = NULL, created_at = excluded.created_at, expires_at = excluded.expires_at
             WHERE idempotency.expires_at <= excluded.created_at"
        ))
        .bind(actor)
        .bind(key_hash.as_slice())
        .bind(digest.as_slice())
        .bind(now)
        .bind(until)
        .execute()
        .await?;
    Ok(taken > 0)
}

/// What is kept there.
pub async fn kept(tx: &mut Tx, (actor, key_hash): Place<'_>) -> Result<Kept> {
    tx.query(sql!(
        "SELECT request_digest, participant_id, headers, body_sealed FROM idempotency
         WHERE actor_id = $1 AND key_hash = $2"
    ))
    .bind(actor)
    .bind(key_hash.as_slice())
    .one()
    .await
}

/// Whether a caller still sees the participant whom a kept answer is about.
pub async fn is_in_scope(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<bool> {
    let statement =
        scope.sql(&scoped!("SELECT p.id FROM participant AS p WHERE ", participant p, " AND p.id = $2"));
    let found = tx.query(statement).bind(scope.id()).bind(participant).optional_scalar::<ParticipantId>();
    Ok(found.await?.is_some())
}

/// Keeps the answer to the request that took the place.
pub async fn remember(
    tx: &mut Tx,
    (actor, key_hash): Place<'_>,
    digest: &[u8; 32],
    answer: Answer,
) -> Result<()> {
    tx.query(sql!(
        "UPDATE idempotency SET participant_id = $1, status = $2, headers = $3, body_sealed = $4
         WHERE actor_id = $5 AND key_hash = $6 AND request_digest = $7"
    ))
    .bind(answer.participant)
    .bind(i64::from(answer.status))
    .bind(answer.headers)
    .bind(answer.body)
    .bind(actor)
    .bind(key_hash.as_slice())
    .bind(digest.as_slice())
    .execute()
    .await
    .map(drop)
}
