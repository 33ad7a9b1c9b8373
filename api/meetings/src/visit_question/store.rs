//! Questions in the database. Whoever may not read what the visit says gets nothing of what is asked.

use super::VisitQuestionId;
use crate::{
    accompanied::{CLOCK_AHEAD, Since},
    visit::{VisitId, store::Reader, things::VISIT_QUESTION},
};
use contract::{CentreId, ParticipantId, StaffId, time::Instant};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::Scope,
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// A question.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: VisitQuestionId,
    /// On which visit.
    pub visit_id: VisitId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whom the visit is about.
    pub participant_id: ParticipantId,
    /// Who logged the visit.
    pub author_id: StaffId,
    /// When the visit was withdrawn as entered by mistake.
    pub visit_withdrawn_at: Option<Instant>,
    /// Who asks.
    pub asked_by: StaffId,
    /// When.
    pub asked_at: Instant,
    /// What; none for whoever may not read it.
    pub question_sealed: Option<Sealed>,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// What the author says; none for whoever may not read it.
    pub answer_sealed: Option<Sealed>,
    /// When the answer was corrected last.
    pub corrected_at: Option<Instant>,
    /// When it was found to be asked by mistake.
    pub withdrawn_at: Option<Instant>,
    /// Why; none for whoever may not read it.
    pub withdrawal_sealed: Option<Sealed>,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        VISIT_QUESTION.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }
}

/// Keeps a question.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO visit_question (id, visit_id, centre_id, participant_id, asked_by, asked_at, question_sealed, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(row.id)
    .bind(row.visit_id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.asked_by)
    .bind(row.asked_at)
    .bind(row.question_sealed.as_ref())
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// Writes what its author says.
pub async fn answer(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE visit_question SET answered_at = $1, answered_by = $2, answer_sealed = $3, version = $4 WHERE id = $5"
    ))
    .bind(row.answered_at)
    .bind(row.author_id)
    .bind(row.answer_sealed.as_ref())
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// Writes that it was asked by mistake.
pub async fn withdraw(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE visit_question SET withdrawn_at = $1, withdrawal_sealed = $2, version = $3 WHERE id = $4"
    ))
    .bind(row.withdrawn_at)
    .bind(row.withdrawal_sealed.as_ref())
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// Writes what its author had meant to say.
pub async fn correct(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE visit_question SET answer_sealed = $1, corrected_at = $2, version = $3 WHERE id = $4"
    ))
    .bind(row.answer_sealed.as_ref())
    .bind(row.corrected_at)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// Whether something on this visit is not answered yet.
pub async fn is_any_open(tx: &mut Tx, visit: VisitId) -> Result<bool> {
    let open: Option<Uuid> = tx
        .query(sql!("SELECT id FROM visit_question WHERE visit_id = $1 AND answered_at IS NULL AND withdrawn_at IS NULL LIMIT 1"))
        .bind(visit)
        .optional_scalar()
        .await?;
    Ok(open.is_some())
}

/// Whether this staff member accompanies the participant, whose file is open.
pub async fn accompanies(tx: &mut Tx, staff: StaffId, participant: ParticipantId) -> Result<bool> {
    let found: Option<Uuid> = tx
        .query(sql!(
            "SELECT a.id FROM assignment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE a.staff_id = $1 AND a.participant_id = $2 AND a.ended_at IS NULL AND p.active",
            pg " FOR SHARE OF a"
        ))
        .bind(staff)
        .bind(participant)
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}

/// The columns as this reader may see them.
fn selected(reader: Reader) -> Statement<'static> {
    let columns = Statement::new(piece!(
        "SELECT q.id, q.visit_id, q.centre_id, q.participant_id, v.author_id, v.withdrawn_at AS visit_withdrawn_at, q.asked_by, q.asked_at, q.answered_at, q.corrected_at, q.withdrawn_at, q.version, p.data_key, "
    ));
    let question = reader.if_readable(columns).then(piece!("q.question_sealed END AS question_sealed, "));
    let answer = reader.if_readable(question).then(piece!("q.answer_sealed END AS answer_sealed, "));
    reader.if_readable(answer).then(piece!("q.withdrawal_sealed END AS withdrawal_sealed FROM "))
}

