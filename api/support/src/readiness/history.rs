//! What was said of whether somebody looks for work, now and before.

use super::{
    answer::{WillingnessTold, field},
    words::{NotSeekingReason, Willingness},
};
use contract::{ParticipantId, StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    error::Result,
    legible::Entry,
    page::Paging,
    protect::seal::{DataKey, Sealed},
};

/// What was said once.
#[derive(Debug, sqlx::FromRow)]
pub struct Said {
    /// The version of the list that said it.
    pub version: i64,
    /// Whether they look for work.
    pub willingness: Willingness,
    /// Why they do not.
    pub reason: Option<NotSeekingReason>,
    /// What would have to change, as it was sealed in the list.
    pub change_sealed: Option<Sealed>,
    /// When it was said.
    pub recorded_at: Instant,
    /// Who recorded it.
    pub recorded_by: StaffId,
    /// When it was found to be a mistake.
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    pub withdrawn_by: Option<StaffId>,
    /// Why, sealed.
    pub withdrawal_sealed: Option<Sealed>,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByVersion {
    /// The version of the list that said it.
    pub version: i64,
}

/// What was said, the latest first, with one more than the page holds; what was a mistake only if that is asked for. The caller has seen that the
/// participant is in scope.
pub async fn list(
    tx: &mut Tx,
    participant: ParticipantId,
    with_mistakes: bool,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByVersion, Said>>> {
    let rows = tx
        .query(sql!(
            "SELECT version, willingness, reason, change_sealed, recorded_at, recorded_by, withdrawn_at, withdrawn_by, withdrawal_sealed
             FROM readiness_willingness
             WHERE participant_id = $1 AND version < $2 AND (withdrawn_at IS NULL OR $4) ORDER BY version DESC LIMIT ",
            lite "+",
            "$3"
        ))
        .bind(participant)
        .bind(paging.after.unwrap_or(i64::MAX))
        .bind(paging.rows())
        .bind(with_mistakes)
        .all()
        .await?;
    Ok(rows)
}

/// What was said last, without what was a mistake.
pub async fn standing(tx: &mut Tx, participant: ParticipantId) -> Result<Option<Entry<ByVersion, Said>>> {
    let found = tx
        .query(sql!(
            "SELECT version, willingness, reason, change_sealed, recorded_at, recorded_by, withdrawn_at, withdrawn_by, withdrawal_sealed
             FROM readiness_willingness
             WHERE participant_id = $1 AND withdrawn_at IS NULL ORDER BY version DESC LIMIT 1"
        ))
        .bind(participant)
        .optional()
        .await?;
    Ok(found)
}

/// Keeps that what this version of the list said was a mistake.
pub async fn withdraw(
    tx: &mut Tx,
    participant: ParticipantId,
    version: i64,
    by: StaffId,
    reason: &Sealed,
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "UPDATE readiness_willingness SET withdrawn_at = $1, withdrawn_by = $2, withdrawal_sealed = $3
         WHERE participant_id = $4 AND version = $5"
    ))
    .bind(now)
    .bind(by)
    .bind(reason)
    .bind(participant)
    .bind(version)
    .execute()
    .await?;
    Ok(())
}

/// What was said, with its text opened.
pub fn told(key: &DataKey, participant: ParticipantId, said: Said) -> Result<WillingnessTold> {
    let place = field("readiness", "change_sealed", participant);
    let change = said.change_sealed.as_ref().map(|sealed| key.open_text(place, sealed));
    let place = field("readiness_willingness", "withdrawal_sealed", participant);
    let withdrawal = said.withdrawal_sealed.as_ref().map(|sealed| key.open_text(place, sealed));
    Ok(WillingnessTold {
        willingness: said.willingness,
        reason: said.reason,
        what_would_change: change.transpose()?,
        recorded_at: Some(said.recorded_at),
        recorded_by: Some(said.recorded_by),
        withdrawn_at: said.withdrawn_at,
        withdrawn_by: said.withdrawn_by,
        withdrawal_reason: withdrawal.transpose()?,
        version: said.version,
    })
}
