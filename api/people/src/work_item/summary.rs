//! How a centre's work stands, counted from what is open.

use super::{answer::CauseCount, store::Row, words::WorkItemState};
use contract::{CentreId, time::Instant};
use db::{Result, Tx, sql};
use std::collections::BTreeMap;

/// What is open, by cause: the most frequent first, and in the order of the contract where it is the same.
pub fn by_cause(rows: &[Row], now: Instant) -> Vec<CauseCount> {
    let mut counts = BTreeMap::new();
    for row in rows {
        let empty = CauseCount { cause: row.cause, open: 0, untaken: 0, overdue: 0, snoozed: 0 };
        let count = counts.entry(row.cause).or_insert(empty);
        count.open += 1;
        count.untaken += u32::from(row.state == WorkItemState::Open);
        count.overdue += u32::from(row.due_at <= now);
        count.snoozed += u32::from(row.is_snoozed(now));
    }
    let mut counts: Vec<CauseCount> = counts.into_values().collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.open));
    counts
}

/// How many people a centre accompanies, and how many of them nobody does in person.
pub async fn people(tx: &mut Tx, centre: CentreId) -> Result<(i64, i64)> {
    tx.query(sql!(
        "SELECT count(*), COALESCE(sum(CASE WHEN EXISTS (
                    SELECT 1 FROM assignment AS a WHERE a.participant_id = p.id AND a.ended_at IS NULL
                ) THEN 0 ELSE 1 END), 0)
         FROM participant AS p WHERE p.centre_id = $1 AND p.active"
    ))
    .bind(centre)
    .one()
    .await
}
