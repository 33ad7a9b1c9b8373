//! What was answered to questions before it was corrected: all of it is kept, with who corrected it and why.

use super::VisitQuestionId;
use contract::{StaffId, time::Instant};
use db::{Result, Tx, sql};
use kernel::{legible::Entry, page::Paging, protect::seal::Sealed};

/// What was answered.
#[derive(Debug, sqlx::FromRow)]
pub struct Former {
    /// The version that said it.
    pub version: i64,
    /// When it was corrected.
    pub corrected_at: Instant,
    /// By whom.
    pub corrected_by: StaffId,
    /// Why, sealed.
    pub reason_sealed: Sealed,
    /// What was answered, sealed.
    pub answer_sealed: Sealed,
    /// When.
    pub answered_at: Instant,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByVersion {
    /// The version that said it.
    pub version: i64,
}

/// Keeps what is answered to a question until now, as it is sealed, and why that was wrong.
pub async fn keep(
    tx: &mut Tx,
    id: VisitQuestionId,
    by: StaffId,
    reason: &Sealed,
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO visit_question_correction (visit_question_id, version, corrected_at, corrected_by, reason_sealed, answer_sealed,
                                                answered_at)
         SELECT id, version, $2, $3, $4, answer_sealed, answered_at FROM visit_question WHERE id = $1"
    ))
    .bind(id)
    .bind(now)
    .bind(by)
    .bind(reason)
    .execute()
    .await
    .map(drop)
}

/// What was answered before, the latest first, with one more than the page holds. The caller has seen that the question is in scope, and whether
/// its texts may be read.
pub async fn list(
    tx: &mut Tx,
    id: VisitQuestionId,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByVersion, Former>>> {
    tx.query(sql!(
        "SELECT version, corrected_at, corrected_by, reason_sealed, answer_sealed, answered_at FROM visit_question_correction
         WHERE visit_question_id = $1 AND version < $2 ORDER BY version DESC LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(id)
    .bind(paging.after.unwrap_or(i64::MAX))
    .bind(paging.rows())
    .all()
    .await
}
