//! Back-off after failed tries. A try is counted before it is made and forgiven when it succeeds, so that guesses sent all at
//! once cannot slip past the count. Nothing is locked for good: the wait grows to a limit and is forgotten after a while.
//!
//! The same happens whether or not the account exists, so the answer 429 tells nothing about that. A subject is stored as a
//! keyed hash: the table does not say who tried to sign in, nor from where.
//!
//! What a stranger can bring about never keeps the owner out: the count that makes wait for long is one account *and* one source
//! together. Where waits become long or tries many, a metric counts and a line in the log warns; neither names anybody.

mod policy;

pub use policy::{ACCOUNT, ACCOUNT_ANYWHERE, ALL_CODES, AUTHENTICATOR, CODE_SOURCE, Policy, SOURCE};

use contract::time::Instant;
use db::{Tx, sql};
use kernel::{
    error::{Error, Result},
    protect::keys::DerivedKey,
};
use policy::Standing;
use std::{net::IpAddr, time::Duration};

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

    /// Of this kind and name, as it is met at a network address.
    pub fn at_source(key: &DerivedKey, kind: &str, name: &[u8], address: IpAddr) -> Self {
        Self::new(key, kind, &[name, &Self::source(key, kind, address).0].concat())
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

/// Counts a try for `subject`; refused with 429 while it must wait.
pub async fn charge(tx: &mut Tx, subject: Subject, policy: &Policy, now: Instant) -> Result<()> {
    match count(tx, subject, policy, now).await? {
        None => Ok(()),
        Some(wait) => Err(Error::too_many(wait)),
    }
}

/// Counts a try for `subject`, or says how long it must wait; then it is not counted.
pub async fn count(
    tx: &mut Tx,
    subject: Subject,
    policy: &Policy,
    now: Instant,
) -> db::Result<Option<Duration>> {
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
    let counted = match policy.count(standing, now) {
        Ok(counted) => counted,
        Err(wait) => {
            metrics::counter!("muwakaba_tries_held_up_total", "limit" => policy.name).increment(1);
            return Ok(Some(wait));
        }
    };
    if policy.is_alarming(counted.failures) {
        tracing::warn!(
            throttle.limit = policy.name,
            throttle.failures = counted.failures,
            "many failed tries"
        );
        metrics::counter!("muwakaba_many_failed_tries_total", "limit" => policy.name).increment(1);
    }
    tx.query(sql!(
        "UPDATE throttle SET failures = $1, last_failure_at = $2, blocked_until = $3 WHERE subject = $4"
    ))
    .bind(counted.failures)
    .bind(counted.last_failure_at)
    .bind(counted.blocked_until)
    .bind(subject.0.as_slice())
    .execute()
    .await?;
    Ok(None)
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

/// Forgets up to `limit` of those that every policy has forgotten.
pub async fn prune(tx: &mut Tx, now: Instant, limit: u32) -> db::Result<u64> {
    tx.query(sql!(
        "DELETE FROM throttle WHERE subject IN (
             SELECT subject FROM throttle WHERE last_failure_at <= $1 AND blocked_until <= $2
             ORDER BY last_failure_at LIMIT $3)
           AND last_failure_at <= $1"
    ))
    .bind(now.saturating_sub(ACCOUNT.memory))
    .bind(now)
    .bind(i64::from(limit))
    .execute()
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_household_is_one_source() {
        let key = kernel::protect::keys::MasterKey::from_bytes(zeroize::Zeroizing::new([7; 32]))
            .derive(kernel::protect::keys::Purpose::Throttle)
            .unwrap();
        let source = |text: &str| Subject::source(&key, "source", text.parse().unwrap()).0;
        assert_eq!(source("2001:db8::1"), source("2001:db8::2"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_eq!(source("192.0.2.1"), source("::ffff:192.0.2.1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
    }
}
