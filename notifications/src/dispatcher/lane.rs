//! A lane: does one errand after the other. Most are a claimed reminder that is to be sent to its devices; before that, one lane
//! finds out for a whole batch which devices these are. It brings nothing to a push service that has no place left.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use contract::ChannelKind;
use contract::time::Instant;
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::courier::{Courier, Letter, Parcel};
use super::exchange::{Errand, Exchange, Report, Unaddressed};
use super::meters::Meters;
use super::origins::{Entry, Visit};
use super::{Counts, Dispatcher};
use crate::channel::RetryReason;
use crate::outbox::Facts;
use crate::outbox::{self, Attempt, Attempted, Claimed, Recipients, Target, Verdict};
use crate::payload::{self, Told};

/// How long to wait after a reading failed.
const READ_PAUSE: Duration = Duration::from_millis(200);
/// Why a device was not tried: its push service has all the requests that it may have, and does not answer.
const NO_PLACE: &str = "no_place";
/// What this version cannot read is claimed again after this long, by whoever is first then.
const READ_BY_OTHERS: Duration = Duration::from_secs(15);
/// What has fields that are not known here is left to newer versions for this long. Then it is sent as it is understood: there may
/// be no newer version any more, and what it says without them is what was said before there were any.
const LEFT_TO_OTHERS: TimeDelta = TimeDelta::minutes(2);
const TIMEOUT: &str = RetryReason::Timeout.as_str();

/// Claims that a lane has in hand. If the lane fails, nobody will report them, and their places are free again.
struct InHand<'a> {
    exchange: &'a Exchange,
    count: usize,
    visit: Option<Visit>,
}

impl InHand<'_> {
    fn done(mut self) {
        self.count = 0;
    }

    /// The visit is over; what to bring next, if something waits for a place that is free now.
    fn left(mut self, answered: bool) -> Option<Claimed> {
        self.count = 0;
        let visit = self.visit.take();
        visit.and_then(|visit| self.exchange.leave(&visit, answered))
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        let next = self.visit.take().and_then(|visit| self.exchange.leave(&visit, false));
        if let Some(next) = next {
            self.exchange.hand_on(vec![next], 1);
        }
        self.exchange.lose(self.count);
    }
}

/// Whether to bring a claim.
enum Begin {
    Now,
    /// It is given back, to be claimed again after so long.
    NotHere(Duration),
    /// It is held by nobody or by somebody else.
    Never,
}

/// Why there is no text.
enum Unwritten {
    /// A later version wrote what it says.
    NotKnownHere,
    Failed(payload::PayloadError),
}

impl From<payload::PayloadError> for Unwritten {
    fn from(error: payload::PayloadError) -> Self {
        Self::Failed(error)
    }
}

pub(super) struct Lane<C> {
    pub(super) dispatcher: Arc<Dispatcher<C>>,
    pub(super) exchange: Arc<Exchange>,
    pub(super) stop: CancellationToken,
    pub(super) meters: Arc<Meters>,
}

impl<C: Courier> Lane<C> {
    /// Works until the exchange is closed.
    pub(super) async fn run(self) {
        let mut next = None;
        loop {
            let errand = match next.take() {
                Some(claimed) => Errand::Bring(claimed),
                None => match self.exchange.take().await {
                    Some(errand) => errand,
                    None => return,
                },
            };
            match errand {
                Errand::Address(unaddressed) => {
                    let count = unaddressed.due.len();
                    let in_hand = InHand { exchange: &self.exchange, count, visit: None };
                    let recipients = self.recipients(&unaddressed).await;
                    in_hand.done();
                    self.pass_on(unaddressed, recipients);
                }
                Errand::Bring(claimed) => match self.exchange.enter(claimed) {
                    Entry::Go(visit) => next = self.visit(visit).await,
                    Entry::Parked => {}
                    Entry::GiveBack(claimed, pause) => {
                        self.exchange.report(Report::Attempted(self.give_back(&claimed, pause)));
                    }
                },
            }
        }
    }

    /// Brings a claim that has its places; what to bring next.
    async fn visit(&self, visit: Visit) -> Option<Claimed> {
        let in_hand = InHand { exchange: &self.exchange, count: 1, visit: Some(visit) };
        let Some(visit) = &in_hand.visit else { return None };
        let (report, answered) = self.bring(visit).await;
        let next = in_hand.left(answered);
        self.exchange.report(report);
        next
    }

