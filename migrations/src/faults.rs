//! Faults on request: a test makes the n-th statement of the service fail, for every n, and sees that nothing is left half
//! done.

use crate::Error;
use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};

/// Counts the statements and commits of writing transactions, and fails one of them; and fails reading transactions.
#[derive(Debug, Default)]
pub struct Faults {
    remaining: AtomicI64,
    readings: AtomicI64,
    storage: AtomicI64,
    storage_code: AtomicI32,
}

/// What can go wrong with SQLite's file such that SQLite ends the whole transaction by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageFault {
    /// There is no room on the disk.
    Full,
    /// The disk cannot be read or written.
    Unwritable,
    /// Memory is short.
    NoMemory,
}

impl StorageFault {
    const fn code(self) -> i32 {
        match self {
            Self::Full => 13,
            // SQLITE_IOERR_WRITE.
            Self::Unwritable => 778,
            Self::NoMemory => 7,
        }
    }
}

impl Faults {
    /// No faults until [`Faults::arm`].
    pub const fn none() -> Self {
        Self {
            remaining: AtomicI64::new(0),
            readings: AtomicI64::new(0),
            storage: AtomicI64::new(0),
            storage_code: AtomicI32::new(0),
        }
    }

    /// Fails the `n`-th statement or commit from now, counted from 1.
    pub fn arm(&self, n: u32) {
        self.remaining.store(i64::from(n), Ordering::SeqCst);
    }

    /// Has SQLite fail like this at the `n`-th statement or COMMIT from now on its writing connection, counted from 1; it ends the
    /// transaction then, as it does by itself.
    pub fn arm_storage(&self, n: u32, fault: StorageFault) {
        self.storage_code.store(fault.code(), Ordering::SeqCst);
        self.storage.store(i64::from(n), Ordering::SeqCst);
    }

    /// Stops failing storage; whether the armed fault had not struck yet.
    pub fn disarm_storage(&self) -> bool {
        self.storage.swap(0, Ordering::SeqCst) > 0
    }

    pub(crate) fn strike_storage(&self) -> Option<Error> {
        let strikes =
            self.storage.load(Ordering::SeqCst) > 0 && self.storage.fetch_sub(1, Ordering::SeqCst) == 1;
        strikes.then(|| Error::Embedded {
            code: self.storage_code.load(Ordering::SeqCst),
            message: "a fault that a test asked for".to_owned(),
        })
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
