//! The rounds: the one task that writes to the database. It settles and claims in the same transaction, keeps the lanes in
//! work, and decides when to sleep.

use std::sync::Arc;
use std::time::Duration;

use contract::time::{Delay, Instant};
use tokio::task::JoinSet;
use tokio::time::{Instant as Tick, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::courier::Courier;
use super::exchange::{Exchange, Report, Unaddressed};
use super::lane::{Lane, after, attempted, count};
use super::meters::{Meters, RoundCounts};
use super::{Counts, Dispatcher};
use crate::outbox::{self, Attempted, Batch, Claimed, FailedReminder, Lease};

/// How long to wait after the database failed; doubled each time up to the second value.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// What is put aside for want of a place is looked through this often.
const SWEEP: Duration = Duration::from_millis(100);
/// A stopping dispatcher tries this often to write down what it sent. Then the leases run out, and it is sent again.
const LAST_TRIES: u32 = 5;

pub(super) struct Rounds<C> {
    dispatcher: Arc<Dispatcher<C>>,
    stop: CancellationToken,
    meters: Arc<Meters>,
    exchange: Arc<Exchange>,
    lanes: JoinSet<()>,
    /// Reported and not yet settled.
    done: Vec<Attempted>,
    /// When the first of `done` came in.
    done_since: Tick,
    /// When to claim next.
    claim_at: Instant,
    /// When deliveries that wait for another try were last looked for.
    looked_again: Tick,
    /// Failures of the database in a row.
    failures: u32,
    counts: Counts,
}

/// What a round brings back once it is committed.
#[derive(Default)]
struct Round {
    unaddressed: Option<Unaddressed>,
    claimed: Vec<Claimed>,
    claim_at: Option<Instant>,
    /// When the first of what was given back may be claimed again.
    back_at: Option<Instant>,
    looked_again: bool,
    counts: RoundCounts,
}

impl<C: Courier> Rounds<C> {
    pub(super) fn new(dispatcher: Arc<Dispatcher<C>>, stop: CancellationToken) -> Self {
        let batch = dispatcher.settings.batch as usize;
        let mut rounds = Self {
            stop,
            meters: Arc::new(Meters::new()),
            exchange: Arc::new(Exchange::new(batch, dispatcher.settings.lanes)),
            lanes: JoinSet::new(),
            done: Vec::with_capacity(batch),
            done_since: Tick::now(),
            claim_at: Instant::MIN,
            looked_again: Tick::now(),
            failures: 0,
            counts: Counts::default(),
            dispatcher,
        };
        for _ in 0..rounds.lanes_wanted() {
            rounds.open_lane();
        }
        rounds
    }

    fn lanes_wanted(&self) -> usize {
        self.dispatcher.settings.lanes.max(1)
    }

    fn open_lane(&mut self) {
        let lane = Lane {
            dispatcher: Arc::clone(&self.dispatcher),
            exchange: Arc::clone(&self.exchange),
            stop: self.stop.clone(),
            meters: Arc::clone(&self.meters),
        };
        self.lanes.spawn(lane.run());
    }

    pub(super) async fn forever(mut self) -> Counts {
        loop {
            let quiet = self.collect();
            if self.round_is_due() {
                if let Err(error) = self.round().await {
                    self.failures = self.failures.saturating_add(1);
                    self.meters.database_error();
                    tracing::warn!(%error, failures = self.failures, "the dispatcher's transaction failed");
                    if self.stop.is_cancelled() && self.failures >= LAST_TRIES {
                        tracing::error!(
                            unsettled = self.done.len(),
                            "stopped before everything was written down"
                        );
                        break;
                    }
                    self.pause().await;
                } else {
                    self.failures = 0;
                }
            } else if self.stop.is_cancelled() && quiet && self.done.is_empty() {
                break;
            } else {
                self.wait().await;
            }
        }
        self.close().await
    }

    pub(super) async fn until_idle(mut self) -> db::Result<Counts> {
        loop {
            let quiet = self.collect();
            if self.round_is_due() {
                self.round().await?;
            } else if quiet && self.done.is_empty() {
                break;
            } else {
                self.wait().await;
            }
        }
        Ok(self.close().await)
    }

    /// Lets the lanes go.
    async fn close(mut self) -> Counts {
        self.exchange.close();
        while self.lanes.join_next().await.is_some() {}
        self.counts
    }

    fn may_claim(&self) -> bool {
        !self.stop.is_cancelled()
            && self.exchange.has_room()
            && self.dispatcher.surroundings.clock.now() >= self.claim_at
    }

    fn round_is_due(&self) -> bool {
        let settings = &self.dispatcher.settings;
        let settle = !self.done.is_empty()
            && (self.exchange.under_way() == 0
                || self.done.len() >= settings.batch as usize
                || self.done_since.elapsed() >= settings.linger);
        settle || self.may_claim()
    }

    async fn round(&mut self) -> db::Result<()> {
        let mut round = self.transact().await?;
        self.meters.round(&round.counts);
        round.back_at = self.done.iter().filter_map(|attempted| attempted.given_back).min();
        for attempted in self.done.drain(..) {
            count(&mut self.counts, &attempted);
        }
        self.counts.claimed += round.counts.claimed;
        self.counts.expired += round.counts.expired;
        self.counts.reminders_failed += round.counts.failed;
        self.counts.lost += round.counts.lost;
        if let Some(at) = round.claim_at {
            self.claim_at = at;
        } else if let Some(at) = round.back_at {
            self.claim_at = self.claim_at.min(at);
        }
        if round.looked_again {
            self.looked_again = Tick::now();
        }
        self.exchange.hand_out(round.unaddressed, round.claimed, self.lanes_wanted());
        Ok(())
    }

    /// Settles and claims in one transaction, and changes nothing here: it can be repeated.
    async fn transact(&self) -> db::Result<Round> {
        let surroundings = &self.dispatcher.surroundings;
        let now = surroundings.clock.now();
        let mut round = Round::default();
        let mut failed: Vec<FailedReminder> = Vec::new();
        let mut tx = surroundings.db.write_alone().await?;
        if !self.done.is_empty() {
            let settlement = outbox::settle(&mut tx, now, &self.done).await?;
            round.counts.settled = settlement.settled;
            round.counts.lost = settlement.lost;
            failed.extend(settlement.failed);
        }
        if self.may_claim() {
            self.claim(&mut tx, now, &mut round, &mut failed).await?;
        }
        if !failed.is_empty() {
            round.counts.failed = failed.len();
            surroundings.escalation.failed(&mut tx, &failed).await?;
        }
        tx.commit().await?;
        if !failed.is_empty() {
            tracing::warn!(count = failed.len(), "reminders failed on every device");
        }
        tracing::debug!(
            claimed = round.counts.claimed,
            settled = round.counts.settled,
            lost = round.counts.lost,
            "dispatcher round"
        );
        Ok(round)
    }

    async fn claim(
        &self,
        tx: &mut db::Tx,
        now: Instant,
        round: &mut Round,
        failed: &mut Vec<FailedReminder>,
    ) -> db::Result<()> {
        let settings = &self.dispatcher.settings;
        let lease = Lease::new(now, settings.lease);
        let first = outbox::claim(tx, lease, settings.batch).await?;
        let mut more = first.touched >= settings.batch as usize;
        let mut again = Batch::empty();
        if !more || self.looked_again.elapsed() >= settings.look_again {
            let limit = settings.again_limit();
            again = outbox::claim_waiting(tx, lease, limit).await?;
            more |= again.touched >= limit as usize;
            round.looked_again = true;
        }
        round.claim_at = Some(if more {
            now
        } else {
            let latest = now.saturating_add(settings.poll_interval);
            outbox::next_ready(tx).await?.map_or(latest, |ready| ready.min(latest))
        });
        round.counts.claimed = first.claimed.len() + again.claimed.len();
        round.counts.expired = first.expired + again.expired;
        failed.extend(first.failed);
        failed.extend(again.failed);
        round.unaddressed = (!first.claimed.is_empty()).then_some(Unaddressed { due: first.claimed, lease });
        round.claimed = again.claimed;
        Ok(())
    }

    /// Waits for whatever comes first: results, a signal, the time to settle or claim, or the end.
    async fn wait(&mut self) {
        let clock = &self.dispatcher.surroundings.clock;
        let settle_at = (!self.done.is_empty()).then(|| self.done_since + self.dispatcher.settings.linger);
        let may_claim = self.exchange.has_room() && !self.stop.is_cancelled();
        let sweep_at = self.exchange.has_parked().then(|| Tick::now() + SWEEP);
        let claim_in = may_claim.then(|| clock.delay_until(self.claim_at));
        tokio::select! {
            () = self.stop.cancelled(), if !self.stop.is_cancelled() => {}
            Some(ended) = self.lanes.join_next() => self.replace_lane(ended.is_err()),
            () = self.exchange.news() => {}
            () = self.dispatcher.bell.notified() => self.claim_at = Instant::MIN,
            () = tick(settle_at) => {}
            () = tick(sweep_at) => {}
            () = delay(claim_in) => {}
        }
    }

    /// Takes in what the lanes have reported; whether that is all they were handed.
    fn collect(&mut self) -> bool {
        self.sweep();
        // In this order: a lane reports before it counts itself out.
        let quiet = self.exchange.under_way() == 0;
        let first = self.done.is_empty();
        let (dropped, since) = self.exchange.collect(&mut self.done);
        self.counts.dropped += dropped;
        if let Some(since) = since.filter(|_| first) {
            self.done_since = since;
        }
        quiet
    }

    /// Gives back what was put aside for too long, or everything if the end has come.
    fn sweep(&self) {
        if !self.exchange.has_parked() {
            return;
        }
        let now = self.dispatcher.surroundings.clock.now();
        for (claimed, pause) in self.exchange.sweep(self.stop.is_cancelled()) {
            let given_back = attempted(&claimed, Vec::new(), Some(after(now, pause)));
            self.exchange.report(Report::Attempted(given_back));
        }
    }

    /// A lane ends before its time only by a fault of ours; its reminder is sent again when the lease ends.
    fn replace_lane(&mut self, failed: bool) {
        if failed {
            tracing::error!("a lane of the dispatcher failed");
        }
        self.open_lane();
    }

    async fn pause(&self) {
        let factor = 2_u32.saturating_pow(self.failures.saturating_sub(1).min(16));
        let pause = FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE);
        tokio::select! {
            () = sleep(pause) => {}
            () = self.stop.cancelled(), if !self.stop.is_cancelled() => {}
        }
    }
}

async fn tick(at: Option<Tick>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn delay(until: Option<Delay>) {
    match until {
        Some(Delay::Sleep(duration)) => sleep(duration).await,
        Some(Delay::Manual(moved)) => moved.await,
        None => std::future::pending().await,
    }
}
