//! Instants that another node wrote by older zone data. It ran already when this one derived everything again, and goes on by its
//! own data until it is updated; what it writes meanwhile is found in the change feed and derived again. SQLite has one node only.

use super::{
    derive, derive_again, since,
    store::{self, CHUNK, Grip},
};
use crate::App;
use contract::{AppointmentId, CentreId, time::Instant};
use kernel::error::Result;
use std::collections::BTreeMap;

/// Up to where the change feeds were looked through. The first look takes every appointment ahead: something may have been written
/// while no node with this data was running.
#[derive(Debug, Default)]
pub struct Watch {
    seen: Option<BTreeMap<CentreId, i64>>,
}

impl Watch {
    /// Derives again what was written by other data than ours since the last look; how many there were.
    ///
    /// # Errors
    /// If the database fails; the next look takes up the same.
    pub async fn look(&mut self, app: &App) -> Result<usize> {
        let now = app.clock.now();
        let mut tx = app.db.read().await?;
        if store::edition(&mut tx).await?.is_some_and(|stored| stored > *app.zones.version()) {
            tracing::error!(
                zone_data.version = %app.zones.version(),
                "another node has newer zone data: update this one, its times may be wrong"
            );
            return Ok(0);
        }
        let positions = store::positions(&mut tx).await?;
        let mut ids = Vec::new();
        match &self.seen {
            None => ids = store::ahead(&mut tx, since(now)).await?,
            Some(seen) => {
                for (centre, position) in &positions {
                    let after = seen.get(centre).copied().unwrap_or(0);
                    if *position > after {
                        ids.extend(store::changed(&mut tx, *centre, after).await?);
                    }
                }
            }
        }
        let mut wrong = Vec::new();
        for chunk in ids.chunks(CHUNK) {
            wrong.extend(wrong_among(app, &mut tx, chunk, now).await);
        }
        drop(tx);
        if !wrong.is_empty() {
            mend(app, wrong.as_mut_slice(), now).await?;
        }
        self.seen = Some(positions.into_iter().collect());
        Ok(wrong.len())
    }
}

/// Those that our data puts elsewhere. What cannot be read or derived was set aside when the data changed.
async fn wrong_among(
    app: &App,
    tx: &mut db::Tx,
    chunk: &[AppointmentId],
    now: Instant,
) -> Vec<AppointmentId> {
    let mut rows = Vec::new();
    match store::load(tx, chunk, since(now), Grip::Loose, now).await {
        Ok(all) => rows = all,
        Err(_) => {
            for id in chunk {
                rows.extend(store::load(tx, &[*id], since(now), Grip::Loose, now).await.unwrap_or_default());
            }
        }
    }
    rows.into_iter().filter_map(|mut row| (derive(app, &mut row).ok()?).then_some(row.id)).collect()
}

async fn mend(app: &App, wrong: &mut [AppointmentId], now: Instant) -> Result<()> {
    wrong.sort_unstable();
    let mut tx = app.db.write().await?;
    let done = derive_again(app, &mut tx, wrong, now).await?;
    tx.commit().await?;
    app.push.dispatcher.wake();
    tracing::warn!(
        moved = done.moved,
        overlapping = done.overlapping,
        "another node wrote times by older zone data"
    );
    Ok(())
}
