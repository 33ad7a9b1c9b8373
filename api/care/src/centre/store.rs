//! Centres in the database.

use super::things::CENTRE;
use contract::{
    CentreId,
    time::{Instant, ZoneName},
};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::page::Paging;
use uuid::Uuid;

/// A centre as it lies in the table.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: CentreId,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub zone: ZoneName,
    /// When it is open, as JSON.
    pub calendar: String,
    /// Its own reminder policy, as JSON.
    pub reminder_policy: Option<String>,
    /// Its telephone number.
    pub phone: Option<String>,
    /// Its numbers for an emergency, as JSON; without them those of the country.
    pub emergency_phones: Option<String>,
    /// After how many days without contact it wants somebody to be looked for, if it says so.
    pub no_contact_days: Option<i64>,
    /// Counts the changes.
    pub version: i64,
    /// When it was registered.
    pub created_at: Instant,
}

impl Row {
    /// That this centre is new or different, for its change feed.
    pub const fn changed(&self) -> Change {
        CENTRE.changed(self.id.0, None, self.id.0)
    }
}

/// Adds a centre.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO centre (id, name, zone, calendar, reminder_policy, version, created_at, phone, emergency_phones)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(row.id)
    .bind(row.name.clone())
    .bind(row.zone.clone())
    .bind(row.calendar.clone())
    .bind(row.reminder_policy.clone())
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.phone.clone())
    .bind(row.emergency_phones.clone())
    .execute()
    .await?;
    Ok(())
}

/// Writes what may change, and the version that was counted on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE centre SET name = $1, zone = $2, calendar = $3, reminder_policy = $4, version = $5, no_contact_days = $6, phone = $8,
                           emergency_phones = $9
         WHERE id = $7"
    ))
    .bind(row.name.clone())
    .bind(row.zone.clone())
    .bind(row.calendar.clone())
    .bind(row.reminder_policy.clone())
    .bind(row.version)
    .bind(row.no_contact_days)
    .bind(row.id)
    .bind(row.phone.clone())
    .bind(row.emergency_phones.clone())
    .execute()
    .await?;
    Ok(())
}

/// How many have no telephone number.
pub async fn without_phone(tx: &mut Tx) -> Result<i64> {
    tx.query(sql!("SELECT count(*) FROM centre WHERE phone IS NULL")).scalar().await
}

/// The centre, if it is `only` or one of these others, or `only` is `None`.
pub async fn load_any(
    tx: &mut Tx,
    (only, also): (Option<CentreId>, &[CentreId]),
    id: CentreId,
) -> Result<Option<Row>> {
    let only = if also.contains(&id) { Some(id) } else { only };
    load(tx, only, id).await
}

/// The centre, if it is `only` or that is `None`.
pub async fn load(tx: &mut Tx, only: Option<CentreId>, id: CentreId) -> Result<Option<Row>> {
    tx.query(sql!("SELECT * FROM centre WHERE id = $2 AND (id = $1 OR $1 IS NULL)"))
        .bind(only)
        .bind(id)
        .optional()
        .await
}

/// As [`load`], held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, only: Option<CentreId>, id: CentreId) -> Result<Option<Row>> {
    tx.query(sql!("SELECT * FROM centre WHERE id = $2 AND (id = $1 OR $1 IS NULL)", pg " FOR UPDATE"))
        .bind(only)
        .bind(id)
        .optional()
        .await
}

/// The centres by id, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    (only, also): (Option<CentreId>, &[CentreId]),
    paging: Paging<Uuid>,
) -> Result<Vec<Row>> {
    let statement = Statement::new(piece!("SELECT * FROM centre WHERE id > ?"))
        .bind(paging.after.unwrap_or_default())
        .when(only.filter(|_| also.is_empty()), piece!(" AND id = ?"))
        .only_if(!also.is_empty(), |statement| {
            let own: Vec<Uuid> = only.iter().chain(also).map(|centre| centre.0).collect();
            statement
                .then(piece!(
                    " AND id ",
                    lite "IN (SELECT unhex(asked.value) FROM json_each(?) AS asked)",
                    pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json)))"
                ))
                .bind(id_list(&own))
        })
        .then(piece!(" ORDER BY id"))
        .limit(paging.rows());
    tx.query_built(statement).all().await
}
