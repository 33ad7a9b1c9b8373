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
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByVersion {
    /// The version of the list that said it.
    pub version: i64,
}

/// What was said, the latest first, with one more than the page holds. The caller has seen that the participant is in scope.
pub async fn list(
    tx: &mut Tx,
    participant: ParticipantId,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByVersion, Said>>> {
    let rows = tx
        .query(sql!(
            "SELECT version, willingness, reason, change_sealed, recorded_at, recorded_by FROM readiness_willingness
             WHERE participant_id = $1 AND version < $2 ORDER BY version DESC LIMIT ",
            lite "+",
            "$3"
        ))
        .bind(participant)
        .bind(paging.after.unwrap_or(i64::MAX))
        .bind(paging.rows())
        .all()
        .await?;
    Ok(rows)
}

/// What was said, with its text opened.
pub fn told(key: &DataKey, participant: ParticipantId, said: Said) -> Result<WillingnessTold> {
    let place = field("readiness", "change_sealed", participant);
    let change = said.change_sealed.as_ref().map(|sealed| key.open_text(place, sealed));
    Ok(WillingnessTold {
        willingness: said.willingness,
        reason: said.reason,
        what_would_change: change.transpose()?,
        recorded_at: Some(said.recorded_at),
        recorded_by: Some(said.recorded_by),
        version: said.version,
    })
}
