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
        let instants = posting.term()?.instants(&app.zones, &posting.zone)?;
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
