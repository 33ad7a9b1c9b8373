//! Enrolment codes in the database.

use super::codes::{Fresh, LIFETIME, MAX_TRIES};
use contract::{CentreId, EnrolmentCodeId, Language, ParticipantId, time::Instant};
use db::{Result, Tx, sql};
use kernel::{access::Scope, scoped};
use uuid::Uuid;

/// An open code of an active participant.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OpenCode {
    /// Its id.
    pub id: EnrolmentCodeId,
    /// Whose phone it enrols.
    pub participant_id: ParticipantId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// The participant's language.
    pub language: Language,
    /// The slow hash of the typed code's end.
    pub verifier_hash: String,
}

/// The open code that begins with `selector`.
pub async fn by_selector(tx: &mut Tx, selector: &str, now: Instant) -> Result<Option<OpenCode>> {
    tx.query(sql!(
        "SELECT code.id, code.participant_id, participant.centre_id, participant.language, code.verifier_hash
         FROM enrolment_code AS code JOIN participant ON participant.id = code.participant_id
         WHERE code.closed_at IS NULL AND code.expires_at > $1 AND participant.active AND code.selector = $2"
    ))
    .bind(now)
    .bind(selector)
    .optional()
    .await
}

/// The open code with this QR secret.
pub async fn by_secret(tx: &mut Tx, secret_hash: &[u8; 32], now: Instant) -> Result<Option<OpenCode>> {
    tx.query(sql!(
        "SELECT code.id, code.participant_id, participant.centre_id, participant.language, code.verifier_hash
         FROM enrolment_code AS code JOIN participant ON participant.id = code.participant_id
         WHERE code.closed_at IS NULL AND code.expires_at > $1 AND participant.active AND code.secret_hash = $2"
    ))
    .bind(now)
    .bind(secret_hash.as_slice())
    .optional()
    .await
}

/// Whether the participant is in scope and active.
pub async fn is_in_scope(tx: &mut Tx, scope: Scope, id: ParticipantId) -> Result<bool> {
    let found: Option<ParticipantId> = tx
        .query(scope.sql(
            &scoped!("SELECT p.id FROM participant AS p WHERE ", participant p, " AND p.id = $2 AND p.active"),
        ))
        .bind(scope.id())
        .bind(id)
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// Whether the participant is active; held until the transaction ends, so that nobody closes the file meanwhile.
pub async fn hold_active(tx: &mut Tx, id: ParticipantId) -> Result<bool> {
    let found: Option<ParticipantId> = tx
        .query(sql!("SELECT id FROM participant WHERE id = $1 AND active", pg " FOR NO KEY UPDATE"))
        .bind(id)
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// Closes the participant's open code, if any.
pub async fn close_open(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<u64> {
    tx.query(sql!("UPDATE enrolment_code SET closed_at = $1 WHERE participant_id = $2 AND closed_at IS NULL"))
        .bind(now)
        .bind(participant)
        .execute()
        .await
}

/// Whether an open code begins with `selector`.
pub async fn selector_is_taken(tx: &mut Tx, selector: &str) -> Result<bool> {
    let taken: i64 = tx
        .query(sql!("SELECT count(*) FROM enrolment_code WHERE selector = $1 AND closed_at IS NULL"))
        .bind(selector)
        .scalar()
        .await?;
    Ok(taken > 0)
}

/// Adds a code.
pub async fn insert(
    tx: &mut Tx,
    id: EnrolmentCodeId,
    participant: ParticipantId,
    made_by: Uuid,
    fresh: &Fresh,
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO enrolment_code (id, participant_id, selector, verifier_hash, secret_hash, created_by, created_at,
                                     expires_at, failed_tries)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)"
    ))
    .bind(id)
    .bind(participant)
    .bind(fresh.selector())
    .bind(fresh.verifier_hash())
    .bind(fresh.secret_hash().as_slice())
    .bind(made_by)
    .bind(now)
    .bind(now.saturating_add(LIFETIME))
    .execute()
    .await?;
    Ok(())
}

/// Counts a try of the typed code before it is made; `false` if there were enough.
pub async fn count_try(tx: &mut Tx, id: EnrolmentCodeId) -> Result<bool> {
    let counted = tx
        .query(sql!(
            "UPDATE enrolment_code SET failed_tries = failed_tries + 1
             WHERE id = $1 AND closed_at IS NULL AND failed_tries < $2"
        ))
        .bind(id)
        .bind(MAX_TRIES)
        .execute()
        .await?;
    Ok(counted == 1)
}

/// Closes a code that was tried too often.
pub async fn close_if_tried_out(tx: &mut Tx, id: EnrolmentCodeId, now: Instant) -> Result<bool> {
    let closed = tx
        .query(sql!(
            "UPDATE enrolment_code SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL AND failed_tries >= $3"
        ))
        .bind(now)
        .bind(id)
        .bind(MAX_TRIES)
        .execute()
        .await?;
    Ok(closed == 1)
}

/// Uses a code up; `false` if somebody was faster or it was closed meanwhile.
pub async fn use_up(tx: &mut Tx, id: EnrolmentCodeId, now: Instant) -> Result<bool> {
    let used = tx
        .query(sql!(
            "UPDATE enrolment_code SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL AND expires_at > $1"
        ))
        .bind(now)
        .bind(id)
        .execute()
        .await?;
    Ok(used == 1)
}

/// The participant speaks this language from now on.
pub async fn set_language(tx: &mut Tx, id: ParticipantId, language: Language) -> Result<()> {
    tx.query(sql!(
        "UPDATE participant SET language = $1, version = version + 1 WHERE id = $2 AND language <> $1"
    ))
    .bind(language)
    .bind(id)
    .execute()
    .await?;
    Ok(())
}

/// Closes up to `limit` codes that nobody used in time.
pub async fn close_expired(tx: &mut Tx, now: Instant, limit: u32) -> Result<u64> {
    tx.query(sql!(
        "UPDATE enrolment_code SET closed_at = $1
         WHERE id IN (SELECT id FROM enrolment_code WHERE closed_at IS NULL AND expires_at <= $1
                      ORDER BY expires_at LIMIT $2)
           AND closed_at IS NULL"
    ))
    .bind(now)
    .bind(i64::from(limit))
    .execute()
    .await
}
