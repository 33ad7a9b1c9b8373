//! Of which week a digest is, and when it is made. Pure.

use crate::opening_hours::{calendar::Calendar, rules::next_openings};
use chrono::{Datelike, NaiveTime};
use contract::time::LocalDateTime;

/// How many days a week has.
const WEEK: u32 = 7;

/// When the week begins that this moment on the wall belongs to: Monday, at midnight.
pub fn week_of(local: LocalDateTime) -> LocalDateTime {
    let monday = local.days_before(local.date().weekday().num_days_from_monday());
    LocalDateTime::new(monday.date(), NaiveTime::MIN).unwrap_or(monday)
}

/// The week after this one.
pub fn next_week(week: LocalDateTime) -> LocalDateTime {
    week.days_after(WEEK)
}

/// The week before this one.
pub fn last_week(week: LocalDateTime) -> LocalDateTime {
    week.days_before(WEEK)
}

/// When the centre opens first in this week; not at all if it is closed on each of its days.
pub fn first_opening(calendar: &Calendar, week: LocalDateTime) -> Option<LocalDateTime> {
    next_openings(calendar, week, WEEK).first().map(|(opens, _)| *opens)
}

/// When to look again whether the digest of this week can be made: as the centre opens, or at its beginning if it stays closed, since the
/// calendar may be another one by then.
pub fn look_at(calendar: &Calendar, week: LocalDateTime) -> LocalDateTime {
    first_opening(calendar, week).unwrap_or(week)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> LocalDateTime {
        text.parse().unwrap()
    }

    fn calendar(json: &str) -> Calendar {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_week_begins_on_monday() {
        for (moment, week) in [
            ("2026-11-23T00:00:00", "2026-11-23T00:00:00"),
            ("2026-11-25T10:00:00", "2026-11-23T00:00:00"),
            ("2026-11-29T23:59:59", "2026-11-23T00:00:00"),
            ("2027-01-01T09:00:00", "2026-12-28T00:00:00"),
        ] {
            assert_eq!(week_of(at(moment)), at(week), "{moment}");
        }
        assert_eq!(next_week(at("2026-12-28T00:00:00")), at("2027-01-04T00:00:00"));
        assert_eq!(last_week(at("2027-01-04T00:00:00")), at("2026-12-28T00:00:00"));
    }

    #[test]
    fn it_is_made_on_the_first_morning_on_which_the_centre_opens() {
        let week = at("2026-11-23T00:00:00");
        assert_eq!(first_opening(&Calendar::default(), week), Some(at("2026-11-23T08:30:00")));
        let closed = calendar(r#"{"closed_days": [{"date": "2026-11-23", "label": "A holiday"}]}"#);
        assert_eq!(first_opening(&closed, week), Some(at("2026-11-24T08:30:00")));
        let saturdays =
            calendar(r#"{"hours": [{"weekday": "saturday", "opens": "10:00", "closes": "12:00"}]}"#);
        assert_eq!(first_opening(&saturdays, week), Some(at("2026-11-28T10:00:00")));
        let never = calendar(r#"{"hours": []}"#);
        assert_eq!((first_opening(&never, week), look_at(&never, week)), (None, week));
    }

    proptest! {
        #[test]
        fn each_opening_is_of_its_own_week(days in 0_u32..4_000) {
            let week = week_of(at("2026-01-01T12:00:00").days_after(days));
            let opening = first_opening(&Calendar::default(), week).unwrap();
            prop_assert_eq!(week_of(opening), week);
            prop_assert!(opening < next_week(week));
        }
    }
}
