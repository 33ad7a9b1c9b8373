//! Outages in the database.

use super::{
    things::OUTAGE,
    words::{OutageCause, OutageId},
};
use contract::{
    CentreId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Change, Result, Statement, Tx, piece, sql};
use kernel::page::Paging;
use uuid::Uuid;

/// An outage.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: OutageId,
    /// Where; nowhere in particular if it was everywhere.
    pub centre_id: Option<CentreId>,
    /// Why.
    pub cause: OutageCause,
    /// From when, on the wall.
    pub local_starts: LocalDateTime,
    /// Until before when.
    pub local_ends: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// From when.
    pub starts_at: Instant,
    /// Until before when.
    pub ends_at: Instant,
    /// When it was declared.
    pub declared_at: Instant,
    /// By whom; nobody at the command line.
    pub declared_by: Option<StaffId>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    pub withdrawn_by: Option<StaffId>,
    /// Counts the changes.
    pub version: i64,
}

impl Row {
    /// That it is new or different, for the feed of this centre if it was everywhere.
    pub fn changed(&self, centre: CentreId) -> Change {
        OUTAGE.changed(self.centre_id.unwrap_or(centre).0, None, self.id.0)
    }
}

/// Whose outages somebody sees: those everywhere, and those of this centre or, without it, of every one.
pub type Reach = Option<CentreId>;

/// Keeps an outage.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO outage (id, centre_id, cause, local_starts, local_ends, zone, starts_at, ends_at, declared_at, declared_by, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.cause)
    .bind(row.local_starts)
    .bind(row.local_ends)
    .bind(row.zone.clone())
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(row.declared_at)
    .bind(row.declared_by)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// Writes that it was withdrawn.
pub async fn withdraw(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!("UPDATE outage SET withdrawn_at = $1, withdrawn_by = $2, version = $3 WHERE id = $4"))
        .bind(row.withdrawn_at)
        .bind(row.withdrawn_by)
        .bind(row.version)
        .bind(row.id)
        .execute()
        .await
        .map(drop)
}

/// One that is within reach.
pub async fn load(tx: &mut Tx, reach: Reach, id: OutageId) -> Result<Option<Row>> {
    let Some(centre) = reach else {
        return tx.query(sql!("SELECT * FROM outage WHERE id = $1")).bind(id).optional().await;
    };
    tx.query(sql!("SELECT * FROM outage WHERE id = $1 AND (centre_id IS NULL OR centre_id = $2)"))
        .bind(id)
        .bind(centre)
        .optional()
        .await
}

/// The same, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, reach: Reach, id: OutageId) -> Result<Option<Row>> {
    // Whoever may not see it does not wait for it either.
    if load(tx, reach, id).await?.is_none() {
        return Ok(None);
    }
    let _: Option<Uuid> = tx
        .query(sql!("SELECT id FROM outage WHERE id = $1", pg " FOR UPDATE"))
        .bind(id)
        .optional_scalar()
        .await?;
    load(tx, reach, id).await
}

/// Those within reach, the latest declared first, with one more than the page holds.
pub async fn list(tx: &mut Tx, reach: Reach, paging: Paging<Uuid>) -> Result<Vec<Row>> {
    let before = paging.after.unwrap_or(Uuid::max());
    let statement = Statement::new(piece!("SELECT * FROM outage WHERE id < ?")).bind(before);
    let statement = match reach {
        Some(centre) => statement.then(piece!(" AND (centre_id IS NULL OR centre_id = ?)")).bind(centre),
        None => statement,
    };
    let statement = statement.then(piece!(" ORDER BY id DESC")).limit(paging.rows());
    tx.query_built(statement).all().await
}

/// The zone of a centre, if there is such a centre.
pub async fn zone_of(tx: &mut Tx, centre: CentreId) -> Result<Option<ZoneName>> {
    tx.query(sql!("SELECT zone FROM centre WHERE id = $1")).bind(centre).optional_scalar().await
}
