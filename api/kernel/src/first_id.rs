//! Ids sort by the time at which they were made.

use contract::time::Instant;

/// The lowest UUID version 7 of this instant: ids sort by time, so an index over ids is one over time.
pub fn first_id_at(at: Instant) -> uuid::Uuid {
    let milliseconds = u128::try_from(at.as_micros().div_euclid(1000)).unwrap_or(0);
    uuid::Uuid::from_u128((milliseconds << 80) | (0x7 << 76) | (0x2 << 62))
}
