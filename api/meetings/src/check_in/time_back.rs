//! Deadlines move by rule, and never to the disadvantage of whoever they are for: what was lost of a window while nobody could answer is given
//! back behind it. Pure.
//!
//! A window that is open from nine to twelve loses the hour from ten to eleven, and closes at one. One that would have closed in the middle of
//! what was lost goes on, once that is over, for as long as was left of it. What is lost twice at once is lost once.

use super::window::LocalWindow;
use chrono::TimeDelta;
use contract::time::{Instant, LocalDateTime, ZoneName, ZoneUnknown, Zones};

/// Time from a moment on until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// From this moment on.
    pub from: Instant,
    /// Until before this one.
    pub until: Instant,
}

impl Span {
    /// What of it lies within another; nothing if that is nothing.
    pub fn within(self, other: Self) -> Option<Self> {
        let common = Self { from: self.from.max(other.from), until: self.until.min(other.until) };
        (common.from < common.until).then_some(common)
    }
}

/// The same time in order, without anything twice: spans that meet are one.
pub fn union(spans: &[Span]) -> Vec<Span> {
    let mut sorted: Vec<Span> = spans.iter().copied().filter(|span| span.from < span.until).collect();
    sorted.sort_unstable();
    let mut all: Vec<Span> = Vec::with_capacity(sorted.len());
    for span in sorted {
        match all.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            _ => all.push(span),
        }
    }
    all
}

/// The time of these spans that is in none of those.
pub fn beyond(these: &[Span], those: &[Span]) -> Vec<Span> {
    let those = union(those);
    let mut left = Vec::new();
    for mut span in union(these) {
        for other in &those {
            if let Some(common) = span.within(*other) {
                if span.from < common.from {
                    left.push(Span { from: span.from, until: common.from });
                }
                span.from = common.until;
            }
        }
        if span.from < span.until {
            left.push(span);
        }
    }
    left
}

/// The deadline of something that ran from `from` on, with what of that was lost given back behind it.
pub fn given_back(from: Instant, deadline: Instant, lost: &[Span]) -> Instant {
    let mut end = deadline;
    for span in union(lost) {
        let begins = span.from.max(from);
        // They are in order: what was not reached yet is not lost, nor is anything behind it.
        if begins >= end {
            break;
        }
        if begins < span.until {
            end = end.saturating_add(span.until.since(begins));
        }
    }
    end
}

/// The first time on the wall, to the second, that means no moment before this one.
pub fn on_the_wall(at: Instant, zone: &ZoneName, zones: &Zones) -> Result<LocalDateTime, ZoneUnknown> {
    let second = TimeDelta::seconds(1);
    let whole = Instant::from_seconds(at.as_seconds()).unwrap_or(at);
    let at = if whole < at { whole.saturating_add(second) } else { at };
    let local = zones.to_local(at, zone)?;
    let means = zones.resolve(local, zone)?.instant;
    if means >= at {
        return Ok(local);
    }
    // The wall shows it twice that night, and means the first.
    zones.to_local(at.saturating_add(at.since(means)), zone)
}

