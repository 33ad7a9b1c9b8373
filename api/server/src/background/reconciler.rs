//! Takes what is ready on the agenda and asks the feature what becomes of it.

use care::{App, appointment::replan};
use chrono::TimeDelta;
use contract::{ProblemCode, time::Instant};
use db::Tx;
use kernel::{
    agenda::{
        self, Kind, Outcome,
        store::{self, Entry, Lease},
    },
    error::Result,
    supervise::until,
};
use std::collections::HashSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How many are taken at once.
const BATCH: u32 = 100;
/// Then what a node took that died is another's.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// How often it is looked for what another node noted.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(10);
/// How long what somebody else held is left alone.
const HELD: TimeDelta = TimeDelta::seconds(1);
/// What failed so often is set aside.
const TRIES: i64 = 3;
/// How long something is left to other nodes.
const ELSEWHERE: TimeDelta = TimeDelta::minutes(1);
/// How long what failed is left alone, times how often it was tried.
const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(10);

/// Works until `stop` is cancelled: woken by whoever notes something here, and by time.
pub async fn forever(app: App, stop: CancellationToken) {
    let bell = app.bells.of(agenda::BELL).cloned().unwrap_or_default();
    if let Err(error) = take_up_again(&app).await {
        tracing::warn!(?error, "what was set aside could not be taken up again");
    }
    loop {
        let next = match until_stopped(&app, &stop).await {
            Ok(()) => next_ready(&app).await,
            Err(error) => {
                tracing::warn!(?error, "looking at the agenda failed; it is tried again soon");
                None
            }
        };
        let now = app.clock.now();
        // Never at once: what is ready and not taken is somebody else's just now.
        let soonest = now.saturating_add(HELD);
        let next = next.map_or(LOOK_EVERY, |next| next.max(soonest).since(now).min(LOOK_EVERY));
        tokio::select! {
            () = stop.cancelled() => return,
            () = bell.notified() => {}
            () = until(app.clock.delay_until(now.saturating_add(next))) => {}
        }
    }
}

/// Works until nothing is ready. However much there is, a service that stops waits for one round at most.
async fn until_stopped(app: &App, stop: &CancellationToken) -> Result<()> {
    while !stop.is_cancelled() && round(app).await? > 0 {}
    Ok(())
}

async fn take_up_again(app: &App) -> Result<()> {
    let mut tx = app.db.write().await?;
    let count = store::take_up_again(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    if count > 0 {
        tracing::info!(count, "what was set aside is tried again");
    }
    Ok(())
}

async fn next_ready(app: &App) -> Option<Instant> {
    let mut tx = app.db.read().await.ok()?;
    store::next_ready(&mut tx, &known(app)).await.ok().flatten()
}

/// Works until nothing is ready; how many things were looked at.
///
/// # Errors
/// If the database fails, or has no room. What was taken is then taken again once its lease has run out.
pub async fn run(app: &App) -> Result<usize> {
    let mut done = 0;
    loop {
        match round(app).await? {
            0 => return Ok(done),
            looked_at => done += looked_at,
        }
    }
}

/// Takes what is ready, as much as goes at once, and deals with it; how much that was.
///
/// # Errors
/// As [`run`].
pub async fn round(app: &App) -> Result<usize> {
    let from = app.clock.now();
    let lease = Lease { from, until: from.saturating_add(LEASE) };
    let taken = take(app, lease).await?;
    for group in taken.chunk_by(|one, other| one.kind == other.kind && !is_each_alone(app, one.kind)) {
        work_off(app, lease, group).await?;
    }
    Ok(taken.len())
}

async fn take(app: &App, lease: Lease) -> Result<Vec<Entry>> {
    let mut tx = app.db.write().await?;
    if !app.db.is_embedded() {
        replan::take_over(&mut tx, lease.from).await?;
    }
    let taken = store::claim(&mut tx, &known(app), lease, BATCH).await?;
    tx.commit().await?;
    Ok(taken)
}

/// All of them in one transaction; if that fails, each alone, so that one that cannot be dealt with stops none of the others.
async fn work_off(app: &App, lease: Lease, group: &[Entry]) -> Result<()> {
    if let Err(fault) = attempt(app, lease, group).await {
        if let [entry] = group {
            return give_up(app, lease, entry, fault).await;
        }
        for entry in group {
            if let Err(fault) = attempt(app, lease, std::slice::from_ref(entry)).await {
                give_up(app, lease, entry, fault).await?;
            }
        }
    }
    Ok(())
}

/// Why something could not be dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It may be possible later, or elsewhere: a later version wrote a word that is not known here.
    NotHere,
    /// It failed, in a word.
    Failed(&'static str),
}

/// In a task of its own: a panic is a fault of the thing that is looked at, and ends nothing else.
async fn attempt(app: &App, lease: Lease, entries: &[Entry]) -> std::result::Result<(), Fault> {
    let (its_app, entries) = (app.clone(), entries.to_vec());
    let attempt = async move { in_one_transaction(&its_app, lease, &entries).await };
    match app.operations.spawn(attempt).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::warn!(?error, "something on the agenda failed");
            Err(match error.code() {
                Some(ProblemCode::Unavailable | ProblemCode::OutOfRoom) => Fault::NotHere,
                code => Fault::Failed(code.map_or("failed", ProblemCode::as_str)),
            })
        }
        Err(_) => Err(Fault::Failed("panicked")),
    }
}

