//! Ids that tell the time of the test's clock, as the service's own tell the system's.

use contract::{
    IdSource,
    time::{Clock, ManualClock},
};
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// Makes UUIDs of version 7, each later than the one before while the clock is not set back.
#[derive(Debug)]
pub struct ClockIds {
    clock: ManualClock,
    /// Tells two services on one database apart.
    run: u128,
    made: AtomicU64,
}

impl ClockIds {
    /// By this clock.
    pub fn new(clock: ManualClock) -> Self {
        Self { clock, run: Uuid::now_v7().as_u128() & 0xffff_ffff, made: AtomicU64::new(0) }
    }

    /// By this clock, the same ones in each run of this number.
    pub fn of_run(clock: ManualClock, run: u32) -> Self {
        Self { clock, run: u128::from(run), made: AtomicU64::new(0) }
    }
}

impl IdSource for ClockIds {
    fn next(&self) -> Uuid {
        let milliseconds = u128::try_from(self.clock.now().as_micros().div_euclid(1000)).unwrap_or(0);
        let made = u128::from(self.made.fetch_add(1, Ordering::Relaxed));
        let (high, low) = ((made >> 30) & 0xfff, made & 0x3fff_ffff);
        Uuid::from_u128(
            (milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | (low << 32) | self.run,
        )
    }
}
