//! What becomes of work items as time passes: what was put out of sight comes back, and what is overdue rises to the managers, once.

use super::{
    leads,
    raise::{bring_back, save},
    remind,
    store::{self, Row},
};
use crate::app::{App, timer::Timer};
use contract::time::Instant;
use db::{Tx, sql};
use kernel::{
    agenda::{Kind, Outcome},
    error::{Error, Result},
};
use std::collections::HashMap;
use uuid::Uuid;

/// An open work item.
pub const ITEMS: Kind = Kind::new("work_item");

/// Rows of one statement.
const CHUNK: usize = 500;

/// All of it.
pub const TIMERS: &[Timer] = &[
    leads::TIMER,
    Timer {
        kind: ITEMS,
        is_each_alone: false,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
                let mut outcomes: HashMap<Uuid, Outcome> = HashMap::new();
                for mut row in store::hold(tx, &ids).await? {
                    outcomes.insert(row.id.0, look_at(app, tx, &mut row, now).await?);
                }
                Ok(ids.into_iter().map(|id| (id, outcomes.remove(&id).unwrap_or(Outcome::Done))).collect())
            })
        },
    },
];

async fn look_at(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<Outcome> {
    if !row.state.is_open() {
        return Ok(Outcome::Done);
    }
    let comes_back = row.snoozed_until.is_some() && !row.is_snoozed(now);
    let rises = row.rose_at.is_none() && !row.is_snoozed(now) && row.due_at <= now;
    if comes_back {
        bring_back(row);
    }
    if rises {
        row.rose_at = Some(now);
    }
    if comes_back || rises {
        save(tx, row).await?;
    }
    // Somebody else may be responsible since.
    remind::plan_again(app, tx, row, now).await?;
    Ok(next(row).map_or(Outcome::Done, Outcome::Again))
}

/// When time alone changes something about it next.
pub fn next(row: &Row) -> Option<Instant> {
    row.snoozed_until.or_else(|| row.rose_at.is_none().then_some(row.due_at))
}

/// Derives until when from the zone data in use.
pub async fn derive_all(app: &App, tx: &mut Tx) -> Result<()> {
    let open: Vec<Uuid> =
        tx.query(sql!("SELECT id FROM work_item WHERE closed_at IS NULL ORDER BY id")).scalars().await?;
    for chunk in open.chunks(CHUNK) {
        for mut row in store::hold(tx, chunk).await? {
            derive_again(app, tx, &mut row).await?;
        }
    }
    Ok(())
}

async fn derive_again(app: &App, tx: &mut Tx, row: &mut Row) -> Result<()> {
    let instant = |local| app.zones.resolve(local, &row.zone).map(|time| time.instant);
    let due_at = instant(row.local_due).map_err(Error::internal)?;
    let snoozed_until = row.local_snoozed.map(instant).transpose().map_err(Error::internal)?;
    if (row.due_at, row.snoozed_until) == (due_at, snoozed_until) {
        return Ok(());
    }
    (row.due_at, row.snoozed_until) = (due_at, snoozed_until);
    save(tx, row).await?;
    if let Some(at) = next(row) {
        kernel::agenda::note(tx, ITEMS, row.centre_id, &[row.id.0], at).await?;
    }
    Ok(())
}
