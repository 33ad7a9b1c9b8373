//! When a check-in can be answered: one rule, from a day on the calendar to the three instants on the row, and from these to when something is
//! to be done. Intervals are half-open: what opens at nine can be answered from nine on, what closes at eight no longer at eight. Pure.

use super::words::Stage;
use chrono::TimeDelta;
use contract::time::{Instant, LocalDateTime, ZoneName, ZoneUnknown, Zones};

/// For so long after it closed a missed one is left to the participant, before somebody is asked to call.
pub const GRACE: TimeDelta = TimeDelta::hours(24);
/// So long before it opens phones have it, in case that they are without network by then.
pub const TOLD_BEFORE: TimeDelta = TimeDelta::days(30);
/// When an evening begins.
const EVENING: u32 = 18;
/// The last evening leaves so much time to answer.
const LAST_HOURS: TimeDelta = TimeDelta::hours(2);
/// A window that was opened less than this ago needs no second message.
const APART: TimeDelta = TimeDelta::hours(20);

/// A window on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalWindow {
    /// From when it can be answered.
    pub opens: LocalDateTime,
    /// By when it should be.
    pub due: LocalDateTime,
    /// Until before when it can be answered in time.
    pub closes: LocalDateTime,
}

/// The same as instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From this moment on.
    pub opens_at: Instant,
    /// By this one.
    pub due_at: Instant,
    /// Until before this one.
    pub closes_at: Instant,
}

impl LocalWindow {
    /// The instants by the zone data in use. Where clocks are changed within it nothing comes before what it comes after on the wall.
    pub fn derive(&self, zone: &ZoneName, zones: &Zones) -> Result<Window, ZoneUnknown> {
        let instant = |local| zones.resolve(local, zone).map(|time| time.instant);
        let opens_at = instant(self.opens)?;
        let due_at = instant(self.due)?.max(opens_at);
        Ok(Window { opens_at, due_at, closes_at: instant(self.closes)?.max(due_at) })
    }
}

impl Window {
    /// How far time alone has brought it.
    pub fn stage(&self, now: Instant) -> Stage {
        if now >= self.escalates_at() {
            Stage::Escalated
        } else if now >= self.closes_at {
            Stage::Missed
        } else if now >= self.opens_at {
            Stage::Open
        } else if now >= self.tells_at() {
            Stage::Near
        } else {
            Stage::Ahead
        }
    }

    /// When time alone changes something next.
    pub fn next(&self, now: Instant) -> Option<Instant> {
        [self.tells_at(), self.opens_at, self.closes_at, self.escalates_at()]
            .into_iter()
            .find(|moment| *moment > now)
    }

    fn tells_at(&self) -> Instant {
        self.opens_at.saturating_sub(TOLD_BEFORE)
    }

    fn escalates_at(&self) -> Instant {
        self.closes_at.saturating_add(GRACE)
    }

    /// When the participant is reminded besides when it opens: half-way, and in the last evening that leaves them time. A short window has
    /// neither.
    pub fn reminders(&self, closes: LocalDateTime, zone: &ZoneName, zones: &Zones) -> Reminders {
        let evening = [closes, closes.days_before(1)].into_iter().find_map(|day| {
            let local = LocalDateTime::from_chrono(day.date().and_hms_opt(EVENING, 0, 0)?)?;
            let at = zones.resolve(local, zone).ok()?.instant;
            (at.saturating_add(LAST_HOURS) <= self.closes_at).then_some(at)
        });
        let last_evening = evening.filter(|at| at.since(self.opens_at) >= TimeDelta::hours(8));
        let half = self.opens_at.saturating_add(self.closes_at.since(self.opens_at) / 2);
        let next = last_evening.unwrap_or(self.closes_at);
        let stands_apart = half.since(self.opens_at) >= APART && next.since(half) >= APART;
        Reminders { half_way: stands_apart.then_some(half), last_evening }
    }
}

