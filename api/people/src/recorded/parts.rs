//! What was recorded together with a visit is kept as a part of it. Here stands only which ones belong to which visit; what there is of one is read
//! with the visits.

use contract::{ParticipantId, StaffId, SubjectId, time::Instant};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use uuid::Uuid;

/// A part, before it is kept.
#[derive(Debug)]
pub struct NewPart<'p> {
    /// A new id.
    pub id: Uuid,
    /// Of which visit.
    pub visit: SubjectId,
    /// What was done.
    pub operation: &'p str,
    /// The kind of thing that it was done to.
    pub subject_kind: &'static str,
    /// Which one.
    pub subject: Uuid,
    /// Whom that is about.
    pub participant: Option<ParticipantId>,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// Holds the visit of this staff member's that something was recorded together with, before anything that this changes is held: whoever changes a
/// visit holds it first as well, and the two do not wait for each other in a circle.
pub async fn hold(tx: &mut Tx, author: StaffId, visit: SubjectId) -> Result<()> {
    tx.query(sql!("SELECT id FROM visit WHERE id = $1 AND author_id = $2", pg " FOR KEY SHARE"))
        .bind(visit.0)
        .bind(author)
        .optional_scalar::<Uuid>()
        .await?;
    Ok(())
}

/// Keeps that something was recorded together with a visit of this staff member's, about the same person.
pub async fn keep(tx: &mut Tx, author: StaffId, part: &NewPart<'_>) -> Result<()> {
    let visit: Option<(StaffId, ParticipantId)> = tx
        .query(sql!("SELECT author_id, participant_id FROM visit WHERE id = $1"))
        .bind(part.visit.0)
        .optional()
        .await?;
    let met = visit.filter(|(by, _)| *by == author).map(|(_, participant)| participant);
    let fault = |code, detail| Err(Error::field("/visit_id", code, detail));
    let Some(met) = met else {
        return fault("unknown", "is no visit of yours that the service has: send the visit first");
    };
    if part.participant != Some(met) {
        return fault("another_person", "this is not about whom the visit is about");
    }
    if part.subject == part.visit.0 {
        return fault("itself", "a visit is no part of itself");
    }
    tx.query(sql!(
        "INSERT INTO visit_part (id, visit_id, operation, subject_kind, subject_id, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(part.id)
    .bind(part.visit.0)
    .bind(part.operation)
    .bind(part.subject_kind)
    .bind(part.subject)
    .bind(part.recorded_at)
    .execute()
    .await?;
    Ok(())
}