    fn give_back(&self, claimed: &Claimed, pause: Duration) -> Attempted {
        attempted(claimed, Vec::new(), Some(after(self.dispatcher.surroundings.clock.now(), pause)))
    }

    /// Finds out how the recipients are reached. It is tried until the dispatcher stops or too little is left of the lease.
    async fn recipients(&self, Unaddressed { due, lease }: &Unaddressed) -> Option<Recipients> {
        let (settings, surroundings) = (&self.dispatcher.settings, &self.dispatcher.surroundings);
        while !self.stop.is_cancelled() && lease.until.since(surroundings.clock.now()) >= settings.send_margin
        {
            let recipients = async {
                let mut tx = surroundings.db.read().await?;
                outbox::recipients(&mut tx, due).await
            };
            match recipients.await {
                Ok(recipients) => return Some(recipients),
                Err(error) => {
                    self.meters.database_error();
                    tracing::warn!(%error, "the dispatcher could not read how people are reached");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(READ_PAUSE) => {}
                () = self.stop.cancelled() => {}
            }
        }
        None
    }

    /// Hands on what is addressed; what is not is given back.
    fn pass_on(&self, Unaddressed { due, lease }: Unaddressed, recipients: Option<Recipients>) {
        if let Some(recipients) = recipients {
            return self.exchange.hand_on(recipients.address(due, lease), self.dispatcher.settings.lanes);
        }
        for claimed in Recipients::default().address(due, lease) {
            self.exchange.report(Report::Attempted(self.give_back(&claimed, Duration::ZERO)));
        }
    }

    /// Brings a claim to those of its devices that have a place, and says whether their services answered.
    async fn bring(&self, visit: &Visit) -> (Report, bool) {
        let (claimed, now) = (&visit.claimed, self.dispatcher.surroundings.clock.now());
        if self.stop.is_cancelled() {
            return (Report::Attempted(self.give_back(claimed, Duration::ZERO)), true);
        }
        match self.may_begin(claimed, now).await {
            Begin::Now => {}
            Begin::NotHere(pause) => return (Report::Attempted(self.give_back(claimed, pause)), true),
            Begin::Never => return (Report::Dropped, true),
        }
        let Some(attempts) = self.attempt_all(visit, now).await else {
            self.meters.not_known_here();
            tracing::warn!(reminder.id = %claimed.reminder.id, "a reminder says what this version does not know; others may send it");
            return (Report::Attempted(self.give_back(claimed, READ_BY_OTHERS)), true);
        };
        self.meters.lag(self.dispatcher.surroundings.clock.now().since(claimed.reminder.due_at));
        let is_silent = |one: &Attempt| matches!(one.verdict, Verdict::Again { reason: TIMEOUT, .. });
        let answered = !attempts.iter().any(is_silent);
        (Report::Attempted(attempted(claimed, attempts, None)), answered)
    }

    /// Whether the claim still stands, as far as that is cheap to know: a fresh one does, an older one is looked up, and one
    /// that is about to end must not be begun, since its message could come after somebody else's.
    async fn may_begin(&self, claimed: &Claimed, now: Instant) -> Begin {
        let settings = &self.dispatcher.settings;
        let lease = claimed.lease;
        if lease.until.since(now) < settings.send_margin || claimed.reminder.expires_at <= now {
            return Begin::NotHere(Duration::ZERO);
        }
        if now.since(lease.from) <= settings.recheck_after {
            return Begin::Now;
        }
        let held = async {
            let mut tx = self.dispatcher.surroundings.db.read().await?;
            outbox::still_held(&mut tx, claimed.origin, claimed.reminder.id, lease).await
        };
        match held.await {
            Ok(true) => Begin::Now,
            Ok(false) => Begin::Never,
            Err(_) => Begin::NotHere(Duration::from_secs(1)),
        }
    }

    async fn attempt_all(&self, visit: &Visit, now: Instant) -> Option<Vec<Attempt>> {
        let claimed = &visit.claimed;
        let letter = match self.letter(claimed, now) {
            Ok(letter) => letter,
            Err(Unwritten::NotKnownHere) => return None,
            Err(Unwritten::Failed(error)) => {
                tracing::error!(reminder.id = %claimed.reminder.id, %error, "a reminder has no text");
                let verdict = Verdict::Failed { reason: "no_text" };
                return Some(claimed.targets.iter().map(|target| attempt(target, verdict)).collect());
            }
        };
        let one = |target| self.attempt(claimed, target, letter.as_ref(), now);
        Some(match claimed.targets.as_slice() {
            [] => Vec::new(),
            [target] => vec![one(target).await],
            several => {
                let at = after(now, visit.pause);
                let some = several.iter().enumerate().map(async |(position, target)| {
                    if visit.without_place.contains(&position) {
                        let verdict = Verdict::Again { at, reason: NO_PLACE, may_have_arrived: false };
                        return attempt(target, verdict);
                    }
                    one(target).await
                });
                join_all(some).await
            }
        })
    }

    /// The text, if any of the devices is sent one.
    fn letter(&self, claimed: &Claimed, now: Instant) -> Result<Option<Letter>, Unwritten> {
        let wanted = claimed.targets.iter().any(|target| target.address.takes_text());
        let Some(language) = claimed.language.filter(|_| wanted) else { return Ok(None) };
        let reminder = &claimed.reminder;
        let facts = claimed.facts.as_deref().and_then(|facts| outbox::read_facts(facts).ok());
        let Some(Facts { facts, has_more }) = facts else { return Err(Unwritten::NotKnownHere) };
        if has_more && now.since(reminder.due_at) < LEFT_TO_OTHERS {
            return Err(Unwritten::NotKnownHere);
        }
        let told = Told {
            language,
            home: claimed.home.as_ref(),
            tag: &self.dispatcher.topic_key.tag(reminder.recipient_id, reminder.subject_id),
            renotify: !reminder.is_repeated,
            now,
            zones: &self.dispatcher.surroundings.zones,
        };
        let made = self.dispatcher.payloads.make(reminder, &facts, &told);
        Ok(Some(Letter { payload: payload::to_bytes(&made)?, wake_up: payload::to_wake_up_bytes(&made)? }))
    }

    async fn attempt(
        &self,
        claimed: &Claimed,
        target: &Target,
        letter: Option<&Letter>,
        now: Instant,
    ) -> Attempt {
        let reminder = &claimed.reminder;
        let (device, key) = (target.device_id, &self.dispatcher.topic_key);
        let topic = match target.address.channel() {
            ChannelKind::WebPush => key.topic(device, reminder.recipient_id, reminder.subject_id),
            ChannelKind::Fcm => key.wake_up(device),
        };
        let parcel = Parcel {
            address: &target.address,
            letter,
            topic: &topic,
            urgency: reminder.urgency,
            time_to_live: now.until(reminder.expires_at),
            now,
        };
        let outcome = self.dispatcher.courier.send(parcel).await;
        self.meters.outcome(target.address.channel(), outcome);
        let surroundings = &self.dispatcher.surroundings;
        let verdict = self.dispatcher.settings.retry.judge(
            outcome,
            claimed.origin.attempts(),
            surroundings.clock.now(),
            reminder.expires_at,
            surroundings.jitter.as_ref(),
        );
        attempt(target, verdict)
    }
}

fn attempt(target: &Target, verdict: Verdict) -> Attempt {
    Attempt {
        device_id: target.device_id,
        version: target.version,
        was_refused: target.is_refused,
        is_refused: verdict.is_refusal(target.address.channel()),
        verdict,
    }
}

/// The moment from which something that was given back may be claimed again. They are few, so that what is given back about
/// the same time is written down by one statement.
pub(super) fn after(now: Instant, pause: Duration) -> Instant {
    const GRID: i64 = 500_000;
    if pause.is_zero() {
        return now;
    }
    let wanted = now.checked_add(pause).unwrap_or(now).as_micros();
    let on_grid = wanted.saturating_sub(wanted.rem_euclid(GRID)).saturating_add(GRID);
    Instant::from_micros(on_grid).unwrap_or(now)
}

pub(super) const fn attempted(
    claimed: &Claimed,
    attempts: Vec<Attempt>,
    given_back: Option<Instant>,
) -> Attempted {
    Attempted {
        reminder_id: claimed.reminder.id,
        origin: claimed.origin,
        lease: claimed.lease,
        attempts,
        given_back,
    }
}

/// Adds what was attempted to the counts of the run.
pub(super) fn count(counts: &mut Counts, attempted: &Attempted) {
    if attempted.given_back.is_some() {
        return;
    }
    counts.in_app += usize::from(attempted.attempts.is_empty());
    for attempt in &attempted.attempts {
        match attempt.verdict {
            Verdict::Delivered => counts.delivered += 1,
            Verdict::Again { .. } => counts.again += 1,
            Verdict::Gone => counts.gone += 1,
            Verdict::Failed { .. } | Verdict::Expired { .. } => counts.failed += 1,
        }
    }
}
