//! How a centre's work stands, counted from what is open.

use super::{answer::CauseCount, words::WorkCause};
use contract::{CentreId, time::Instant};
use db::{Result, Tx, sql};
use kernel::legible::{Entry, of_all};

/// What is open of one cause.
#[derive(Debug, sqlx::FromRow)]
struct Counted {
    cause: WorkCause,
    open: i64,
    untaken: i64,
    overdue: i64,
    snoozed: i64,
}

/// What is open at a centre, by cause: the most frequent first, and in the order of the contract where it is the same. The database counts: whose
/// each is and whom it is about is not asked for a number.
pub async fn by_cause(tx: &mut Tx, centre: CentreId, now: Instant) -> Result<Vec<CauseCount>> {
    let found: Vec<Entry<(), Counted>> = tx
        .query(sql!(
            "SELECT cause, count(*) AS open, sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END) AS untaken,
                    sum(CASE WHEN due_at <= $2 THEN 1 ELSE 0 END) AS overdue,
                    sum(CASE WHEN snoozed_until > $2 THEN 1 ELSE 0 END) AS snoozed
             FROM work_item WHERE centre_id = $1 AND closed_at IS NULL GROUP BY cause"
        ))
        .bind(centre)
        .bind(now)
        .all()
        .await?;
    let mut found = of_all(found);
    found.sort_by_key(|one| {
        (std::cmp::Reverse(one.open), WorkCause::ALL.iter().position(|cause| *cause == one.cause))
    });
    let whole = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let count = |one: Counted| CauseCount {
        cause: one.cause,
        open: whole(one.open),
        untaken: whole(one.untaken),
        overdue: whole(one.overdue),
        snoozed: whole(one.snoozed),
    };
    Ok(found.into_iter().map(count).collect())
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
