//! Whether and when a failed attempt is repeated. Pure: outcome, policy and chance in, verdict out.
//!
//! The wait grows exponentially and is drawn between zero and its limit ("full jitter"), so that ten thousand phones that
//! failed together do not come back together. What the push service asks for (Retry-After) is the least, and the draw
//! comes on top of it. An attempt that would come too late to be of use is not planned.

use std::time::Duration;

use contract::time::Instant;

use crate::channel::Outcome;
use crate::jitter::Jitter;
use crate::outbox::Verdict;

/// How failed attempts are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The limit of the first wait; it doubles with each attempt.
    pub first_wait: Duration,
    /// The limit never grows beyond this.
    pub longest_wait: Duration,
    /// A push service that asks for more patience than this gets this much.
    pub longest_retry_after: Duration,
    /// How often one device is tried for one reminder, the first attempt included.
    pub attempts: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            first_wait: Duration::from_secs(10),
            longest_wait: Duration::from_mins(30),
            longest_retry_after: Duration::from_hours(6),
            attempts: 10,
        }
    }
}

impl RetryPolicy {
    /// What to do about an outcome at `now`, after `earlier` attempts, for a reminder that is useless from `expires_at`.
    pub fn judge(
        &self,
        outcome: Outcome,
        earlier: u32,
        now: Instant,
        expires_at: Instant,
        jitter: &dyn Jitter,
    ) -> Verdict {
        match outcome {
            Outcome::Delivered => Verdict::Delivered,
            Outcome::Gone => Verdict::Gone,
            Outcome::Rejected(reason) => Verdict::Failed { reason: reason.as_str() },
            Outcome::Retry { reason, .. } if earlier.saturating_add(1) >= self.attempts => {
                Verdict::Failed { reason: reason.as_str() }
            }
            Outcome::Retry { after, reason } => {
                let may_have_arrived = reason.may_have_arrived();
                let reason = reason.as_str();
                let least = after.unwrap_or_default().min(self.longest_retry_after);
                let wait = least + jitter.up_to(self.limit(earlier));
                match now.checked_add(wait).filter(|at| *at < expires_at) {
                    Some(at) => Verdict::Again { at, reason, may_have_arrived },
                    None => Verdict::Expired { reason },
                }
            }
        }
    }

    fn limit(&self, earlier: u32) -> Duration {
        2_u32
            .checked_pow(earlier)
            .and_then(|factor| self.first_wait.checked_mul(factor))
            .map_or(self.longest_wait, |limit| limit.min(self.longest_wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::{RejectReason, RetryReason};
    use proptest::prelude::*;

    struct Share(f64);

    impl Jitter for Share {
        fn up_to(&self, limit: Duration) -> Duration {
            limit.mul_f64(self.0)
        }
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_seconds(seconds).unwrap()
    }

    const LATE: i64 = 10_000_000;

    fn wait(after: Option<Duration>, earlier: u32) -> Verdict {
        let outcome = Outcome::Retry { after, reason: RetryReason::Throttled };
        RetryPolicy::default().judge(outcome, earlier, at(0), at(LATE), &Share(1.0))
    }

    #[test]
    fn the_wait_doubles_up_to_its_limit() {
        let waits = [10, 20, 40, 80, 160, 320, 640, 1_280, 1_800];
        for (earlier, seconds) in (0..).zip(waits) {
            assert_eq!(
                wait(None, earlier),
                Verdict::Again { at: at(seconds), reason: "throttled", may_have_arrived: false }
            );
        }
    }

    #[test]
    fn attempts_are_bounded() {
        assert_eq!(wait(None, 9), Verdict::Failed { reason: "throttled" });
    }

    #[test]
    fn retry_after_is_the_least_wait_and_is_itself_bounded() {
        let hour = Some(Duration::from_hours(1));
        assert_eq!(
            wait(hour, 0),
            Verdict::Again { at: at(3_610), reason: "throttled", may_have_arrived: false }
        );
        let year = Some(Duration::from_hours(24 * 365));
        assert_eq!(
            wait(year, 0),
            Verdict::Again { at: at(6 * 3_600 + 10), reason: "throttled", may_have_arrived: false }
        );
    }

    #[test]
    fn nothing_is_planned_beyond_its_use() {
        let outcome = Outcome::retry(RetryReason::Network);
        let verdict = |expires| RetryPolicy::default().judge(outcome, 0, at(0), at(expires), &Share(1.0));
        assert_eq!(verdict(11), Verdict::Again { at: at(10), reason: "network", may_have_arrived: false });
        assert_eq!(verdict(10), Verdict::Expired { reason: "network" });
    }

    #[test]
    fn the_other_outcomes_end_the_chain() {
        let judge = |outcome| RetryPolicy::default().judge(outcome, 0, at(0), at(LATE), &Share(1.0));
        assert_eq!(judge(Outcome::Delivered), Verdict::Delivered);
        assert_eq!(judge(Outcome::Gone), Verdict::Gone);
        assert_eq!(judge(Outcome::Rejected(RejectReason::Invalid)), Verdict::Failed { reason: "invalid" });
    }

    #[test]
    fn only_without_an_answer_it_may_have_arrived() {
        for reason in RetryReason::ALL {
            let verdict =
                RetryPolicy::default().judge(Outcome::retry(reason), 0, at(0), at(LATE), &Share(0.0));
            let unknown = matches!(reason, RetryReason::Timeout | RetryReason::Unanswered);
            assert!(
                matches!(verdict, Verdict::Again { may_have_arrived, .. } if may_have_arrived == unknown)
            );
        }
    }

    proptest! {
        #[test]
        fn a_retry_is_never_before_what_was_asked_for_nor_too_late(
            share in 0.0..=1.0_f64, after in 0_u64..100_000, earlier in 0_u32..40, expires in 0_i64..200_000,
        ) {
            let outcome = Outcome::Retry { after: Some(Duration::from_secs(after)), reason: RetryReason::Throttled };
            let policy = RetryPolicy::default();
            let verdict = policy.judge(outcome, earlier, at(0), at(expires), &Share(share));
            if let Verdict::Again { at: next, .. } = verdict {
                prop_assert!(next < at(expires));
                prop_assert!(next >= at(0).saturating_add(chrono::TimeDelta::seconds(after.min(6 * 3_600) as i64)));
                prop_assert!(earlier + 1 < policy.attempts);
            }
        }
    }
}
