//! A centre where something is different for all: it is unfolded, page by page, into its things that are looked at again because of that. A
//! feature says which those are; how far it has come stands on the agenda, so that a large centre goes on behind what others have waiting.

use contract::{CentreId, time::Instant};
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{
    agenda::{self, Entry, Kind, Outcome},
    error::Result,
};
use uuid::Uuid;

/// How many things of a centre are noted at once.
const PAGE: i64 = 100;

/// Reads the next things of a centre behind how far it had come, so many at most.
pub type NextPage = for<'a> fn(&'a mut Tx, CentreId, Option<&'a str>, i64) -> BoxFuture<'a, Result<Stretch>>;

/// What a centre is unfolded into.
#[derive(Debug)]
pub struct Unfolding {
    /// The centre on the agenda.
    pub of_centre: Kind,
    /// One of its things on the agenda.
    pub into: Kind,
    /// The next of them, so many at most. What is handed in is how far it had come; anything else begins anew, which only costs time.
    pub page: NextPage,
}

/// Some things of a centre, in an order.
#[derive(Debug, Default)]
pub struct Stretch {
    /// Which.
    pub ids: Vec<Uuid>,
    /// How far that is; none if there are none.
    pub until: Option<String>,
}

impl Stretch {
    /// Of things in the order of their ids.
    pub fn by_id(ids: Vec<Uuid>) -> Self {
        Self { until: ids.last().map(Uuid::to_string), ids }
    }
}

/// The id up to which things in the order of their ids have been noted.
pub fn id_of(progress: Option<&str>) -> Uuid {
    progress.and_then(|id| id.parse().ok()).unwrap_or_default()
}

impl Unfolding {
    /// Notes that all of a centre's are looked at: one row, however many there are, and none if there are none.
    pub async fn note(&self, tx: &mut Tx, centre: CentreId, now: Instant) -> Result<()> {
        if (self.page)(tx, centre, None, 1).await?.ids.is_empty() {
            return Ok(());
        }
        Ok(agenda::note(tx, self.of_centre, centre, &[centre.0], now).await?)
    }

    /// Notes the next page of each of these centres.
    pub async fn look_at(
        &self,
        tx: &mut Tx,
        entries: &[Entry],
        now: Instant,
    ) -> Result<Vec<(Uuid, Outcome)>> {
        let mut outcomes = Vec::with_capacity(entries.len());
        for entry in entries {
            let outcome = self.unfold(tx, CentreId(entry.id), entry.progress.as_deref(), now).await?;
            outcomes.push((entry.id, outcome));
        }
        Ok(outcomes)
    }

    async fn unfold(
        &self,
        tx: &mut Tx,
        centre: CentreId,
        progress: Option<&str>,
        now: Instant,
    ) -> Result<Outcome> {
        let Stretch { ids, until } = (self.page)(tx, centre, progress, PAGE).await?;
        agenda::note(tx, self.into, centre, &ids, now).await?;
        let is_full = i64::try_from(ids.len()).is_ok_and(|rows| rows == PAGE);
        Ok(until.filter(|_| is_full).map_or(Outcome::Done, Outcome::Unfolded))
    }
}
