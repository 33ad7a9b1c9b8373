//! Back-off after failed tries. A try is counted before it is made and forgiven when it succeeds, so that guesses sent all at
//! once cannot slip past the count. Nothing is locked for good: the wait grows to a limit and is forgotten after a while.
//!
//! The same happens whether or not the account exists, so the answer 429 tells nothing about that. A subject is stored as a
//! keyed hash: the table does not say who tried to sign in, nor from where.

use crate::{
    error::{Error, Result},
    protect::keys::DerivedKey,
};
use chrono::TimeDelta;
use contract::time::Instant;
use db::{Tx, sql};
use std::{net::IpAddr, time::Duration};

/// How patient the service is with one kind of subject.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Tries that cost no wait.
    pub free: i64,
    /// The wait after the first try that costs one; each further one doubles it.
    pub first: TimeDelta,
    /// The longest wait.
    pub longest: TimeDelta,
    /// Failures are forgotten when none came for this long.
    pub memory: TimeDelta,
}

/// One account: few tries, and at most a quarter of an hour.
pub const ACCOUNT: Policy = Policy {
    free: 5,
    first: TimeDelta::seconds(15),
    longest: TimeDelta::minutes(15),
    memory: TimeDelta::hours(24),
};
/// One network address. Thousands of phones share one (carrier-grade NAT), so it is slowed down and never shut out.
pub const SOURCE: Policy = Policy {
    free: 100,
    first: TimeDelta::seconds(1),
    longest: TimeDelta::seconds(30),
    memory: TimeDelta::hours(1),
};
/// Typed enrolment codes from one network address.
pub const CODE_SOURCE: Policy = Policy {
    free: 20,
    first: TimeDelta::seconds(2),
    longest: TimeDelta::minutes(1),
    memory: TimeDelta::hours(1),
};
/// Typed enrolment codes from anywhere: what one address may not try, many may not either.
pub const ALL_CODES: Policy = Policy {
    free: 300,
    first: TimeDelta::seconds(1),
    longest: TimeDelta::seconds(10),
    memory: TimeDelta::hours(1),
};

/// What is counted, as its keyed hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Subject([u8; 32]);

impl Subject {
    /// Of this kind and name.
    pub fn new(key: &DerivedKey, kind: &str, name: &[u8]) -> Self {
        let mut message = Vec::with_capacity(kind.len() + 1 + name.len());
        message.extend_from_slice(kind.as_bytes());
        message.push(0);
        message.extend_from_slice(name);
        Self(key.authenticate(&message))
    }

    /// A network address; of IPv6 the network, since one household has 2^64 addresses.
    pub fn source(key: &DerivedKey, kind: &str, address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::new(key, kind, &address.octets()),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64;
                Self::new(key, kind, &network.to_be_bytes())
            }
        }
    }
}

/// What is known about a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    failures: i64,
    last_failure_at: Instant,
    blocked_until: Instant,
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

/// Counts a try for `subject`; refused with 429 while it must wait.
pub async fn charge(tx: &mut Tx, subject: Subject, policy: &Policy, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO throttle (subject, failures, last_failure_at, blocked_until) VALUES ($1, 0, $2, $2)
         ON CONFLICT (subject) DO NOTHING"
    ))
    .bind(subject.0.as_slice())
    .bind(now)
    .execute()
    .await?;
    let standing: Standing = tx
        .query(sql!(
            "SELECT failures, last_failure_at, blocked_until FROM throttle WHERE subject = $1",
            pg " FOR UPDATE"
        ))
        .bind(subject.0.as_slice())
        .one()
        .await?;
    let counted = policy.count(standing, now).map_err(Error::too_many)?;
    tx.query(sql!(
        "UPDATE throttle SET failures = $1, last_failure_at = $2, blocked_until = $3 WHERE subject = $4"
    ))
    .bind(counted.failures)
    .bind(counted.last_failure_at)
    .bind(counted.blocked_until)
    .bind(subject.0.as_slice())
    .execute()
    .await?;
    Ok(())
}

/// Takes one try back that turned out to be good.
pub async fn forgive_one(tx: &mut Tx, subject: Subject, now: Instant) -> db::Result<()> {
    tx.query(sql!(
        "UPDATE throttle SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END, blocked_until = $1
         WHERE subject = $2"
    ))
    .bind(now)
    .bind(subject.0.as_slice())
    .execute()
    .await?;
    Ok(())
}

/// Forgets every failure of a subject that proved itself.
pub async fn forgive_all(tx: &mut Tx, subject: Subject) -> db::Result<()> {
    tx.query(sql!("DELETE FROM throttle WHERE subject = $1")).bind(subject.0.as_slice()).execute().await?;
    Ok(())
}

/// Deletes what every policy has forgotten.
pub async fn prune(tx: &mut Tx, now: Instant) -> db::Result<u64> {
    tx.query(sql!("DELETE FROM throttle WHERE last_failure_at <= $1 AND blocked_until <= $2"))
        .bind(now.saturating_sub(ACCOUNT.memory))
        .bind(now)
        .execute()
        .await
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
            for policy in [ACCOUNT, SOURCE, CODE_SOURCE, ALL_CODES] {
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

    #[test]
    fn one_household_is_one_source() {
        let key = crate::protect::keys::MasterKey::from_bytes(zeroize::Zeroizing::new([7; 32]))
            .derive(crate::protect::keys::Purpose::Throttle)
            .unwrap();
        let source = |text: &str| Subject::source(&key, "source", text.parse().unwrap()).0;
        assert_eq!(source("2001:db8::1"), source("2001:db8::2"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_eq!(source("192.0.2.1"), source("::ffff:192.0.2.1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
    }
}
