//! Plan templates in the database.

use super::{content::PlanContent, things::PLAN_TEMPLATE, words::PlanTemplateId};
use contract::{CentreId, StaffId, time::Instant};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{error::Error, page::Paging};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A template with what it says now.
#[derive(Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: PlanTemplateId,
    /// Whose; nobody's if it is for all centres.
    pub centre_id: Option<CentreId>,
    /// The version with which plans are started now.
    pub number: i64,
    /// When it was made.
    pub created_at: Instant,
    /// By whom.
    pub created_by: StaffId,
    /// When it was retired.
    pub retired_at: Option<Instant>,
    /// By whom.
    pub retired_by: Option<StaffId>,
    /// Counts the changes.
    pub version: i64,
    /// What it says now, as JSON.
    pub content: String,
}

impl Row {
    /// That it is new or different, for the feed of this centre if it is none's own.
    pub fn changed(&self, centre: CentreId) -> Change {
        PLAN_TEMPLATE.changed(self.centre_id.unwrap_or(centre).0, None, self.id.0)
    }
}

/// A version.
#[derive(sqlx::FromRow)]
pub struct Version {
    /// Its number.
    pub number: i64,
    /// What it says, as JSON.
    pub content: String,
    /// Since when.
    pub created_at: Instant,
    /// Who wrote it.
    pub created_by: StaffId,
}

/// Whose templates somebody sees: those for all centres, and those of these centres or, without them, of every one.
pub type Reach<'r> = Option<&'r [CentreId]>;

/// Which version of which template.
pub type Edition = (PlanTemplateId, i64);

/// What a template says, as it is stored.
pub fn stored(content: &PlanContent) -> kernel::error::Result<String> {
    serde_json::to_string(content).map_err(Error::internal)
}

/// The same, read.
pub fn read(content: &str) -> kernel::error::Result<PlanContent> {
    serde_json::from_str(content).map_err(Error::internal)
}

/// Keeps one with its first version.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO plan_template (id, centre_id, number, created_at, created_by, version) VALUES ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.number)
    .bind(row.created_at)
    .bind(row.created_by)
    .bind(row.version)
    .execute()
    .await?;
    insert_version(tx, row, row.created_by, row.created_at).await
}

/// Keeps what a template says now as the version of its number.
pub async fn insert_version(tx: &mut Tx, row: &Row, by: StaffId, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO plan_template_version (template_id, number, content, created_at, created_by) VALUES ($1, $2, $3, $4, $5)"
    ))
    .bind(row.id)
    .bind(row.number)
    .bind(row.content.clone())
    .bind(now)
    .bind(by)
    .execute()
    .await
    .map(drop)
}

/// Writes what may change.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE plan_template SET number = $1, retired_at = $2, retired_by = $3, version = $4 WHERE id = $5"
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
        "SELECT t.*, tv.content FROM plan_template AS t
         JOIN plan_template_version AS tv ON tv.template_id = t.id AND tv.number = t.number WHERE "
    ))
}

fn within(statement: Statement<'static>, reach: Reach<'_>) -> Statement<'static> {
    let Some(centres) = reach else { return statement };
    let ids: Vec<Uuid> = centres.iter().map(|centre| centre.0).collect();
    statement
        .then(piece!(
            " AND (t.centre_id IS NULL OR t.centre_id ",
            lite "IN (SELECT unhex(asked.value) FROM json_each(?) AS asked))",
            pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))))"
        ))
        .bind(id_list(&ids))
}

/// One that is within reach.
pub async fn load(tx: &mut Tx, reach: Reach<'_>, id: PlanTemplateId) -> Result<Option<Row>> {
    let statement = within(selected().then(piece!("t.id = ?")).bind(id), reach);
    tx.query_built(statement).optional().await
}

/// The same, held until the transaction ends. Its version is read in a statement of its own: one that waits for whoever publishes another would
/// still join the former, and leave the template out.
pub async fn load_for_change(tx: &mut Tx, reach: Reach<'_>, id: PlanTemplateId) -> Result<Option<Row>> {
    // Whoever may not see it does not wait for it either.
    if load(tx, reach, id).await?.is_none() {
        return Ok(None);
    }
    let _: Option<Uuid> = tx
        .query(sql!("SELECT id FROM plan_template WHERE id = $1", pg " FOR UPDATE"))
        .bind(id)
        .optional_scalar()
        .await?;
    load(tx, reach, id).await
}

/// The one that a plan of this centre is to follow, held so that it stays what it is.
pub async fn load_to_follow(tx: &mut Tx, centre: CentreId, id: PlanTemplateId) -> Result<Option<Row>> {
    if load(tx, Some(&[centre]), id).await?.is_none() {
        return Ok(None);
    }
    let _: Option<Uuid> = tx
        .query(sql!("SELECT id FROM plan_template WHERE id = $1", pg " FOR SHARE"))
        .bind(id)
        .optional_scalar()
        .await?;
    load(tx, Some(&[centre]), id).await
}

/// Those within reach by id, with one more than the page holds.
pub async fn list(tx: &mut Tx, reach: Reach<'_>, paging: Paging<Uuid>) -> Result<Vec<Row>> {
    let statement = selected().then(piece!("t.id > ?")).bind(paging.after.unwrap_or_default());
    let statement = within(statement, reach).then(piece!(" ORDER BY t.id")).limit(paging.rows());
    tx.query_built(statement).all().await
}

/// The versions of one, the latest first, with one more than the page holds.
pub async fn versions(tx: &mut Tx, id: PlanTemplateId, paging: Paging<i64>) -> Result<Vec<Version>> {
    tx.query(sql!(
        "SELECT number, content, created_at, created_by FROM plan_template_version
         WHERE template_id = $1 AND number < $2 ORDER BY number DESC LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(id)
    .bind(paging.after.unwrap_or(i64::MAX))
    .bind(paging.rows())
    .all()
    .await
}

/// What these versions say, but for those that a later version of the service wrote in a way that is not known here: that was logged, and whoever
/// needs one does not find it. They never change, so nothing is held.
pub async fn contents(
    tx: &mut Tx,
    editions: &[Edition],
) -> kernel::error::Result<BTreeMap<Edition, PlanContent>> {
    let mut found = BTreeMap::new();
    for edition in editions.iter().copied() {
        if found.contains_key(&edition) {
            continue;
        }
        let content: String = tx
            .query(sql!("SELECT content FROM plan_template_version WHERE template_id = $1 AND number = $2"))
            .bind(edition.0)
            .bind(edition.1)
            .scalar()
            .await?;
        found.extend(read(&content).ok().map(|content| (edition, content)));
    }
    Ok(found)
}