/// The same window so many days of the calendar later.
pub fn days_later(window: LocalWindow, days: u32) -> LocalWindow {
    LocalWindow {
        opens: window.opens.days_after(days),
        due: window.due.days_after(days),
        closes: window.closes.days_after(days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minutes: i64) -> Instant {
        "2026-12-01T00:00:00Z".parse::<Instant>().unwrap().saturating_add(TimeDelta::minutes(minutes))
    }

    fn spans(of: &[(i64, i64)]) -> Vec<Span> {
        of.iter().map(|(from, until)| Span { from: at(*from), until: at(*until) }).collect()
    }

    #[test]
    fn what_is_lost_is_given_back_behind_it() {
        for (from, deadline, lost, end) in [
            (9, 12, &[][..], 12),
            (9, 12, &[(10, 11)], 13),
            // It opened meanwhile, or was over before, or had not opened.
            (9, 12, &[(8, 10)], 13),
            (9, 12, &[(7, 9)], 12),
            (9, 12, &[(12, 15)], 12),
            // An hour was left of it.
            (9, 12, &[(11, 20)], 21),
            (9, 12, &[(8, 20)], 23),
            // One after the other, also where the second cuts into what the first gave back.
            (9, 12, &[(10, 11), (11, 12)], 14),
            (9, 12, &[(10, 11), (12, 14)], 15),
            (9, 12, &[(12, 14), (10, 11)], 15),
            // Twice at once is once.
            (9, 12, &[(10, 12), (11, 13)], 15),
            (9, 12, &[(10, 13), (11, 12)], 15),
            // Nothing was open.
            (9, 9, &[(8, 20)], 9),
            (9, 12, &[(11, 10)], 12),
        ] {
            assert_eq!(given_back(at(from), at(deadline), &spans(lost)), at(end), "{deadline} {lost:?}");
        }
    }

    #[test]
    fn time_is_put_together_and_taken_apart() {
        for (these, those, together, left) in [
            (&[(1, 3)][..], &[][..], &[(1, 3)][..], &[(1, 3)][..]),
            (&[(1, 3)], &[(2, 4)], &[(1, 4)], &[(1, 2)]),
            (&[(1, 9)], &[(2, 3), (5, 6)], &[(1, 9)], &[(1, 2), (3, 5), (6, 9)]),
            (&[(2, 3)], &[(1, 9)], &[(1, 9)], &[]),
            (&[(1, 2), (3, 4)], &[(2, 3)], &[(1, 4)], &[(1, 2), (3, 4)]),
            (&[(4, 2)], &[(1, 9)], &[(1, 9)], &[]),
        ] {
            let both: Vec<Span> = spans(these).into_iter().chain(spans(those)).collect();
            assert_eq!(union(&both), spans(together), "{these:?} and {those:?}");
            assert_eq!(beyond(&spans(these), &spans(those)), spans(left), "{these:?} without {those:?}");
        }
    }

    #[test]
    fn on_the_wall_nothing_is_taken_away() {
        let zones = Zones::built_in();
        for (instant, zone, local) in [
            ("2026-12-01T09:00:00Z", "Africa/Casablanca", "2026-12-01T09:00:00"),
            ("2026-12-01T09:00:00.000001Z", "Africa/Casablanca", "2026-12-01T09:00:01"),
            // Between three and two the wall shows it twice: this is the second time.
            ("2027-10-31T00:30:00Z", "Europe/Paris", "2027-10-31T02:30:00"),
            ("2027-10-31T01:30:00Z", "Europe/Paris", "2027-10-31T03:30:00"),
        ] {
            let (at, zone) = (instant.parse::<Instant>().unwrap(), zone.parse::<ZoneName>().unwrap());
            let shown = on_the_wall(at, &zone, &zones).unwrap();
            assert_eq!(shown.to_string(), local, "{instant} in {zone}");
            assert!(zones.resolve(shown, &zone).unwrap().instant >= at, "{instant}");
        }
    }

    fn some() -> impl Strategy<Value = Vec<Span>> {
        proptest::collection::vec((0..200_i64, 0..60_i64), 0..6).prop_map(|all| {
            all.into_iter().map(|(from, length)| Span { from: at(from), until: at(from + length) }).collect()
        })
    }

    fn length(spans: &[Span]) -> TimeDelta {
        union(spans).iter().fold(TimeDelta::zero(), |sum, span| sum + span.until.since(span.from))
    }

    proptest! {
        /// Whatever was lost: as much of the window is left outside it as the window had.
        #[test]
        fn as_much_is_left_as_there_was(lost in some(), from in 0..150_i64, of in 0..100_i64) {
            let (opens, closes) = (at(from), at(from + of));
            let end = given_back(opens, closes, &lost);
            prop_assert!(end >= closes);
            let whole = [Span { from: opens, until: end }];
            prop_assert_eq!(length(&beyond(&whole, &lost)), closes.since(opens));
        }

        /// In whichever order outages become known, however they overlap, and however often each is said: what was counted is not counted again.
        #[test]
        fn it_makes_no_difference_in_which_order_it_is_learnt(
            (lost, order) in some().prop_flat_map(|lost| {
                let places: Vec<usize> = (0..lost.len()).collect();
                (Just(lost), Just(places).prop_shuffle())
            }),
            from in 0..150_i64,
            of in 0..100_i64,
        ) {
            let (opens, closes) = (at(from), at(from + of));
            let (mut end, mut known, mut counted) = (closes, Vec::new(), Vec::new());
            for place in order {
                known.push(lost[place]);
                // What was known before and the window has only now reached is looked at again with it.
                let fresh: Vec<Span> = beyond(&known, &counted);
                end = given_back(opens, end, &fresh);
                let reached = Span { from: opens, until: end };
                counted.extend(known.iter().filter_map(|span| span.within(reached)));
                prop_assert_eq!(given_back(opens, end, &beyond(&known, &counted)), end, "saying it again changes nothing");
            }
            prop_assert_eq!(end, given_back(opens, closes, &lost));
        }

        /// A deadline before another stays before it.
        #[test]
        fn order_is_kept(lost in some(), from in 0..150_i64, due in 0..50_i64, more in 0..50_i64) {
            let (opens, due, closes) = (at(from), at(from + due), at(from + due + more));
            prop_assert!(given_back(opens, due, &lost) <= given_back(opens, closes, &lost));
        }
    }
}
