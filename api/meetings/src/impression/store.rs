//! Impressions in the database.

use super::rules::Month;
use contract::CentreId;
use db::{Result, Tx, sql};
use kernel::protect::seal::Sealed;
use uuid::Uuid;

/// What was said, as it lies in its table.
#[derive(Debug, sqlx::FromRow)]
pub struct Row {
    /// The keyed hash of its appointment.
    pub id: Uuid,
    /// The month of the session.
    pub month: String,
    /// The rest.
    pub said_sealed: Sealed,
}

/// What was said under this id.
pub async fn load(tx: &mut Tx, id: Uuid) -> Result<Option<Row>> {
    tx.query(sql!("SELECT id, month, said_sealed FROM impression WHERE id = $1")).bind(id).optional().await
}

/// Writes what was said, in the place of what was said before. Where the session was is said once.
pub async fn keep(tx: &mut Tx, row: &Row, centre: CentreId) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO impression (id, centre_id, month, said_sealed) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET said_sealed = excluded.said_sealed"
    ))
    .bind(row.id)
    .bind(centre)
    .bind(row.month.clone())
    .bind(row.said_sealed.clone())
    .execute()
    .await
    .map(drop)
}

/// The months of this centre of which something was said, before the one and up to the other, the latest first, with one more than the page
/// holds. Text of this form sorts like the months.
pub async fn months(
    tx: &mut Tx,
    centre: CentreId,
    (before, last): (Month, &str),
    rows: i64,
) -> Result<Vec<String>> {
    tx.query(sql!(
        "SELECT month FROM impression WHERE centre_id = $1 AND month <= $2 AND month < $3
         GROUP BY month ORDER BY month DESC LIMIT ",
        lite "+",
        "$4"
    ))
    .bind(centre)
    .bind(last.to_owned())
    .bind(before.to_string())
    .bind(rows)
    .scalars()
    .await
}

/// All that was said in this centre between these months.
pub async fn said_in(tx: &mut Tx, centre: CentreId, from: &str, to: &str) -> Result<Vec<Row>> {
    tx.query(sql!(
        "SELECT id, month, said_sealed FROM impression WHERE centre_id = $1 AND month >= $2 AND month <= $3"
    ))
    .bind(centre)
    .bind(from.to_owned())
    .bind(to.to_owned())
    .all()
    .await
}
