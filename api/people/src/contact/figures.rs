//! How many a centre has lost touch with, by the rule of the list that says whom.

use super::{rules, store};
use contract::{CentreId, time::Instant};
use db::{Result, Tx, sql};

/// How many have been without contact for as long as the centre says is too long, and how many days that is.
pub async fn without_contact(tx: &mut Tx, centre: CentreId, now: Instant) -> Result<(i64, i64)> {
    let days = rules::after_days(store::days_of_centre(tx, centre).await?);
    let people = tx
        .query(sql!("SELECT count(*) FROM contact WHERE centre_id = $1 AND counted_from <= $2"))
        .bind(centre)
        .bind(rules::latest_for(days, now))
        .scalar()
        .await?;
    Ok((people, days))
}
