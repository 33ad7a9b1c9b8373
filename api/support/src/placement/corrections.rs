//! What placements said before they were corrected.

use super::words::{EndReason, PlacementId, PlacementKind};
use crate::employer::EmployerId;
use contract::{
    StaffId,
    time::{ImpreciseDate, Instant},
};
use db::{Result, Tx, sql};
use kernel::{legible::Entry, page::Paging, protect::seal::Sealed};

/// What a placement said.
#[derive(Debug, sqlx::FromRow)]
pub struct Former {
    /// The version that said it.
    pub version: i64,
    /// When it was corrected.
    pub corrected_at: Instant,
    /// Who corrected it.
    pub corrected_by: StaffId,
    /// Why, sealed.
    pub reason_sealed: Sealed,
    /// With whom it was said to be.
    pub employer_id: Option<EmployerId>,
    /// What it was said to be.
    pub kind: PlacementKind,
    /// How many hours a week.
    pub hours_a_week: Option<i64>,
    /// The first day.
    pub started: Option<ImpreciseDate>,
    /// The last day.
    pub ended: Option<ImpreciseDate>,
    /// Why it was said to have ended.
    pub end_reason: Option<EndReason>,
    /// The same as it was said, sealed.
    pub end_reason_sealed: Option<Sealed>,
    /// Whether it is for managers alone, sealed.
    pub for_managers_sealed: Option<Sealed>,
}

/// Why what a placement said was wrong.
#[derive(Debug)]
pub struct Why {
    /// In words, sealed.
    pub reason: Sealed,
    /// Whether it is for managers alone, sealed.
    pub for_managers: Sealed,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByVersion {
    /// The version that said it.
    pub version: i64,
}

/// Keeps what a placement said until now, and why that was wrong.
pub async fn keep_former(tx: &mut Tx, id: PlacementId, by: StaffId, why: &Why, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO placement_correction (placement_id, version, corrected_at, corrected_by, reason_sealed, employer_id, kind,
                                           hours_a_week, started, ended, end_reason, end_reason_sealed, for_managers_sealed)
         SELECT id, version, $2, $3, $4, employer_id, kind, hours_a_week, started, ended, end_reason, end_reason_sealed, $5
         FROM placement WHERE id = $1"
    ))
    .bind(id)
    .bind(now)
    .bind(by)
    .bind(&why.reason)
    .bind(&why.for_managers)
    .execute()
    .await
    .map(drop)
}

/// What a placement said before, the latest first, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    placement: PlacementId,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByVersion, Former>>> {
    tx.query(sql!(
        "SELECT version, corrected_at, corrected_by, reason_sealed, employer_id, kind, hours_a_week, started, ended, end_reason,
                end_reason_sealed, for_managers_sealed
         FROM placement_correction WHERE placement_id = $1 AND version < $2 ORDER BY version DESC LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(placement)
    .bind(paging.after.unwrap_or(i64::MAX))
    .bind(paging.rows())
    .all()
    .await
}