/// A question in scope, as this reader may see it.
pub async fn load(tx: &mut Tx, scope: Scope, reader: Reader, id: VisitQuestionId) -> Result<Option<Row>> {
    let found = named(tx, scope, reader, &[id.0]).await?;
    Ok(found.into_iter().find_map(|entry| entry.row))
}

/// Holds the visit that a question is on until the transaction ends, before the question: whoever asks about it or moves it does so as well, so
/// that whether something else is open is seen by whoever answers.
pub async fn hold_visit(tx: &mut Tx, id: VisitQuestionId) -> Result<()> {
    let _: Option<Uuid> = tx
        .query(sql!(
            "SELECT v.id FROM visit AS v WHERE v.id = (SELECT q.visit_id FROM visit_question AS q WHERE q.id = $1)",
            pg " FOR UPDATE OF v"
        ))
        .bind(id)
        .optional_scalar()
        .await?;
    Ok(())
}

/// A question in scope, whole and held until the transaction ends. Whoever answers it holds its visit first ([`hold_visit`]).
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: VisitQuestionId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT q.*, v.author_id, v.withdrawn_at AS visit_withdrawn_at, p.data_key FROM visit_question AS q JOIN visit AS v ON v.id = q.visit_id
         JOIN participant AS p ON p.id = q.participant_id WHERE ",
        q,
        " AND q.id = $2",
        pg " FOR UPDATE OF q"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// A question on a visit of this staff member's, about somebody whom they accompanied when they recorded their answer, and no longer do since a
/// while; whole and held until the transaction ends.
pub async fn load_former_for_change(
    tx: &mut Tx,
    author: StaffId,
    id: VisitQuestionId,
    (recorded_at, earliest_end): Since,
) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT q.*, v.author_id, v.withdrawn_at AS visit_withdrawn_at, p.data_key FROM visit_question AS q JOIN visit AS v ON v.id = q.visit_id
         JOIN participant AS p ON p.id = q.participant_id
         WHERE q.id = $1 AND v.author_id = $2
           AND EXISTS (SELECT 1 FROM assignment AS former
                       WHERE former.participant_id = p.id AND former.staff_id = $2
                         AND former.started_at <= $3 AND former.ended_at >= $5 AND former.ended_at >= $4)",
        pg " FOR UPDATE OF q"
    ))
    .bind(id)
    .bind(author)
    .bind(recorded_at)
    .bind(earliest_end)
    .bind(recorded_at.saturating_sub(CLOCK_AHEAD))
    .optional()
    .await
}

/// The questions on a visit that were not asked by mistake, the latest first, with one more than the page holds. The caller has seen that the visit is in scope.
pub async fn list(
    tx: &mut Tx,
    reader: Reader,
    visit: VisitId,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Row>>> {
    let statement = selected(reader)
        .then(piece!(
            "visit_question AS q ",
            lite "CROSS ",
            "JOIN visit AS v ON v.id = q.visit_id ",
            lite "CROSS ",
            "JOIN participant AS p ON p.id = q.participant_id WHERE q.visit_id = ? AND q.withdrawn_at IS NULL AND q.id < ? ORDER BY q.id DESC"
        ))
        .bind(visit)
        .bind(paging.after.unwrap_or(Uuid::max()))
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Those of the named questions that are in scope, in no order. From the ids to the rows and no other way: SQLite would rather read all that a
/// centre has.
pub async fn named(tx: &mut Tx, scope: Scope, reader: Reader, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let statement = selected(reader)
        .then(piece!(
            lite "json_each(?) AS asked CROSS JOIN visit_question AS q ON q.id = unhex(asked.value) CROSS JOIN visit AS v ON v.id = q.visit_id CROSS ",
            pg "visit_question AS q JOIN visit AS v ON v.id = q.visit_id ",
            "JOIN participant AS p ON p.id = q.participant_id WHERE ",
            pg "q.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))) AND "
        ))
        .bind(id_list(ids));
    let Some(statement) = scope.staffs(statement) else { return Ok(Vec::new()) };
    tx.query_built(statement).all().await
}

/// Holds every question about a participant, in the order in which everybody does.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    let _: Vec<Uuid> = tx
        .query(sql!("SELECT id FROM visit_question WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await?;
    Ok(())
}

/// Lets the questions about a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE visit_question SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}
