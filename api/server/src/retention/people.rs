//! Sessions and codes of long ago.

use super::BATCH;
use contract::time::Instant;
use db::{Result, Tx, sql};

/// Forgets sessions that ended at `cutoff` or before. A session whose device was ever sent something is kept as the other end of
/// that, but nothing in it tells which phone it was: neither its label, nor its key, nor the address that messages went to.
pub async fn ended_sessions(tx: &mut Tx, cutoff: Instant) -> Result<u64> {
    let batch = i64::from(BATCH);
    let emptied = tx
        .query(sql!(
            "UPDATE session SET label = '', device_key = NULL WHERE id IN (
                 SELECT id FROM session WHERE ended_at <= $1 AND label <> ''
                   AND EXISTS (SELECT 1 FROM device WHERE device.session_id = session.id)
                 ORDER BY ended_at LIMIT $2)"
        ))
        .bind(cutoff)
        .bind(batch)
        .execute()
        .await?;
    tx.query(sql!(
        "UPDATE device SET endpoint = CASE WHEN endpoint IS NULL THEN NULL ELSE '' END, agreement_key = NULL,
                           authentication_secret = NULL, fcm_token = CASE WHEN fcm_token IS NULL THEN NULL ELSE '' END
         WHERE id IN (SELECT id FROM device WHERE gone_at <= $1 AND (endpoint <> '' OR fcm_token <> '')
                      ORDER BY gone_at LIMIT $2)"
    ))
    .bind(cutoff)
    .bind(batch)
    .execute()
    .await?;
    let deleted = tx
        .query(sql!(
            "DELETE FROM session WHERE id IN (
                 SELECT id FROM session WHERE ended_at <= $1 AND label <> ''
                   AND NOT EXISTS (SELECT 1 FROM device WHERE device.session_id = session.id)
                 ORDER BY ended_at LIMIT $2)"
        ))
        .bind(cutoff)
        .bind(batch)
        .execute()
        .await?;
    Ok(emptied.max(deleted))
}

/// Forgets codes that were closed at `cutoff` or before.
pub async fn closed_codes(tx: &mut Tx, cutoff: Instant) -> Result<u64> {
    tx.query(sql!(
        "DELETE FROM enrolment_code WHERE id IN (
             SELECT id FROM enrolment_code WHERE closed_at <= $1 ORDER BY closed_at LIMIT $2)"
    ))
    .bind(cutoff)
    .bind(i64::from(BATCH))
    .execute()
    .await
}