async fn in_one_transaction(app: &App, lease: Lease, entries: &[Entry]) -> Result<()> {
    let Some(kind) = entries.first().map(|entry| entry.kind) else { return Ok(()) };
    let mut tx = app.db.write_alone().await?;
    match look_and_settle(app, &mut tx, lease, kind, entries).await {
        Ok(()) => app.commit(tx).await,
        Err(error) => {
            // Now: each of them is tried alone next, and must not meet what this held.
            if let Err(lost) = tx.abandon().await {
                tracing::debug!(%lost, "the connection is gone, and what it held with it");
            }
            Err(error)
        }
    }
}

async fn look_and_settle(app: &App, tx: &mut Tx, lease: Lease, kind: Kind, entries: &[Entry]) -> Result<()> {
    let held = store::still_held(tx, lease, entries).await?;
    let mut outcomes = look_at(app, tx, kind, &held, lease.from).await?;
    let looked_at: HashSet<Uuid> = outcomes.iter().map(|(id, _)| *id).collect();
    let later = lease.from.saturating_add(HELD);
    let missed = held.iter().filter(|entry| !looked_at.contains(&entry.id));
    outcomes.extend(missed.map(|entry| (entry.id, Outcome::Again(later))));
    Ok(store::settle(tx, kind, lease, &outcomes).await?)
}

/// What becomes of these things of one kind. Those that somebody else holds just now are left out.
async fn look_at(
    app: &App,
    tx: &mut Tx,
    kind: Kind,
    entries: &[Entry],
    now: Instant,
) -> Result<Vec<(Uuid, Outcome)>> {
    match app.timers().find(|timer| timer.kind == kind) {
        Some(timer) => (timer.look_at)(app, tx, entries, now).await,
        None => Ok(Vec::new()),
    }
}

fn is_each_alone(app: &App, kind: Kind) -> bool {
    app.timers().any(|timer| timer.kind == kind && timer.is_each_alone)
}

fn known(app: &App) -> Vec<Kind> {
    app.timers().map(|timer| timer.kind).collect()
}

/// Leaves something alone for a while, or sets it aside.
///
/// # Errors
/// If that cannot be written down: then nothing can, and it was no fault of this thing.
async fn give_up(app: &App, lease: Lease, entry: &Entry, fault: Fault) -> Result<()> {
    let (pause, word) = match fault {
        Fault::NotHere => (Some(ELSEWHERE), "not_here"),
        Fault::Failed(word) if entry.claims < TRIES => {
            (Some(AFTER_FAILURE * i32::try_from(entry.claims).unwrap_or(1)), word)
        }
        Fault::Failed(word) => (None, word),
    };
    let at = pause.map(|pause| app.clock.now().saturating_add(pause));
    let mut tx = app.db.write().await?;
    store::fail(&mut tx, entry, lease, at, word).await?;
    tx.commit().await?;
    if at.is_none() {
        metrics::counter!("muwakaba_agenda_set_aside_total").increment(1);
        let kind = entry.kind.as_str();
        tracing::error!(kind, id = %entry.id, fault = word, "set aside; `muwakaba doctor` lists what is");
    }
    Ok(())
}
