//! What `make chaos` does: kills the dispatcher with SIGKILL in the middle of its work, several times, and sees whether every
//! reminder is delivered all the same, repeated no more than it must be, and each time under the same tag.
//!
//! This process is the push service (`receiver.rs`) and the judge (`verdict.rs`). The dispatcher is another process
//! (`worker.rs`): it is killed when a share of the reminders drawn by chance has arrived, and another one starts at once. The
//! last one is left to finish. What a dead dispatcher held is free again when its lease ends, so it is the lease that a run
//! waits for at its end; it is shorter here than in production, and the result says how long it was.

mod ledger;
pub mod receiver;
mod verdict;
pub mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{ExitCode, Stdio};
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use db::Db;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{interval, timeout};

use crate::arguments::{Channel, ChaosArguments};
use crate::people::{self, Crowd};
use crate::{Failure, database_url};
use ledger::{CutOff, Ledger};
use receiver::Receiver;
use verdict::{Evidence, Verdict};

/// A dispatcher that needs longer than this from one kill to the next, or to its end, hangs.
const PATIENCE: Duration = Duration::from_mins(5);
/// How often the database is asked whether all is settled; nobody tells this process.
const LOOK: Duration = Duration::from_millis(100);

/// Runs it, prints its line, and fails if the promise was broken.
pub async fn run(arguments: &ChaosArguments) -> Result<ExitCode, Failure> {
    let began = Instant::now();
    let directory = tempfile::tempdir()?;
    let url = database_url(&arguments.database, &directory);
    let receiver = Receiver::start().await?;
    let embedded = seed(&url, arguments.count, &receiver).await?;

    let ledger = Ledger { database: &url, receiver: &receiver };
    let mut killed_at = Vec::new();
    let mut cut_off: BTreeSet<CutOff> = BTreeSet::new();
    let mut claims_cut_off = Vec::new();
    for kill in 0..arguments.kills {
        let mark = mark(arguments.count, kill, arguments.kills, chance()?).max(receiver.reached() + 1);
        let worker = start(&url, arguments)?;
        killed_at.push(kill_at(worker, mark, &receiver).await?);
        let before = cut_off.len();
        // Those of an earlier kill may still be open: a claim is the same only if its lease is.
        cut_off.extend(ledger.claims().await?);
        claims_cut_off.push(cut_off.len() - before);
    }
    let last = start(&url, arguments)?;
    finish(last, &url).await?;

    let closing = ledger.close().await?;
    let mut by_subscription: BTreeMap<String, usize> = BTreeMap::new();
    for (subscription, _) in cut_off {
        *by_subscription.entry(subscription).or_default() += 1;
    }
    let held = worker::settings(arguments.pace, arguments.lease).most_held();
    let verdict = Verdict::of(&Evidence {
        arrivals: &receiver.arrivals(),
        attempts: &closing.attempts,
        cut_off: &by_subscription,
        unsettled: closing.unsettled,
        most_held: held * usize::try_from(arguments.kills)?,
    });
    let line = serde_json::json!({
        "name": "chaos",
        "database": if embedded { "sqlite" } else { "postgres" },
        "count": arguments.count,
        "kills": arguments.kills,
        "killed_at": killed_at,
        "claims_cut_off": claims_cut_off,
        "most_held": held,
        "repeats": verdict.repeats,
        "most_allowed": verdict.most_allowed,
        "lost": verdict.lost,
        "changed_tags": verdict.changed_tags,
        "unexplained": verdict.unexplained,
        "strays": verdict.strays,
        "unsettled": verdict.unsettled,
        "lease_seconds": arguments.lease,
        "seconds": began.elapsed().as_secs(),
    });
    writeln!(std::io::stdout(), "{line}")?;
    if verdict.is_kept() {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(std::io::stderr(), "the promise was broken: {verdict:?}")?;
    Ok(ExitCode::FAILURE)
}

/// Writes the reminders down; whether the database is the embedded one.
async fn seed(url: &str, count: usize, receiver: &Receiver) -> Result<bool, Failure> {
    let db = Db::open(url).await?;
    db.migrate().await?;
    people::settle(&db, &Crowd { channel: Channel::WebPush, count, sink: &receiver.url }).await?;
    db.close().await;
    Ok(db.is_embedded())
}

/// How many subscriptions are to be reached when a dispatcher is killed: a place, drawn by chance, in the kill's own share of
/// them. What comes after the last kill has a share as well.
fn mark(count: usize, kill: u32, kills: u32, chance: f64) -> usize {
    let share = count as f64 / f64::from(kills.saturating_add(1));
    ((f64::from(kill) + chance) * share) as usize
}

/// A number from 0 to 1.
fn chance() -> Result<f64, Failure> {
    let mut bytes = [0; 4];
    rand::fill(&mut bytes)?;
    Ok(f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX))
}

/// A dispatcher in a process of its own.
struct Worker {
    process: Child,
    /// It works until this is dropped. Apart from the process, since whoever waits for a `Child` closes the input it holds.
    input: Option<ChildStdin>,
}

fn start(url: &str, arguments: &ChaosArguments) -> Result<Worker, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["chaos-worker", "--database", url, "--lease", &arguments.lease.to_string()]);
    if let Some(batch) = arguments.pace.batch {
        command.args(["--batch", &batch.to_string()]);
    }
    if let Some(lanes) = arguments.pace.lanes {
        command.args(["--lanes", &lanes.to_string()]);
    }
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true).spawn()?;
    let input = process.stdin.take();
    Ok(Worker { process, input })
}

/// Kills a dispatcher when so many subscriptions have been reached; how many it was in the end.
async fn kill_at(mut worker: Worker, mark: usize, receiver: &Receiver) -> Result<usize, Failure> {
    tokio::select! {
        reached = timeout(PATIENCE, receiver.wait_for(mark)) => reached??,
        status = worker.process.wait() => return Err(format!("the dispatcher ended before it was killed: {}", status?).into()),
    }
    // SIGKILL: it has no chance to tidy up. Returns when the process is gone.
    worker.process.kill().await?;
    Ok(receiver.reached())
}

/// Lets the last dispatcher work until nothing is left, then asks it to stop.
async fn finish(mut worker: Worker, url: &str) -> Result<(), Failure> {
    let db = Db::open(url).await?;
    let idle = async {
        let mut look = interval(LOOK);
        loop {
            look.tick().await;
            if ledger::is_idle(&db).await? {
                return Ok::<(), Failure>(());
            }
        }
    };
    tokio::select! {
        idle = timeout(PATIENCE, idle) => idle??,
        status = worker.process.wait() => return Err(format!("the last dispatcher ended early: {}", status?).into()),
    }
    db.close().await;
    drop(worker.input.take());
    let status = timeout(PATIENCE, worker.process.wait()).await??;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the last dispatcher did not stop well: {status}").into())
    }
}

#[cfg(test)]
mod tests {
    use super::mark;

    #[test]
    fn kills_are_spread_over_the_run_and_leave_the_last_share_alone() {
        assert_eq!([0, 1, 2].map(|kill| mark(20_000, kill, 3, 0.5)), [2_500, 7_500, 12_500]);
        assert_eq!([0, 1, 2].map(|kill| mark(20_000, kill, 3, 1.0)), [5_000, 10_000, 15_000]);
    }
}
