//! A lane: does one errand after the other. Most are a claimed reminder that is to be sent to its devices; before that, one lane
//! finds out for a whole batch which devices these are.

use std::sync::Arc;
use std::time::Duration;

use contract::time::Instant;
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::courier::{Courier, Letter, Parcel};
use super::exchange::{Errand, Exchange, Report, Unaddressed};
use super::meters::Meters;
use super::{Counts, Dispatcher};
use crate::channel::web_push::Topic;
use crate::outbox::{self, Attempt, Attempted, Claimed, Recipients, Target, Verdict};
use crate::payload;

/// How long to wait after a reading failed.
const READ_PAUSE: Duration = Duration::from_millis(200);

/// Claims that a lane has in hand. If the lane fails, nobody will report them.
struct InHand<'a> {
    exchange: &'a Exchange,
    count: usize,
}

impl InHand<'_> {
    fn done(mut self) {
        self.count = 0;
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.exchange.lose(self.count);
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
        while let Some(errand) = self.exchange.take().await {
            let in_hand = InHand { exchange: &self.exchange, count: errand.len() };
            match errand {
                Errand::Address(unaddressed) => {
                    let recipients = self.recipients(&unaddressed).await;
                    in_hand.done();
                    self.pass_on(unaddressed, recipients);
                }
                Errand::Bring(claimed) => {
                    let report = self.bring(claimed).await;
                    in_hand.done();
                    self.exchange.report(report);
                }
            }
        }
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
            self.exchange.report(Report::Attempted(attempted(&claimed, Vec::new(), true)));
        }
    }

    async fn bring(&self, claimed: Claimed) -> Report {
        let now = self.dispatcher.surroundings.clock.now();
        if self.stop.is_cancelled() {
            return Report::Attempted(attempted(&claimed, Vec::new(), true));
        }
        if !self.may_begin(&claimed, now).await {
            return Report::Dropped;
        }
        let attempts = self.attempt_all(&claimed, now).await;
        self.meters.lag(self.dispatcher.surroundings.clock.now().since(claimed.reminder.due_at));
        Report::Attempted(attempted(&claimed, attempts, false))
    }

    /// Whether the claim still stands, as far as that is cheap to know: a fresh one does, an older one is looked up, and one
    /// that is about to end must not be begun, since its message could come after somebody else's.
    async fn may_begin(&self, claimed: &Claimed, now: Instant) -> bool {
        let settings = &self.dispatcher.settings;
        let lease = claimed.lease;
        if lease.until.since(now) < settings.send_margin || claimed.reminder.expires_at <= now {
            return false;
        }
        if now.since(lease.from) <= settings.recheck_after {
            return true;
        }
        let held = async {
            let mut tx = self.dispatcher.surroundings.db.read().await?;
            outbox::still_held(&mut tx, claimed.origin, claimed.reminder.id, lease).await
        };
        // If that cannot be found out, the reminder waits until the lease ends.
        held.await.unwrap_or(false)
    }

    async fn attempt_all(&self, claimed: &Claimed, now: Instant) -> Vec<Attempt> {
        let topic = Topic::derive(&self.dispatcher.topic_key, claimed.reminder.id.0.as_bytes());
        let letter = match self.letter(claimed, &topic, now) {
            Ok(letter) => letter,
            Err(error) => {
                tracing::error!(reminder.id = %claimed.reminder.id, %error, "a reminder has no text");
                let verdict = Verdict::Failed { reason: "no_text" };
                return claimed.targets.iter().map(|target| attempt(target, verdict)).collect();
            }
        };
        let one = |target| self.attempt(claimed, target, letter.as_ref(), &topic, now);
        match claimed.targets.as_slice() {
            [] => Vec::new(),
            [target] => vec![one(target).await],
            several => join_all(several.iter().map(one)).await,
        }
    }

    /// The text, if any of the devices is sent one.
    fn letter(
        &self,
        claimed: &Claimed,
        topic: &Topic,
        now: Instant,
    ) -> Result<Option<Letter>, payload::PayloadError> {
        let wanted = claimed.targets.iter().any(|target| target.address.takes_text());
        let Some(language) = claimed.language.filter(|_| wanted) else { return Ok(None) };
        let facts = claimed.facts.as_deref().ok_or(payload::PayloadError::Facts)?;
        let zones = &self.dispatcher.surroundings.zones;
        let made = self.dispatcher.payloads.make(&claimed.reminder, facts, language, topic, now, zones)?;
        Ok(Some(Letter { payload: payload::to_bytes(&made)?, wake_up: payload::to_wake_up_bytes(&made)? }))
    }

    async fn attempt(
        &self,
        claimed: &Claimed,
        target: &Target,
        letter: Option<&Letter>,
        topic: &Topic,
        now: Instant,
    ) -> Attempt {
        let reminder = &claimed.reminder;
        let parcel = Parcel {
            address: &target.address,
            letter,
            topic,
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

const fn attempt(target: &Target, verdict: Verdict) -> Attempt {
    Attempt { device_id: target.device_id, version: target.version, verdict }
}

const fn attempted(claimed: &Claimed, attempts: Vec<Attempt>, released: bool) -> Attempted {
    Attempted {
        reminder_id: claimed.reminder.id,
        origin: claimed.origin,
        lease: claimed.lease,
        attempts,
        released,
    }
}

/// Adds what was attempted to the counts of the run.
pub(super) fn count(counts: &mut Counts, attempted: &Attempted) {
    if attempted.released {
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
