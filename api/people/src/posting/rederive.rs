//! The instants of postings, derived again when the rules of a zone or the zone of a centre are others. The days stay.

use super::{store, timers::POSTINGS};
use crate::App;
use contract::{CentreId, time::Instant};
use db::Tx;
use kernel::{agenda, error::Result};

/// Derives those of this centre (`None`: of all) again that have not ended.
///
/// # Errors
/// If the database fails, or a day or zone cannot be read.
pub async fn again(app: &App, tx: &mut Tx, centre: Option<CentreId>, now: Instant) -> Result<()> {
    for posting in store::ahead(tx, centre, now).await? {
        let (starts_at, ends_at) = posting.term()?.instants(&app.zones, &posting.zone)?;
        // What has begun is not undone, or the people there would be theirs without their being there.
        let starts_at = if posting.starts_at <= now { posting.starts_at } else { starts_at };
        let ends_at = match (ends_at, centre) {
            // Where a centre has another zone, appointments stay when they were: nobody is left before somebody who is gone.
            (Some(ends_at), Some(centre)) => Some(
                store::last_hosted_until(tx, posting.staff_id, centre, now)
                    .await?
                    .map_or(ends_at, |last| last.max(ends_at)),
            ),
            (ends_at, _) => ends_at,
        };
        let instants = (starts_at, ends_at);
        if instants == (posting.starts_at, posting.ends_at) {
            continue;
        }
        store::set_instants(tx, posting.id, instants).await?;
        if let Some(ends_at) = instants.1 {
            agenda::note(tx, POSTINGS, posting.centre_id, &[posting.id.0], ends_at).await?;
        }
    }
    Ok(())
}
