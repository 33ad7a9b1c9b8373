//! Partners in the database. Everybody who accompanies people of a centre sees its partners, also while they are posted there.

use super::{things::PARTNER, words::PartnerId};
use contract::{CentreId, StaffId, time::Instant};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    legible::{ById, Entry},
    page::Paging,
};
use uuid::Uuid;

/// A partner.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: PartnerId,
    /// Whose partner it is.
    pub centre_id: CentreId,
    /// What it is called.
    pub name: String,
    /// What it offers.
    pub offers: String,
    /// Whether people are sent there.
    pub active: bool,
    /// When it was registered.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        PARTNER.changed(self.centre_id.0, None, self.id.0)
    }
}

/// Who looks for partners, and where they work at home.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Who.
    pub staff: StaffId,
    /// Their centre.
    pub home: CentreId,
    /// When.
    pub now: Instant,
}

/// Keeps a partner.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO partner (id, centre_id, name, offers, active, created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(&row.name)
    .bind(&row.offers)
    .bind(row.active)
    .bind(row.created_at)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// Writes what is known of it from now on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!("UPDATE partner SET name = $1, offers = $2, active = $3, version = $4 WHERE id = $5"))
        .bind(&row.name)
        .bind(&row.offers)
        .bind(row.active)
        .bind(row.version)
        .bind(row.id)
        .execute()
        .await
        .map(drop)
}

/// A partner of a centre where the reader works.
pub async fn load(tx: &mut Tx, reader: Reader, id: PartnerId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT partner.* FROM partner
         WHERE partner.id = $1
           AND (partner.centre_id = $2 OR partner.centre_id IN (
                    SELECT posting.centre_id FROM posting
                    WHERE posting.staff_id = $3 AND posting.ended_at IS NULL AND posting.starts_at <= $4))"
    ))
    .bind(id)
    .bind(reader.home)
    .bind(reader.staff)
    .bind(reader.now)
    .optional()
    .await
}

/// A partner of this centre, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, centre: CentreId, id: PartnerId) -> Result<Option<Row>> {
    tx.query(sql!("SELECT * FROM partner WHERE id = $1 AND centre_id = $2", pg " FOR UPDATE"))
        .bind(id)
        .bind(centre)
        .optional()
        .await
}

/// A partner of this centre that people are sent to, which stays so until the transaction ends.
pub async fn hold_active(tx: &mut Tx, centre: CentreId, id: PartnerId) -> Result<Option<Row>> {
    tx.query(sql!("SELECT * FROM partner WHERE id = $1 AND centre_id = $2 AND active", pg " FOR SHARE"))
        .bind(id)
        .bind(centre)
        .optional()
        .await
}

/// The partners of this centre, with one more than the page holds.
pub async fn list(tx: &mut Tx, centre: CentreId, paging: Paging<Uuid>) -> Result<Vec<Entry<ById, Row>>> {
    let statement =
        Statement::new(piece!("SELECT * FROM partner WHERE centre_id = ? AND id > ? ORDER BY id"))
            .bind(centre)
            .bind(paging.after.unwrap_or_default())
            .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Those of these partners that are of one of these centres, in no order.
pub async fn named(tx: &mut Tx, centres: &[CentreId], ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let centres: Vec<Uuid> = centres.iter().map(|centre| centre.0).collect();
    tx.query(sql!(
        "SELECT * FROM partner WHERE id ",
        lite "IN (SELECT unhex(value) FROM json_each($1))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))",
        " AND ",
        lite "+centre_id IN (SELECT unhex(value) FROM json_each($2))",
        pg "centre_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($2::json)))"
    ))
    .bind(id_list(ids))
    .bind(id_list(&centres))
    .all()
    .await
}

/// Whether the reader works at this centre.
pub async fn works_at(tx: &mut Tx, reader: Reader, centre: CentreId) -> Result<bool> {
    if centre == reader.home {
        return Ok(true);
    }
    let running: Option<Uuid> = tx
        .query(sql!(
            "SELECT id FROM posting WHERE staff_id = $1 AND centre_id = $2 AND ended_at IS NULL AND starts_at <= $3 LIMIT 1"
        ))
        .bind(reader.staff)
        .bind(centre)
        .bind(reader.now)
        .optional_scalar()
        .await?;
    Ok(running.is_some())
}
