//! What a phone gets of appointments: 90 days ahead and 30 back. What is older or farther is read online. Pure.

use chrono::TimeDelta;
use contract::time::Instant;

/// How many days back, the present one not counted.
pub const DAYS_BACK: i64 = 30;
/// How many days ahead, the present one not counted.
pub const DAYS_AHEAD: i64 = 90;
/// How much of that comes first when a phone begins.
pub const SOON: TimeDelta = TimeDelta::days(14);

const MICROS_A_DAY: i64 = 86_400_000_000;

/// The day of an instant in UTC, counted from 1970.
pub const fn day_of(at: Instant) -> i64 {
    at.as_micros().div_euclid(MICROS_A_DAY)
}

/// When a day begins.
pub fn start_of(day: i64) -> Instant {
    day.checked_mul(MICROS_A_DAY).and_then(Instant::from_micros).unwrap_or(Instant::MAX)
}

/// The first day, seen from `now`, of which a phone gets nothing yet.
pub const fn horizon(now: Instant) -> i64 {
    day_of(now) + DAYS_AHEAD + 1
}

/// A time from its start until before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its start.
    pub from: Instant,
    /// Its end, which does not belong to it.
    pub to: Instant,
}

impl Window {
    /// What a phone that was told everything before `horizon` has at `now`.
    pub fn of(now: Instant, horizon: i64) -> Self {
        Self { from: start_of(day_of(now) - DAYS_BACK), to: start_of(horizon) }
    }

    /// Whether this instant lies in it.
    pub fn holds(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_moves_both_ends() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let noon = at("2026-11-27T12:00:00Z");
        let window = Window::of(noon, horizon(noon));
        assert_eq!((window.from, window.to), (at("2026-10-28T00:00:00Z"), at("2027-02-26T00:00:00Z")));
        assert!(window.holds(window.from) && !window.holds(window.to));
        let later = at("2026-11-28T00:00:00Z");
        assert_eq!(horizon(later), horizon(noon) + 1);
    }
}
