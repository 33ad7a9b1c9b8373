//! The proofs of possession that were used, as long as they could be used again.

use contract::time::Instant;
use db::{Result, Tx, sql};

/// Keeps the digest of a proof until it is too old to be used; whether it was not there yet.
pub async fn spend(tx: &mut Tx, digest: &[u8], forgotten_at: Instant) -> Result<bool> {
    let spent = tx
        .query(sql!(
            "INSERT INTO used_proof (digest, expires_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING"
        ))
        .bind(digest)
        .bind(forgotten_at)
        .execute()
        .await?;
    Ok(spent == 1)
}

/// Forgets up to `limit` proofs that are too old to be used again anyway.
pub async fn prune(tx: &mut Tx, now: Instant, limit: u32) -> Result<u64> {
    tx.query(sql!(
        "DELETE FROM used_proof WHERE digest IN (
             SELECT digest FROM used_proof WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
    ))
    .bind(now)
    .bind(i64::from(limit))
    .execute()
    .await
}
