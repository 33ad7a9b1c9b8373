//! Faults on request: a test makes the n-th statement of the service fail, for every n, and sees that nothing is left half
//! done.

use std::sync::atomic::{AtomicI64, Ordering};

/// Counts the statements and commits of writing transactions, and fails one of them; and fails reading transactions.
#[derive(Debug, Default)]
pub struct Faults {
    remaining: AtomicI64,
    readings: AtomicI64,
}

impl Faults {
    /// No faults until [`Faults::arm`].
    pub const fn none() -> Self {
        Self { remaining: AtomicI64::new(0), readings: AtomicI64::new(0) }
    }

    /// Fails the `n`-th statement or commit from now, counted from 1.
    pub fn arm(&self, n: u32) {
        self.remaining.store(i64::from(n), Ordering::SeqCst);
    }

    /// Fails the next `many` reading transactions at their beginning.
    pub fn arm_readings(&self, many: u32) {
        self.readings.store(i64::from(many), Ordering::SeqCst);
    }

    /// How many reading transactions are still to fail.
    pub fn readings_left(&self) -> u32 {
        u32::try_from(self.readings.load(Ordering::SeqCst)).unwrap_or(0)
    }

    /// Stops failing; whether the armed fault had not struck yet.
    pub fn disarm(&self) -> bool {
        self.remaining.swap(0, Ordering::SeqCst) > 0
    }

    pub(crate) fn strike_reading(&self) -> bool {
        self.readings.load(Ordering::SeqCst) > 0 && self.readings.fetch_sub(1, Ordering::SeqCst) > 0
    }

    pub(crate) fn strike(&self) -> bool {
        self.remaining.load(Ordering::SeqCst) > 0 && self.remaining.fetch_sub(1, Ordering::SeqCst) == 1
    }
}
