//! What placements said before they were corrected.

use super::words::{Confidence, EndReason, Evidence, Milestone, PlacementId, PlacementKind};
use crate::{consent::ConsentGround, employer::EmployerId};
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
    /// Of which milestone something else was said; none if something else was said of the placement.
    pub milestone: Option<Milestone>,
    /// By what it was said to be known that it was held.
    pub evidence: Option<Evidence>,
    /// How the participant's consent stood, if that was the employer's word.
    pub evidence_consent: Option<ConsentGround>,
    /// How sure that was said to be.
    pub confidence: Option<Confidence>,
    /// Of which day the evidence was said to be.
    pub held_on: Option<ImpreciseDate>,
    /// When it was recorded.
    pub verified_at: Option<Instant>,
    /// By whom.
    pub verified_by: Option<StaffId>,
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

/// Keeps what a placement said until now, and why that was wrong; with what it said of a milestone, if it was wrong about that one.
pub async fn keep_former(
    tx: &mut Tx,
    id: PlacementId,
    by: StaffId,
    why: &Why,
    milestone: Option<Milestone>,
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO placement_correction (placement_id, version, corrected_at, corrected_by, reason_sealed, employer_id, kind,
                                           hours_a_week, started, ended, end_reason, end_reason_sealed, for_managers_sealed,
                                           milestone, evidence, evidence_consent, confidence, held_on, verified_at, verified_by)
         SELECT pl.id, pl.version, $2, $3, $4, pl.employer_id, pl.kind, pl.hours_a_week, pl.started, pl.ended, pl.end_reason,
                pl.end_reason_sealed, $5, m.milestone, m.evidence, m.evidence_consent, m.confidence, m.held_on, m.verified_at, m.verified_by
         FROM placement AS pl LEFT JOIN milestone AS m ON m.placement_id = pl.id AND m.milestone = $6 WHERE pl.id = $1"
    ))
    .bind(id)
    .bind(now)
    .bind(by)
    .bind(&why.reason)
    .bind(&why.for_managers)
    .bind(milestone)
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
                end_reason_sealed, for_managers_sealed, milestone, evidence, evidence_consent, confidence, held_on, verified_at, verified_by
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
