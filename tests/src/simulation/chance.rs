//! Chance that follows from a seed (SplitMix64): what anybody does, and for how long what failed waits.

use notifications::jitter::Jitter;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mixed(state: u64) -> u64 {
    let mut mixed = state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Draws one number after the other.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// What follows from this seed.
    pub const fn of(seed: u64) -> Self {
        Self(mixed(seed.wrapping_add(STEP)))
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// A number below this one; nought if that is nought.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// A number from the first to the second, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = usize::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// Whether something happens that happens so many times in a hundred.
    pub fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// The same for waiting times, which the dispatcher draws.
#[derive(Debug)]
pub struct SeededJitter(AtomicU64);

impl SeededJitter {
    /// What follows from this seed.
    pub const fn of(seed: u64) -> Self {
        Self(AtomicU64::new(mixed(seed)))
    }
}

impl Jitter for SeededJitter {
    fn up_to(&self, limit: Duration) -> Duration {
        let drawn = mixed(self.0.fetch_add(STEP, Ordering::Relaxed));
        limit.mul_f64((drawn >> 11) as f64 / (1_u64 << 53) as f64)
    }
}
