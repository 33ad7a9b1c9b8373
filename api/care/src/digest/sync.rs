//! What managers' phones get of digests.

use super::{
    answer::{Digest, named_in},
    store::{self, Row},
    things::DIGEST,
};
use chrono::TimeDelta;
use contract::StaffRole;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// For so long a phone shows a week; what is older is read online.
const SHOWN: TimeDelta = TimeDelta::weeks(8);

/// The latest weeks of one's own centre.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Digest;
    const LIST: &'static str = "digests";
    const ABOUT: &'static str =
        "The weeks of the last eight of a manager's centre in figures, as `readDigest` gives them.";
    const KINDS: &'static [&'static Thing] = &[&DIGEST];

    fn is_for(actor: &Actor) -> bool {
        actor.role() == Some(StaffRole::Manager)
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Digest>>> {
        let since = loading.now.saturating_sub(SHOWN);
        let rows = store::named(loading.tx, loading.actor.centre(), ids).await?;
        let rows: Vec<Row> = rows.into_iter().filter(|row| row.made_at > since).collect();
        let companions = store::companions_named(loading.tx, &named_in(&rows)?).await?;
        let told = rows.into_iter().map(|row| {
            Told::of(row.id.0, None, Some(row), |row| Digest::of(loading.kernel, &row, &companions))
        });
        Ok(told.collect())
    }
}
