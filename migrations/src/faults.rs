//! Faults on request: a test makes the n-th statement of the service fail, for every n, and sees that nothing is left half
//! done.

use std::sync::atomic::{AtomicI64, Ordering};

/// Counts statements and commits, and fails one of them.
#[derive(Debug, Default)]
pub struct Faults {
    remaining: AtomicI64,
}

impl Faults {
    /// No faults until [`Faults::arm`].
    pub const fn none() -> Self {
        Self { remaining: AtomicI64::new(0) }
    }

    /// Fails the `n`-th statement or commit from now, counted from 1.
    pub fn arm(&self, n: u32) {
        self.remaining.store(i64::from(n), Ordering::SeqCst);
    }

    /// Stops failing; whether the armed fault had not struck yet.
    pub fn disarm(&self) -> bool {
        self.remaining.swap(0, Ordering::SeqCst) > 0
    }

    pub(crate) fn strike(&self) -> bool {
        self.remaining.load(Ordering::SeqCst) > 0 && self.remaining.fetch_sub(1, Ordering::SeqCst) == 1
    }
}
