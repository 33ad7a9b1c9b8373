//! How long to wait after how many failures. Pure.

use chrono::TimeDelta;
use contract::time::Instant;
use std::time::Duration;

/// How patient the service is with one kind of subject.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// What it is called in metrics and log lines.
    pub name: &'static str,
    /// Tries that cost no wait.
    pub free: i64,
    /// The wait after the first try that costs one; each further one doubles it.
    pub first: TimeDelta,
    /// The longest wait.
    pub longest: TimeDelta,
    /// Failures are forgotten when none came for this long.
    pub memory: TimeDelta,
    /// How many failures are worth a warning; there is another each time that the number has doubled.
    pub alarm: i64,
}

/// One account, tried from one address or on one enrolled device: few tries, and at most a quarter of an hour.
pub const ACCOUNT: Policy = Policy {
    name: "account",
    free: 5,
    first: TimeDelta::seconds(15),
    longest: TimeDelta::minutes(15),
    memory: TimeDelta::hours(24),
    alarm: 20,
};
/// One account, tried from anywhere. Strangers can bring this about, so the wait is short, and the right factors pass it.
pub const ACCOUNT_ANYWHERE: Policy = Policy {
    name: "account_anywhere",
    free: 20,
    first: TimeDelta::seconds(1),
    longest: TimeDelta::seconds(30),
    memory: TimeDelta::hours(24),
    alarm: 20,
};
/// Codes of an account's authenticator that came with its right password. Nothing passes this one: six digits are few, and who
/// tries them has the password already.
pub const AUTHENTICATOR: Policy = Policy {
    name: "authenticator",
    free: 5,
    first: TimeDelta::seconds(15),
    longest: TimeDelta::minutes(15),
    memory: TimeDelta::hours(24),
    alarm: 10,
};
/// One network address. Thousands of phones share one (carrier-grade NAT), so it is slowed down and never shut out.
pub const SOURCE: Policy = Policy {
    name: "source",
    free: 100,
    first: TimeDelta::seconds(1),
    longest: TimeDelta::seconds(30),
    memory: TimeDelta::hours(1),
    alarm: 100,
};
/// Typed enrolment codes from one network address.
pub const CODE_SOURCE: Policy = Policy {
    name: "typed_code_source",
    free: 20,
    first: TimeDelta::seconds(2),
    longest: TimeDelta::minutes(1),
    memory: TimeDelta::hours(1),
    alarm: 20,
};
/// Typed enrolment codes from anywhere: what one address may not try, many may not either. A code that is open and has tries of
/// its own left passes, or one stranger could keep everybody from enrolling.
pub const ALL_CODES: Policy = Policy {
    name: "typed_codes",
    free: 300,
    first: TimeDelta::seconds(1),
    longest: TimeDelta::seconds(10),
    memory: TimeDelta::hours(1),
    alarm: 300,
};

/// What is known about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    pub(super) failures: i64,
    pub(super) last_failure_at: Instant,
    pub(super) blocked_until: Instant,
}

impl Policy {
    /// Counts a try, or says how long to wait.
    pub fn count(&self, standing: Standing, now: Instant) -> std::result::Result<Standing, Duration> {
        if standing.blocked_until > now {
            return Err(now.until(standing.blocked_until));
        }
        let is_forgotten = now.since(standing.last_failure_at) >= self.memory;
        let failures = if is_forgotten { 1 } else { standing.failures.saturating_add(1) };
        Ok(Standing {
            failures,
            last_failure_at: now,
            blocked_until: now.saturating_add(self.wait_after(failures)),
        })
    }

    /// Whether somebody should hear that there were so many: at the first number worth it, and at each doubling.
    pub(super) fn is_alarming(&self, failures: i64) -> bool {
        failures % self.alarm == 0 && u64::try_from(failures / self.alarm).is_ok_and(u64::is_power_of_two)
    }

    /// The wait before the next try after so many failures.
    fn wait_after(&self, failures: i64) -> TimeDelta {
        // The try that is being counted may still succeed, so the wait begins with the one after the free ones.
        let Ok(doublings) = u32::try_from(failures.saturating_sub(self.free)) else {
            return TimeDelta::zero();
        };
        let factor = 2_i32.checked_pow(doublings).unwrap_or(i32::MAX);
        self.first.checked_mul(factor).map_or(self.longest, |wait| wait.min(self.longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn start() -> Instant {
        Instant::from_seconds(1_800_000_000).unwrap()
    }

    fn fresh() -> Standing {
        Standing { failures: 0, last_failure_at: start(), blocked_until: start() }
    }

    /// Tries as fast as allowed; the waits between them.
    fn waits(policy: &Policy, tries: usize) -> Vec<TimeDelta> {
        let (mut standing, mut now) = (fresh(), start());
        (0..tries)
            .map(|_| {
                standing = policy.count(standing, now).unwrap();
                let wait = standing.blocked_until.since(now);
                now = standing.blocked_until.max(now);
                wait
            })
            .collect()
    }

    #[test]
    fn the_first_tries_are_free_then_the_wait_doubles_to_its_limit() {
        let seconds: Vec<i64> = waits(&ACCOUNT, 14).iter().map(TimeDelta::num_seconds).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
    }

    #[test]
    fn what_strangers_can_bring_about_is_a_short_wait() {
        for policy in [ACCOUNT_ANYWHERE, SOURCE, ALL_CODES] {
            assert!(
                waits(&policy, 400).iter().all(|wait| *wait <= TimeDelta::seconds(30)),
                "{}",
                policy.name
            );
        }
    }

    #[test]
    fn an_alarm_is_given_at_the_first_number_and_at_each_doubling() {
        let alarming: Vec<i64> = (0..200).filter(|failures| ACCOUNT.is_alarming(*failures)).collect();
        assert_eq!(alarming, [20, 40, 80, 160]);
    }

    #[test]
    fn a_quiet_day_makes_good() {
        let mut standing = fresh();
        standing.failures = 1000;
        let counted = ACCOUNT.count(standing, start().saturating_add(ACCOUNT.memory)).unwrap();
        assert_eq!((counted.failures, counted.blocked_until), (1, counted.last_failure_at));
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_the_limit_and_nobody_gets_in_early(
            failures in 0_i64..i64::MAX, after in 0_i64..200_000, blocked in 0_i64..2_000,
        ) {
            for policy in [ACCOUNT, ACCOUNT_ANYWHERE, AUTHENTICATOR, SOURCE, CODE_SOURCE, ALL_CODES] {
                let blocked_until = start().saturating_add(TimeDelta::seconds(blocked));
                let now = start().saturating_add(TimeDelta::seconds(after));
                let standing = Standing { failures, last_failure_at: start(), blocked_until };
                match policy.count(standing, now) {
                    Err(wait) => prop_assert!(blocked > after && wait == now.until(blocked_until)),
                    Ok(counted) => {
                        prop_assert!(blocked <= after);
                        prop_assert!(counted.blocked_until.since(now) <= policy.longest);
                        prop_assert!(counted.failures >= 1);
                    }
                }
            }
        }
    }
}
