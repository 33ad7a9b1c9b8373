//! How much is waiting to be sent, for whoever watches the service.

use contract::time::Instant;
use db::{Db, Result, sql};

/// What is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Reminders that are due and not sent.
    pub overdue: i64,
    /// Reminders whose time has not come.
    pub planned: i64,
}

impl Backlog {
    /// As it stands.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of(db: &Db, now: Instant) -> Result<Self> {
        let mut tx = db.read().await?;
        let overdue = sql!("SELECT count(*) FROM reminder WHERE ready_at <= $1");
        let planned = sql!("SELECT count(*) FROM reminder WHERE ready_at > $1");
        Ok(Self {
            overdue: tx.query(overdue).bind(now).scalar().await?,
            planned: tx.query(planned).bind(now).scalar().await?,
        })
    }
}
