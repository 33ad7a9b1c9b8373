//! What is open in a centre, counted by the database: for the week in figures, which keeps the numbers and none of the items.

use super::{summary, words::WorkCause};
use contract::{CentreId, time::Instant};
use db::{Result, Tx, sql};
use kernel::legible::{Entry, of_all};

/// How much of one cause is open.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct OpenOfCause {
    /// Which cause.
    pub cause: WorkCause,
    /// How many items are open.
    pub open: i64,
    /// How many of them are overdue.
    pub overdue: i64,
    /// How many of them have risen to the managers.
    pub risen: i64,
}

/// What is open at a centre, in the order of the contract: by cause, not by number.
pub async fn open_by_cause(tx: &mut Tx, centre: CentreId, now: Instant) -> Result<Vec<OpenOfCause>> {
    let found: Vec<Entry<(), OpenOfCause>> = tx
        .query(sql!(
            "SELECT cause, count(*) AS open, sum(CASE WHEN due_at <= $2 THEN 1 ELSE 0 END) AS overdue,
                    sum(CASE WHEN rose_at IS NOT NULL THEN 1 ELSE 0 END) AS risen
             FROM work_item WHERE centre_id = $1 AND closed_at IS NULL GROUP BY cause"
        ))
        .bind(centre)
        .bind(now)
        .all()
        .await?;
    let mut found = of_all(found);
    found.sort_by_key(|one| WorkCause::ALL.iter().position(|cause| *cause == one.cause));
    Ok(found)
}

/// How many people a centre accompanies, and how many of them nobody does in person.
pub async fn people(tx: &mut Tx, centre: CentreId) -> Result<(i64, i64)> {
    summary::people(tx, centre).await
}
