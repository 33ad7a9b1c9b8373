//! Employers in the database.

use super::{
    things::EMPLOYER,
    words::{EmployerId, Sector},
};
use contract::{CentreId, time::Instant};
use db::{Change, Result, Sql, Statement, Tx, piece, sql};
use kernel::{
    legible::{ById, Entry},
    page::Paging,
    protect::seal::Sealed,
};
use uuid::Uuid;

/// An employer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: EmployerId,
    /// The centre that knows them.
    pub centre_id: CentreId,
    /// What they are called, sealed.
    pub name_sealed: Sealed,
    /// How to reach them, sealed.
    pub contact_sealed: Option<Sealed>,
    /// What they work in.
    pub sector: Sector,
    /// In which province.
    pub province: Option<String>,
    /// When they were written down.
    pub recorded_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        EMPLOYER.changed(self.centre_id.0, None, self.id.0)
    }
}

/// Keeps an employer.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO employer (id, centre_id, name_sealed, contact_sealed, sector, province, recorded_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(&row.name_sealed)
    .bind(row.contact_sealed.as_ref())
    .bind(row.sector)
    .bind(row.province.clone())
    .bind(row.recorded_at)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// Writes what may change.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE employer SET name_sealed = $1, contact_sealed = $2, sector = $3, province = $4, version = $5 WHERE id = $6"
    ))
    .bind(&row.name_sealed)
    .bind(row.contact_sealed.as_ref())
    .bind(row.sector)
    .bind(row.province.clone())
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// The employer, if one of these centres knows them.
pub async fn load(tx: &mut Tx, centres: &[CentreId], id: EmployerId) -> Result<Option<Row>> {
    one(tx, sql!("SELECT * FROM employer WHERE id = ? AND centre_id IN ({rows})"), centres, id).await
}

/// The same, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, centres: &[CentreId], id: EmployerId) -> Result<Option<Row>> {
    let statement = sql!("SELECT * FROM employer WHERE id = ? AND centre_id IN ({rows})", pg " FOR UPDATE");
    one(tx, statement, centres, id).await
}

async fn one(tx: &mut Tx, statement: Sql, centres: &[CentreId], id: EmployerId) -> Result<Option<Row>> {
    let mut query = tx.query_rows(statement, centres.len(), 1).bind(id);
    for centre in centres {
        query = query.bind(*centre);
    }
    query.optional().await
}

/// The name of an employer of this centre, sealed, if it knows them.
pub async fn name_at(tx: &mut Tx, id: EmployerId, centre: CentreId) -> Result<Option<Sealed>> {
    tx.query(sql!("SELECT name_sealed FROM employer WHERE id = $1 AND centre_id = $2"))
        .bind(id)
        .bind(centre)
        .optional_scalar()
        .await
}

/// The employers of a centre by id, with one more than the page holds.
pub async fn list(tx: &mut Tx, centre: CentreId, paging: Paging<Uuid>) -> Result<Vec<Entry<ById, Row>>> {
    let statement =
        Statement::new(piece!("SELECT * FROM employer WHERE centre_id = ? AND id > ? ORDER BY id"))
            .bind(centre)
            .bind(paging.after.unwrap_or_default())
            .limit(paging.rows());
    tx.query_built(statement).all().await
}
