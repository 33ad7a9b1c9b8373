//! What is no more, or no longer somebody's, is told for 400 days. A phone that was away for longer starts again. What is there stays in
//! the feed for as long as it is there.

use super::BATCH;
use chrono::TimeDelta;
use contract::{CentreId, time::Instant};
use db::{Result, Tx, sql};

/// For how long it is told.
const TOLD: TimeDelta = TimeDelta::days(400);

fn day(at: Instant) -> i64 {
    at.as_seconds().div_euclid(86_400)
}

/// Notes how far each centre's feed has come today, and forgets a batch of what was told for long enough.
pub(super) async fn batch(tx: &mut Tx, now: Instant) -> Result<u64> {
    tx.query(sql!(
        "INSERT INTO change_day (centre_id, day, position) SELECT centre_id, ",
        lite "$1",
        pg "CAST($1 AS BIGINT)",
        ", position FROM change_counter WHERE TRUE ON CONFLICT (centre_id, day) DO NOTHING"
    ))
    .bind(day(now))
    .execute()
    .await?;
    let last = day(now.saturating_sub(TOLD));
    let old: Vec<(CentreId, i64)> = tx
        .query(sql!(
            "SELECT change.centre_id, change.position
             FROM (SELECT centre_id, max(position) AS position FROM change_day WHERE day <= $1 GROUP BY centre_id) AS told
             JOIN change ON change.centre_id = told.centre_id AND change.position <= told.position
                        AND change.operation <> 'upsert'
             ORDER BY change.centre_id, change.position LIMIT ",
            lite "+",
            "$2"
        ))
        .bind(last)
        .bind(i64::from(BATCH))
        .all()
        .await?;
    for of_centre in old.chunk_by(|one, other| one.0 == other.0) {
        let Some((centre, last)) = of_centre.last() else { continue };
        let statement = sql!("DELETE FROM change WHERE centre_id = ? AND position IN ({rows})");
        let mut query = tx.query_rows(statement, of_centre.len(), 1).bind(*centre);
        for (_, position) in of_centre {
            query = query.bind(*position);
        }
        query.execute().await?;
        tx.query(sql!("UPDATE change_counter SET forgotten = $2 WHERE centre_id = $1 AND forgotten < $2"))
            .bind(*centre)
            .bind(*last)
            .execute()
            .await?;
    }
    // Nothing is left of what these days would tell.
    if old.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
        tx.query(sql!("DELETE FROM change_day WHERE day <= $1")).bind(last).execute().await?;
    }
    Ok(u64::try_from(old.len()).unwrap_or(u64::MAX))
}
