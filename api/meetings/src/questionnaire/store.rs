//! Questionnaires in the database.

use super::{question::Question, things::QUESTIONNAIRE, words::QuestionnaireId};
use contract::{CentreId, StaffId, time::Instant};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::page::Paging;
use uuid::Uuid;

/// The questionnaire that came with the service: what is asked if nobody says otherwise.
pub const DEFAULT: QuestionnaireId =
    QuestionnaireId(Uuid::from_u128(0x019a_c000_0000_7000_8000_0000_0000_0001));

/// A questionnaire with what it asks now.
#[derive(Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: QuestionnaireId,
    /// Whose; nobody's if it is for all centres.
    pub centre_id: Option<CentreId>,
    /// What staff call it.
    pub name: String,
    /// The version that is asked now.
    pub number: i64,
    /// When it was made.
    pub created_at: Instant,
    /// By whom; nobody if it came with the service.
    pub created_by: Option<StaffId>,
    /// When it was retired.
    pub retired_at: Option<Instant>,
    /// By whom.
    pub retired_by: Option<StaffId>,
    /// Counts the changes.
    pub version: i64,
    /// What is asked now, as JSON.
    pub questions: String,
}

impl Row {
    /// That it is new or different, for the feed of this centre if it is none's own.
    pub fn changed(&self, centre: CentreId) -> Change {
        QUESTIONNAIRE.changed(self.centre_id.unwrap_or(centre).0, None, self.id.0)
    }
}

/// A version.
#[derive(sqlx::FromRow)]
pub struct Version {
    /// Its number.
    pub number: i64,
    /// What it asks, as JSON.
    pub questions: String,
    /// Since when.
    pub created_at: Instant,
    /// Who wrote it.
    pub created_by: Option<StaffId>,
}

/// Whose questionnaires somebody sees: those for all centres, and those of these centres or, without them, of every one.
pub type Reach<'r> = Option<&'r [CentreId]>;

/// What is asked, as it is stored.
pub fn stored(questions: &[Question]) -> std::result::Result<String, serde_json::Error> {
    serde_json::to_string(questions)
}

/// Keeps one with its first version.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO questionnaire (id, centre_id, name, number, created_at, created_by, version) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.name.clone())
    .bind(row.number)
    .bind(row.created_at)
    .bind(row.created_by)
    .bind(row.version)
    .execute()
    .await?;
    insert_version(tx, row, row.created_by, row.created_at).await
}

/// Keeps what a questionnaire asks now as the version of its number.
pub async fn insert_version(tx: &mut Tx, row: &Row, by: Option<StaffId>, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO questionnaire_version (questionnaire_id, number, questions, created_at, created_by) VALUES ($1, $2, $3, $4, $5)"
    ))
    .bind(row.id)
    .bind(row.number)
    .bind(row.questions.clone())
    .bind(now)
    .bind(by)
    .execute()
    .await
    .map(drop)
}

/// Writes what may change.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE questionnaire SET number = $1, retired_at = $2, retired_by = $3, version = $4 WHERE id = $5"
    ))
    .bind(row.number)
    .bind(row.retired_at)
    .bind(row.retired_by)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

fn selected() -> Statement<'static> {
    Statement::new(piece!(
        "SELECT q.*, v.questions FROM questionnaire AS q
         JOIN questionnaire_version AS v ON v.questionnaire_id = q.id AND v.number = q.number WHERE "
    ))
}

fn within(statement: Statement<'static>, reach: Reach<'_>) -> Statement<'static> {
    let Some(centres) = reach else { return statement };
    let ids: Vec<Uuid> = centres.iter().map(|centre| centre.0).collect();
    statement
        .then(piece!(
            " AND (q.centre_id IS NULL OR q.centre_id ",
            lite "IN (SELECT unhex(asked.value) FROM json_each(?) AS asked))",
            pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))))"
        ))
        .bind(id_list(&ids))
}

/// One that is within reach.
pub async fn load(tx: &mut Tx, reach: Reach<'_>, id: QuestionnaireId) -> Result<Option<Row>> {
    let statement = within(selected().then(piece!("q.id = ?")).bind(id), reach);
    tx.query_built(statement).optional().await
}

/// The same, held until the transaction ends. Its version is read in a statement of its own: one that waits for whoever publishes another would
/// still join the former, and leave the questionnaire out.
pub async fn load_for_change(tx: &mut Tx, reach: Reach<'_>, id: QuestionnaireId) -> Result<Option<Row>> {
    let _: Option<Uuid> = tx
        .query(sql!("SELECT id FROM questionnaire WHERE id = $1", pg " FOR UPDATE"))
        .bind(id)
        .optional_scalar()
        .await?;
    load(tx, reach, id).await
}

/// The one that a check-in is to ask, held so that it stays what it is.
pub async fn load_to_ask(tx: &mut Tx, centre: CentreId, id: QuestionnaireId) -> Result<Option<Row>> {
    let _: Option<Uuid> = tx
        .query(sql!("SELECT id FROM questionnaire WHERE id = $1", pg " FOR SHARE"))
        .bind(id)
        .optional_scalar()
        .await?;
    load(tx, Some(&[centre]), id).await
}

/// Those within reach by id, with one more than the page holds.
pub async fn list(tx: &mut Tx, reach: Reach<'_>, paging: Paging<Uuid>) -> Result<Vec<Row>> {
    let statement = selected().then(piece!("q.id > ?")).bind(paging.after.unwrap_or_default());
    let statement = within(statement, reach).then(piece!(" ORDER BY q.id")).limit(paging.rows());
    tx.query_built(statement).all().await
}

/// The versions of one, the latest first, with one more than the page holds.
pub async fn versions(tx: &mut Tx, id: QuestionnaireId, paging: Paging<i64>) -> Result<Vec<Version>> {
    tx.query(sql!(
        "SELECT number, questions, created_at, created_by FROM questionnaire_version
         WHERE questionnaire_id = $1 AND number < $2 ORDER BY number DESC LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(id)
    .bind(paging.after.unwrap_or(i64::MAX))
    .bind(paging.rows())
    .all()
    .await
}
