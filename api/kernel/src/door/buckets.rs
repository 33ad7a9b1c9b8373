//! How often somebody may ask: a token bucket for each session and for each address. They are generous: an app that was away
//! sends all that it kept at once, and a whole town may share one carrier's address. What they stop is a loop.
//!
//! The buckets live in memory, each node has its own, and their number is bounded: when there are too many, the full ones go,
//! since an absent bucket is a full one; and if that is not enough, all of them.

use crate::error::{Error, Result};
use contract::SessionId;
use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{PoisonError, RwLock},
    time::Duration,
};

/// The most buckets of one sort. Each takes some 100 bytes.
const MOST: usize = 65_536;

/// So many requests a second, and so many at once before that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRate {
    a_second: NonZeroU32,
    at_once: NonZeroU32,
}

impl RequestRate {
    /// Of these numbers, of which neither is nought nor more than a million.
    pub fn new(a_second: u32, at_once: u32) -> Option<Self> {
        let number = |number: u32| NonZeroU32::new(number).filter(|number| number.get() <= 1_000_000);
        Some(Self { a_second: number(a_second)?, at_once: number(at_once)? })
    }
}

/// How often one session and one address may ask; `None` for as often as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestRates {
    /// One session.
    pub session: Option<RequestRate>,
    /// One address (a /64 of IPv6).
    pub source: Option<RequestRate>,
}

/// The buckets of every session and address.
#[derive(Debug)]
pub struct Buckets {
    sessions: Option<Sort<SessionId>>,
    sources: Option<Sort<IpAddr>>,
}

impl Buckets {
    /// All of them full.
    pub fn new(rates: &RequestRates) -> Self {
        Self { sessions: rates.session.map(Sort::new), sources: rates.source.map(Sort::new) }
    }

    /// Takes one from the session's bucket; refused with 429 if it is empty.
    pub fn take_for_session(&self, session: SessionId) -> Result<()> {
        self.sessions.as_ref().map_or(Ok(()), |sort| sort.take(&session, "session"))
    }

    /// Takes one from the bucket of this address's network; refused with 429 if it is empty.
    pub fn take_for_source(&self, source: IpAddr) -> Result<()> {
        self.sources.as_ref().map_or(Ok(()), |sort| sort.take(&super::source::network(source), "source"))
    }
}

/// The buckets of one sort.
struct Sort<K: Hash + Eq + Clone> {
    quota: Quota,
    most: usize,
    buckets: RwLock<DefaultKeyedRateLimiter<K>>,
}

impl<K: Hash + Eq + Clone> std::fmt::Debug for Sort<K> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Sort").field("quota", &self.quota).finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + Clone> Sort<K> {
    fn new(rate: RequestRate) -> Self {
        let quota = Quota::per_second(rate.a_second).allow_burst(rate.at_once);
        Self { quota, most: MOST, buckets: RwLock::new(DefaultKeyedRateLimiter::keyed(quota)) }
    }

    fn take(&self, key: &K, sort: &'static str) -> Result<()> {
        let (taken, count) = {
            let buckets = self.buckets.read().unwrap_or_else(PoisonError::into_inner);
            (buckets.check_key(key), buckets.len())
        };
        if count > self.most {
            self.make_room();
        }
        taken.map_err(|until| {
            metrics::counter!("muwakaba_requests_held_up_total", "by" => sort).increment(1);
            let wait = until.wait_time_from(DefaultClock::default().now());
            Error::too_many(wait.max(Duration::from_millis(1)))
        })
    }

    /// Every bucket that is full again goes. If few are, a flood of callers who each come once fills them: then all go, or making
    /// room would itself become the work.
    fn make_room(&self) {
        let mut buckets = self.buckets.write().unwrap_or_else(PoisonError::into_inner);
        buckets.retain_recent();
        if buckets.len() > self.most / 2 {
            *buckets = DefaultKeyedRateLimiter::keyed(self.quota);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(a_second: u32, at_once: u32) -> RequestRates {
        let rate = RequestRate::new(a_second, at_once);
        RequestRates { session: rate, source: rate }
    }

    #[test]
    fn each_has_a_bucket_of_its_own_and_one_network_is_one() {
        let buckets = Buckets::new(&rates(1, 3));
        let from = |text: &str| buckets.take_for_source(text.parse().unwrap());
        for _ in 0..3 {
            from("192.0.2.1").unwrap();
        }
        assert_eq!(from("192.0.2.1").unwrap_err().code(), Some(contract::ProblemCode::TooMany));
        from("192.0.2.2").unwrap();
        for last in 1..4 {
            from(&format!("2001:db8::{last}")).unwrap();
        }
        assert!(from("2001:db8::9").is_err(), "the same /64");
        from("2001:db8:0:1::1").unwrap();
        assert!(Buckets::new(&RequestRates::default()).take_for_source("192.0.2.1".parse().unwrap()).is_ok());
    }

    #[test]
    fn memory_is_bounded_however_many_come() {
        let mut sort = Sort::new(RequestRate::new(1, 2).unwrap());
        sort.most = 100;
        for key in 0..10_000_u32 {
            sort.take(&key, "test").unwrap();
            assert!(sort.buckets.read().unwrap().len() <= 101);
        }
        // Whoever keeps asking is still held up while nobody floods.
        let refused = (0..10).filter(|_| sort.take(&1, "test").is_err()).count();
        assert!(refused >= 7, "{refused}");
    }

    #[test]
    fn numbers_that_make_no_sense_make_no_rate() {
        for (a_second, at_once) in [(0, 1), (1, 0), (1_000_001, 1), (1, 1_000_001)] {
            assert_eq!(RequestRate::new(a_second, at_once), None);
        }
    }
}
