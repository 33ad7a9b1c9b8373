//! What visits said before they were corrected.

use super::{
    store::Reader,
    words::{VisitId, VisitKind, VisitReaders},
};
use contract::{
    StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Result, Tx, sql};
use kernel::{legible::Entry, page::Paging, protect::seal::Sealed};

/// What a visit said.
#[derive(Debug, sqlx::FromRow)]
pub struct Former {
    /// The version that said it.
    pub version: i64,
    /// When it was corrected.
    pub corrected_at: Instant,
    /// Who corrected it.
    pub corrected_by: StaffId,
    /// Why; none for whoever may not read it.
    pub reason_sealed: Option<Sealed>,
    /// How they met.
    pub kind: VisitKind,
    /// When it began, on the wall.
    pub local_start: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// When that was.
    pub starts_at: Instant,
    /// How long it took.
    pub duration_minutes: i64,
    /// Who could read what was written.
    pub readers: VisitReaders,
    /// What was found; none for whoever may not read it.
    pub narrative_sealed: Option<Sealed>,
    /// What was to be done next; none for whoever may not read it.
    pub next_step_sealed: Option<Sealed>,
    /// By when.
    pub next_step_local: Option<LocalDateTime>,
    /// When it was done by then.
    pub next_step_done_at: Option<Instant>,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByVersion {
    /// The version that said it.
    pub version: i64,
}

/// SQL: what follows, for whoever may read what the visit says now, and could read what it said then and what took its place.
macro_rules! for_readers {
    () => {
        "CASE WHEN (v.readers = 'staff' AND former.readers = 'staff' AND former.readers_after = 'staff') OR v.author_id = $2
                   OR EXISTS (SELECT 1 FROM emergency_access AS access
                              WHERE access.id = $3 AND access.staff_id = $2 AND access.ended_at IS NULL AND access.ends_at > $4
                                AND access.participant_id = v.participant_id)
         THEN "
    };
}

/// What a visit said before, the latest first, with one more than the page holds. Whoever may not read what it says now, or could not read what it said then, gets none of that.
pub async fn list(
    tx: &mut Tx,
    reader: Reader,
    visit: VisitId,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByVersion, Former>>> {
    tx.query(sql!(
        "SELECT former.version, former.corrected_at, former.corrected_by, former.kind, former.local_start, former.zone, former.starts_at,
                former.duration_minutes, former.readers, former.next_step_local, former.next_step_done_at, ",
        for_readers!(),
        "former.reason_sealed END AS reason_sealed, ",
        for_readers!(),
        "former.narrative_sealed END AS narrative_sealed, ",
        for_readers!(),
        "former.next_step_sealed END AS next_step_sealed
         FROM visit_correction AS former JOIN visit AS v ON v.id = former.visit_id
         WHERE former.visit_id = $1 AND former.version < $6 ORDER BY former.version DESC LIMIT ",
        lite "+",
        "$5"
    ))
    .bind(visit)
    .bind(reader.person)
    .bind(reader.emergency)
    .bind(reader.now)
    .bind(paging.rows())
    .bind(paging.after.unwrap_or(i64::MAX))
    .all()
    .await
}
