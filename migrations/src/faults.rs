//! Faults on request. A test makes the n-th statement of the service fail, for every n, and sees that nothing is left half
//! done. Or it holds a transaction at its n-th statement, for every n, lets another one run beside it, and sees that the two
//! did not spoil each other's work.

use crate::Error;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI32, AtomicI64, Ordering},
};
use tokio::sync::Semaphore;

/// Counts the statements and commits of writing transactions, and fails or holds one of them; and fails reading transactions.
#[derive(Debug, Default)]
pub struct Faults {
    remaining: AtomicI64,
    readings: AtomicI64,
    storage: AtomicI64,
    storage_code: AtomicI32,
    pause: Mutex<Option<Arc<Pause>>>,
}

/// Where a transaction is to stop for a while.
#[derive(Debug)]
struct Pause {
    /// At which statement or commit.
    asked: i64,
    /// How many statements and commits are still to come, with the one that is held.
    remaining: AtomicI64,
    /// Has a permit once one is held.
    reached: Semaphore,
    /// Has a permit once it may go on.
    released: Semaphore,
}

/// A pause that was asked for. Dropped, it holds nobody any more, and whoever is held goes on.
#[derive(Debug)]
#[must_use = "dropped at once, it holds nobody"]
pub struct Held(Arc<Pause>);

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
            pause: Mutex::new(None),
        }
    }

    /// Fails the `n`-th statement or commit from now, counted from 1.
    pub fn arm(&self, n: u32) {
        self.remaining.store(i64::from(n), Ordering::SeqCst);
    }

    /// Holds the transaction that comes to the `n`-th statement or commit from now, counted from 1, before it runs that one,
    /// until what this gives is dropped. Whatever comes after it is not held.
    pub fn pause_at(&self, n: u32) -> Held {
        let pause = Arc::new(Pause {
            asked: i64::from(n),
            remaining: AtomicI64::new(i64::from(n)),
            reached: Semaphore::new(0),
            released: Semaphore::new(0),
        });
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = Some(pause.clone());
        Held(pause)
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

    /// Waits here if this is the statement or commit to be held. Called before each of them.
    pub(crate) async fn pause(&self) {
        let pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(pause) = pause else { return };
        if pause.remaining.fetch_sub(1, Ordering::SeqCst) == 1 {
            pause.reached.add_permits(1);
            // The semaphore is never closed, so this ends with the release.
            drop(pause.released.acquire().await);
        }
    }
}

impl Held {
    /// Waits until a transaction has come to the pause. It never does if there are fewer statements: wait for their end beside
    /// it.
    pub async fn reached(&self) {
        drop(self.0.reached.acquire().await);
    }

    /// How many statements and commits have run since it was asked for, but for those of after it.
    pub fn passed(&self) -> u32 {
        u32::try_from(self.0.asked - self.0.remaining.load(Ordering::SeqCst)).unwrap_or(u32::MAX)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Nobody comes to a pause that is over.
        self.0.remaining.fetch_min(0, Ordering::SeqCst);
        self.0.released.add_permits(1);
    }
}