/// When the participant is reminded besides when it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminders {
    /// Half-way.
    pub half_way: Option<Instant>,
    /// In the last evening.
    pub last_evening: Option<Instant>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn local(text: &str) -> LocalDateTime {
        text.parse().unwrap()
    }

    fn derived(opens: &str, due: &str, closes: &str, zone: &str) -> Window {
        let window = LocalWindow { opens: local(opens), due: local(due), closes: local(closes) };
        window.derive(&zone.parse().unwrap(), &Zones::built_in()).unwrap()
    }

    fn casablanca(opens: &str, closes: &str) -> Window {
        derived(opens, closes, closes, "Africa/Casablanca")
    }

    #[test]
    fn it_is_what_the_wall_says_in_its_zone() {
        let window = derived("2026-12-01T09:00", "2026-12-03T20:00", "2026-12-05T20:00", "Africa/Casablanca");
        let text = |at: Instant| at.to_string();
        assert_eq!(text(window.opens_at), "2026-12-01T09:00:00Z");
        assert_eq!(text(window.due_at), "2026-12-03T20:00:00Z");
        assert_eq!(text(window.closes_at), "2026-12-05T20:00:00Z");
        // Over the change of Paris's clocks.
        let paris = derived("2027-03-27T09:00", "2027-03-28T09:00", "2027-03-29T09:00", "Europe/Paris");
        assert_eq!(paris.closes_at.since(paris.opens_at), TimeDelta::hours(47));
        // A time that there is not comes after the gap, and what follows it on the wall follows it.
        let gap = derived("2027-03-28T02:45", "2027-03-28T03:00", "2027-03-28T03:15", "Europe/Paris");
        assert!(gap.opens_at <= gap.due_at && gap.due_at <= gap.closes_at);
    }

    #[test]
    fn its_stages_begin_to_the_microsecond() {
        let window = casablanca("2026-12-01T09:00", "2026-12-05T20:00");
        let micro = TimeDelta::microseconds(1);
        for (at, before, from) in [
            (window.opens_at.saturating_sub(TOLD_BEFORE), Stage::Ahead, Stage::Near),
            (window.opens_at, Stage::Near, Stage::Open),
            (window.closes_at, Stage::Open, Stage::Missed),
            (window.closes_at.saturating_add(GRACE), Stage::Missed, Stage::Escalated),
        ] {
            let just_before = at.saturating_sub(micro);
            assert_eq!((window.stage(just_before), window.stage(at)), (before, from));
            assert_eq!(window.next(just_before), Some(at));
            assert_ne!(window.next(at), Some(at));
        }
        assert_eq!(window.next(window.closes_at.saturating_add(GRACE)), None);
    }

    fn reminders(opens: &str, closes: &str) -> (Option<String>, Option<String>) {
        let window = casablanca(opens, closes);
        let told = window.reminders(local(closes), &ZoneName::CASABLANCA, &Zones::built_in());
        (told.half_way.map(|at| at.to_string()), told.last_evening.map(|at| at.to_string()))
    }

    #[test]
    fn half_way_and_the_last_evening_are_told_where_they_stand_apart() {
        let at = |text: &str| Some(text.to_owned());
        for (opens, closes, half_way, last_evening) in [
            ("2026-12-01T09:00", "2026-12-05T20:00", at("2026-12-03T14:30:00Z"), at("2026-12-05T18:00:00Z")),
            // It closes too early for that evening: the one before.
            ("2026-12-01T09:00", "2026-12-05T19:59", at("2026-12-03T14:29:30Z"), at("2026-12-04T18:00:00Z")),
            ("2026-12-01T09:00", "2026-12-02T20:00", None, at("2026-12-02T18:00:00Z")),
            ("2026-12-01T09:00", "2026-12-01T20:00", None, at("2026-12-01T18:00:00Z")),
            ("2026-12-01T12:00", "2026-12-01T20:00", None, None),
        ] {
            assert_eq!(reminders(opens, closes), (half_way, last_evening), "{opens} to {closes}");
        }
    }

    proptest! {
        /// Whatever the window: no reminder comes before it opens or when it is over, and they come in order.
        #[test]
        fn reminders_lie_within_the_window(from in 0..600_i64, hours in 1..2000_i64) {
            let opens = local("2026-12-01T00:00").to_chrono() + TimeDelta::hours(from);
            let closes = LocalDateTime::from_chrono(opens + TimeDelta::hours(hours)).unwrap();
            let opens = LocalDateTime::from_chrono(opens).unwrap();
            let zones = Zones::built_in();
            let window = LocalWindow { opens, due: closes, closes }.derive(&ZoneName::CASABLANCA, &zones).unwrap();
            let told = window.reminders(closes, &ZoneName::CASABLANCA, &zones);
            let moments: Vec<Instant> = [Some(window.opens_at), told.half_way, told.last_evening, Some(window.closes_at)]
                .into_iter().flatten().collect();
            prop_assert!(moments.windows(2).all(|pair| pair[0] < pair[1]), "{moments:?}");
        }

        /// Whenever it is looked at: the stage grows, and the next moment is when it does.
        #[test]
        fn time_goes_one_way(offset in -60_i64 * 86_400..60 * 86_400) {
            let window = casablanca("2026-12-01T09:00", "2026-12-05T20:00");
            let now = window.opens_at.saturating_add(TimeDelta::seconds(offset));
            if let Some(next) = window.next(now) {
                prop_assert!(next > now);
                prop_assert!(window.stage(next) > window.stage(now));
                prop_assert_eq!(window.stage(next.saturating_sub(TimeDelta::microseconds(1))), window.stage(now));
            }
        }
    }
}
