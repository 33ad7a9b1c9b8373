//! What an operator sees of the dispatcher: how much goes out, with what success, and how late.

use chrono::TimeDelta;
use contract::ChannelKind;
use metrics::{Counter, Histogram, counter, histogram};

use crate::channel::Outcome;

/// Meters are looked up once: a look-up by name for each message would cost more than the message's bookkeeping.
pub(super) struct Meters {
    web_push: Outcomes,
    fcm: Outcomes,
    lag: Histogram,
    batch: Histogram,
    settled: Counter,
    lost: Counter,
    expired: Counter,
    failed: Counter,
    database_errors: Counter,
    not_known_here: Counter,
}

struct Outcomes {
    delivered: Counter,
    retry: Counter,
    gone: Counter,
    rejected: Counter,
}

impl Outcomes {
    fn new(channel: ChannelKind) -> Self {
        let of = |outcome| counter!("muwakaba_push_attempts_total", "channel" => channel.as_str(), "outcome" => outcome);
        Self { delivered: of("delivered"), retry: of("retry"), gone: of("gone"), rejected: of("rejected") }
    }
}

impl Meters {
    pub(super) fn new() -> Self {
        Self {
            web_push: Outcomes::new(ChannelKind::WebPush),
            fcm: Outcomes::new(ChannelKind::Fcm),
            lag: histogram!("muwakaba_reminder_lag_seconds"),
            batch: histogram!("muwakaba_reminder_batch_size"),
            settled: counter!("muwakaba_reminder_claims_settled_total"),
            lost: counter!("muwakaba_reminder_claims_lost_total"),
            expired: counter!("muwakaba_reminders_expired_total"),
            failed: counter!("muwakaba_reminders_failed_total"),
            database_errors: counter!("muwakaba_dispatcher_database_errors_total"),
            not_known_here: counter!("muwakaba_reminders_left_to_newer_versions_total"),
        }
    }

    pub(super) fn outcome(&self, channel: ChannelKind, outcome: Outcome) {
        let outcomes = match channel {
            ChannelKind::WebPush => &self.web_push,
            ChannelKind::Fcm => &self.fcm,
        };
        match outcome {
            Outcome::Delivered => &outcomes.delivered,
            Outcome::Retry { .. } => &outcomes.retry,
            Outcome::Gone => &outcomes.gone,
            Outcome::Rejected(_) => &outcomes.rejected,
        }
        .increment(1);
    }

    /// How late a reminder was handed over.
    pub(super) fn lag(&self, lag: TimeDelta) {
        self.lag.record(lag.as_seconds_f64());
    }

    /// What one round did.
    pub(super) fn round(&self, round: &RoundCounts) {
        if round.claimed > 0 {
            self.batch.record(round.claimed as f64);
        }
        self.settled.increment(round.settled as u64);
        self.lost.increment(round.lost as u64);
        self.expired.increment(round.expired as u64);
        self.failed.increment(round.failed as u64);
    }

    /// A reminder was given back since a later version wrote it.
    pub(super) fn not_known_here(&self) {
        self.not_known_here.increment(1);
    }

    pub(super) fn database_error(&self) {
        self.database_errors.increment(1);
    }
}

/// What one round did, in numbers.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct RoundCounts {
    pub(super) claimed: usize,
    pub(super) settled: usize,
    pub(super) lost: usize,
    pub(super) expired: usize,
    pub(super) failed: usize,
}
