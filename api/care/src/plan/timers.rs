//! What is looked at again: a plan when its next day comes near enough to be planned, when a conversation is to be arranged, when an appointment for
//! one is another now, and when its file goes on; a centre whose calendar is another one, unfolded into its running plans. A batch of plans is
//! one transaction.

use super::{materialise, store, words::PlanId};
use crate::app::{App, timer::Timer};
use contract::{CentreId, time::Instant};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Entry, Kind, Outcome},
    error::Result,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A plan that is looked at again.
pub const PLANS: Kind = Kind::new("plan");

/// A centre where something is different for all.
const PLANS_OF_CENTRES: Kind = Kind::new("plans_of_centre");

/// How many plans of a centre are noted at once.
const PAGE: i64 = 100;

/// All of it.
pub const TIMERS: &[Timer] = &[
    Timer {
        kind: PLANS_OF_CENTRES,
        is_each_alone: true,
        look_at: |_, tx, entries, now| {
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(entries.len());
                for entry in entries {
                    let outcome = unfold(tx, CentreId(entry.id), entry.progress.as_deref(), now).await?;
                    outcomes.push((entry.id, outcome));
                }
                Ok(outcomes)
            })
        },
    },
    Timer {
        kind: PLANS,
        is_each_alone: false,
        look_at: |app, tx, entries, now| Box::pin(look_at(app, tx, entries, now)),
    },
];

async fn look_at(app: &App, tx: &mut Tx, entries: &[Entry], now: Instant) -> Result<Vec<(Uuid, Outcome)>> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let mut outcomes: BTreeMap<Uuid, Outcome> = ids.iter().map(|id| (*id, Outcome::Done)).collect();
    let rows = store::held(tx, &ids).await?;
    outcomes.extend(materialise::top_up(app, tx, None, rows, now).await?);
    Ok(outcomes.into_iter().collect())
}

/// Notes when to go on with a plan that was just looked at.
pub async fn note_outcome(tx: &mut Tx, centre: CentreId, id: Uuid, outcome: Outcome) -> Result<()> {
    match outcome {
        Outcome::Again(at) => Ok(agenda::note(tx, PLANS, centre, &[id], at).await?),
        Outcome::Done | Outcome::Unfolded(_) => Ok(()),
    }
}

/// Notes that a plan is looked at now.
pub async fn note(tx: &mut Tx, centre: CentreId, ids: &[Uuid], now: Instant) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    Ok(agenda::note(tx, PLANS, centre, ids, now).await?)
}

/// The same of one plan.
pub async fn note_one(tx: &mut Tx, centre: CentreId, id: PlanId, now: Instant) -> Result<()> {
    note(tx, centre, &[id.0], now).await
}

/// Notes that all running plans of a centre are looked at: one row, however many there are, and none if there are none.
pub async fn note_centre(tx: &mut Tx, centre: CentreId, now: Instant) -> Result<()> {
    if page(tx, centre, Uuid::nil(), 1).await?.is_empty() {
        return Ok(());
    }
    Ok(agenda::note(tx, PLANS_OF_CENTRES, centre, &[centre.0], now).await?)
}

/// Notes the next page of a centre's. `progress` is the last that was noted; anything else begins anew, which only costs time.
async fn unfold(tx: &mut Tx, centre: CentreId, progress: Option<&str>, now: Instant) -> Result<Outcome> {
    let after = progress.and_then(|id| id.parse().ok()).unwrap_or_default();
    let ids = page(tx, centre, after, PAGE).await?;
    note(tx, centre, &ids, now).await?;
    Ok(match ids.last() {
        Some(last) if i64::try_from(ids.len()).is_ok_and(|rows| rows == PAGE) => {
            Outcome::Unfolded(last.to_string())
        }
        _ => Outcome::Done,
    })
}

async fn page(tx: &mut Tx, centre: CentreId, after: Uuid, rows: i64) -> Result<Vec<Uuid>> {
    Ok(tx
        .query(sql!(
            "SELECT id FROM plan WHERE centre_id = $1 AND ended_at IS NULL AND id > $2 ORDER BY id LIMIT ",
            lite "+",
            "$3"
        ))
        .bind(centre)
        .bind(after)
        .bind(rows)
        .scalars()
        .await?)
}
