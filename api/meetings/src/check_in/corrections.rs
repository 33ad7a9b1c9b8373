//! What was answered in check-ins before it was corrected: all of it is kept, with who corrected it and why.

use super::{answers::Given, asked, request::AnswersCorrection, store::Row, words::CheckInId};
use contract::{StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    Kernel,
    error::{Error, Result},
    legible::Entry,
    page::Paging,
    protect::seal::Sealed,
};
use serde::{Deserialize, Serialize};

/// Why something was corrected, as it is sealed. It does not print.
#[derive(Serialize, Deserialize)]
pub struct Why {
    /// A word of `AnswerCorrectionReason`.
    pub reason: String,
    /// In words.
    pub note: Option<String>,
}

impl Why {
    /// What somebody says.
    pub fn of(change: &AnswersCorrection) -> Self {
        Self {
            reason: change.reason.as_str().to_owned(),
            note: change.note.as_ref().map(|note| note.expose().to_owned()),
        }
    }
}

/// What was answered.
#[derive(Debug, sqlx::FromRow)]
pub struct Corrected {
    /// The version that said it.
    pub version: i64,
    /// When it was corrected.
    pub corrected_at: Instant,
    /// By whom; nobody of the staff if by the participant themself.
    pub corrected_by: Option<StaffId>,
    /// Why.
    pub why_sealed: Sealed,
    /// What was answered.
    pub answers_sealed: Sealed,
    /// When.
    pub answered_at: Option<Instant>,
    /// By whom for the participant, if not by themself.
    pub answered_by: Option<StaffId>,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByVersion {
    /// The version that said it.
    pub version: i64,
}

/// Keeps what is answered in a check-in until now, as it is sealed, and why that was wrong.
pub async fn keep(
    kernel: &Kernel,
    tx: &mut Tx,
    row: &Row,
    by: Option<StaffId>,
    why: &Why,
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO check_in_correction (check_in_id, version, corrected_at, corrected_by, why_sealed, answers_sealed, answered_at,
                                          answered_by)
         SELECT id, version, $2, $3, $4, answers_sealed, answered_at, answered_by FROM check_in WHERE id = $1"
    ))
    .bind(row.id)
    .bind(now)
    .bind(by)
    .bind(&asked::sealed(kernel, row, "why_sealed", why)?)
    .execute()
    .await?;
    Ok(())
}

/// What was answered, and why it was corrected. It lies where what is answered now does: it was moved as it was sealed.
pub fn opened(kernel: &Kernel, row: &Row, corrected: &Corrected) -> Result<(Given, Why)> {
    let given = asked::opened(kernel, row, "answers_sealed", &corrected.answers_sealed)?;
    Ok((given, asked::opened(kernel, row, "why_sealed", &corrected.why_sealed)?))
}

/// What was answered before, the latest first, with one more than the page holds. The caller has seen that the check-in is in scope.
pub async fn list(
    tx: &mut Tx,
    check_in: CheckInId,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByVersion, Corrected>>> {
    tx.query(sql!(
        "SELECT version, corrected_at, corrected_by, why_sealed, answers_sealed, answered_at, answered_by
         FROM check_in_correction WHERE check_in_id = $1 AND version < $2 ORDER BY version DESC LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(check_in)
    .bind(paging.after.unwrap_or(i64::MAX))
    .bind(paging.rows())
    .all()
    .await
    .map_err(Error::from)
}
