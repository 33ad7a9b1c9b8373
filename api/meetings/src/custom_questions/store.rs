//! What participants alone are asked, in the database.

use super::things::CUSTOM_QUESTIONS;
use crate::questionnaire::question::Question;
use contract::{CentreId, Language, ParticipantId, StaffId, time::Instant};
use db::{Change, Tx, sql};
use kernel::{
    Kernel,
    access::Scope,
    error::{Error, Result},
    protect::seal::{Field, Sealed, WrappedKey},
    scoped,
};
use zeroize::Zeroizing;

/// A participant with what they alone are asked, if that was ever set.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    /// Who is asked.
    pub participant_id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Their language.
    pub language: Language,
    /// The questions.
    pub questions_sealed: Option<Sealed>,
    /// When they were set.
    pub set_at: Option<Instant>,
    /// By whom.
    pub set_by: Option<StaffId>,
    /// Counts the changes; 0 if they were never set.
    pub version: i64,
}

impl Row {
    /// That they are new or different.
    pub const fn changed(&self) -> Change {
        CUSTOM_QUESTIONS.changed(self.centre_id.0, Some(self.participant_id.0), self.participant_id.0)
    }
}

const fn field(participant: ParticipantId) -> Field {
    Field::new("custom_questions", "questions_sealed", participant.0)
}

/// What a participant alone is asked, opened.
pub fn opened(
    kernel: &Kernel,
    participant: ParticipantId,
    data_key: &WrappedKey,
    sealed: &Sealed,
) -> Result<Vec<Question>> {
    let plain = kernel.keys.participants.key(participant.0, data_key)?.open(field(participant), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| Error::internal("what was sealed is no questions"))
}

/// The same, sealed.
pub fn sealed(kernel: &Kernel, row: &Row, questions: &[Question]) -> Result<Sealed> {
    let plain = Zeroizing::new(serde_json::to_vec(questions).map_err(Error::internal)?);
    let key = kernel.keys.participants.key(row.participant_id.0, &row.data_key)?;
    Ok(key.seal(field(row.participant_id), &plain, &*kernel.random)?)
}

/// What a participant in scope is asked.
pub async fn load(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> db::Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.id AS participant_id, p.centre_id, p.data_key, p.language, own.questions_sealed, own.set_at, own.set_by,
                COALESCE(own.version, 0) AS version
         FROM participant AS p LEFT JOIN custom_questions AS own ON own.participant_id = p.id WHERE ",
        participant p,
        " AND p.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// The same, with the participant held until the transaction ends: whoever plans a check-in waits. What they are asked is read in a statement
/// of its own: one that waits for whoever sets it too would still join the former questions.
pub async fn load_for_change(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
) -> db::Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.id FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2",
        pg " FOR UPDATE OF p"
    ));
    let held: Option<ParticipantId> =
        tx.query(statement).bind(scope.id()).bind(participant).optional_scalar().await?;
    if held.is_none() {
        return Ok(None);
    }
    load(tx, scope, participant).await
}

/// Writes them, and says whether they take the place of the version before and of no other.
pub async fn put(tx: &mut Tx, row: &Row, count: usize) -> db::Result<bool> {
    let written = tx
        .query(sql!(
        "INSERT INTO custom_questions (participant_id, questions_sealed, count, set_at, set_by, version) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (participant_id) DO UPDATE SET questions_sealed = excluded.questions_sealed, count = excluded.count,
             set_at = excluded.set_at, set_by = excluded.set_by, version = excluded.version
             WHERE custom_questions.version = excluded.version - 1"
    ))
    .bind(row.participant_id)
    .bind(row.questions_sealed.as_ref())
    .bind(i64::try_from(count).unwrap_or(i64::MAX))
    .bind(row.set_at)
    .bind(row.set_by)
    .bind(row.version)
    .execute()
    .await?;
    Ok(written > 0)
}
