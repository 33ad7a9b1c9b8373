//! When something can be said of a session, and what is told of many. Pure.

use super::{said::Said, words::Face};
use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use contract::{
    AppointmentState,
    time::{Instant, LocalDateTime},
};
use std::collections::{BTreeMap, BTreeSet};

/// For so long after a session something can be said of it first.
const SAID_WITHIN: TimeDelta = TimeDelta::days(14);
/// For so long after that another face can be chosen.
const CHANGEABLE_FOR: TimeDelta = TimeDelta::days(7);
/// So long after the first of the next month nothing of a month can change, wherever on earth its sessions were: a session may last beyond
/// midnight, and a month begins elsewhere up to 14 hours later.
const SETTLED_AFTER: TimeDelta = TimeDelta::days(23);
/// Of fewer people nothing is told.
pub const FEWEST_PEOPLE: usize = 5;

/// Why nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The session did not take place, or nobody has said yet that it did.
    DidNotTakePlace,
    /// It is too long ago.
    TooLate,
}

impl Refusal {
    /// In words.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::DidNotTakePlace => "nothing can be said of a session unless it took place",
            Self::TooLate => "it is too long ago: what was said of that month is settled",
        }
    }
}

/// Whether something can be said, at `said_at`, of a session that ended at `ends_at`. `first_at` is when it was said first, if it was. It is
/// `now` when the service hears of it, which can be later, but not so late that the month is settled.
pub fn may_say(
    state: AppointmentState,
    ends_at: Instant,
    first_at: Option<Instant>,
    said_at: Instant,
    now: Instant,
) -> Result<(), Refusal> {
    if state != AppointmentState::TookPlace {
        return Err(Refusal::DidNotTakePlace);
    }
    let until = first_at.map_or_else(|| ends_at.saturating_add(SAID_WITHIN), changeable_until);
    let settled = ends_at.saturating_add(SAID_WITHIN).saturating_add(CHANGEABLE_FOR);
    if said_at > until || now > settled { Err(Refusal::TooLate) } else { Ok(()) }
}

/// Until when another face can be chosen.
pub fn changeable_until(first_at: Instant) -> Instant {
    first_at.saturating_add(CHANGEABLE_FOR)
}

/// A month by its number, as a page of a list goes on behind it: twelve times the year, and the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(pub i64);

impl Month {
    /// Behind all that there are.
    pub const END: Self = Self(12 * 9_999);

    /// The number of a month that is written as it is stored.
    pub fn number(text: &str) -> i64 {
        let (year, month) = text.split_once('-').unwrap_or_default();
        12 * year.parse::<i64>().unwrap_or_default() + month.parse::<i64>().unwrap_or_default() - 1
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = self.0.clamp(0, Self::END.0);
        write!(formatter, "{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)
    }
}

/// The month of a session that began then on the wall.
pub fn month_of(local_start: LocalDateTime) -> String {
    local_start.date().format("%Y-%m").to_string()
}

/// The latest month of which nothing can change any more.
pub fn last_settled(now: Instant) -> String {
    let then = now.saturating_sub(SETTLED_AFTER).to_chrono().date_naive();
    // The month before that day's: it was over by then.
    let first: Option<NaiveDate> = then.with_day(1);
    let before = first.and_then(|first| first.checked_sub_months(Months::new(1))).unwrap_or(then);
    before.format("%Y-%m").to_string()
}

/// What is told of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// How many people said something.
    pub people: usize,
    /// How often each face was chosen.
    pub faces: Vec<(Face, usize)>,
}

/// The sum of what was said in a month, unless it would tell of single people: those of fewer than five, or of all if they agree. Each person
/// counts once, by what they said last: whoever had many sessions would stand out of the others.
pub fn sum(said: &[Said]) -> Option<Sum> {
    let mut people = BTreeMap::new();
    for one in said {
        let latest = people.entry(one.person).or_insert(one);
        if one.first_at > latest.first_at {
            *latest = one;
        }
    }
    let faces: BTreeSet<_> = people.values().map(|one| one.face).collect();
    if people.len() < FEWEST_PEOPLE || faces.len() < 2 {
        return None;
    }
    let count = |face: Face| people.values().filter(|one| one.face == face).count();
    Some(Sum { people: people.len(), faces: Face::ALL.iter().map(|face| (*face, count(*face))).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_said_within_two_weeks_and_changed_within_one() {
        let ends_at = at("2026-12-01T11:00:00Z");
        let say = |first_at: Option<&str>, said_at: &str, now: &str| {
            may_say(AppointmentState::TookPlace, ends_at, first_at.map(at), at(said_at), at(now))
        };
        for (first_at, said_at, now, expected) in [
            (None, "2026-12-01T11:00:01Z", "2026-12-01T11:00:01Z", Ok(())),
            (None, "2026-12-15T11:00:00Z", "2026-12-15T11:00:00Z", Ok(())),
            (None, "2026-12-15T11:00:01Z", "2026-12-15T11:00:01Z", Err(Refusal::TooLate)),
            (Some("2026-12-03T09:00:00Z"), "2026-12-10T09:00:00Z", "2026-12-10T09:00:00Z", Ok(())),
            (
                Some("2026-12-03T09:00:00Z"),
                "2026-12-10T09:00:01Z",
                "2026-12-10T09:00:01Z",
                Err(Refusal::TooLate),
            ),
            // A phone without network said it in time, and is heard before the month is settled, or not.
            (None, "2026-12-05T09:00:00Z", "2026-12-22T11:00:00Z", Ok(())),
            (None, "2026-12-05T09:00:00Z", "2026-12-22T11:00:01Z", Err(Refusal::TooLate)),
        ] {
            assert_eq!(say(first_at, said_at, now), expected, "{first_at:?} {said_at} {now}");
        }
        for state in AppointmentState::ALL {
            let said = may_say(*state, ends_at, None, ends_at, ends_at);
            assert_eq!(said.is_ok(), *state == AppointmentState::TookPlace, "{state}");
        }
    }

    #[test]
    fn a_month_is_told_once_nothing_of_it_can_change() {
        for (now, month) in [
            ("2026-11-23T09:00:00Z", "2026-09"),
            ("2026-11-24T00:00:00Z", "2026-10"),
            ("2026-12-23T23:59:59Z", "2026-10"),
            ("2026-12-24T00:00:00Z", "2026-11"),
            ("2027-01-24T00:00:00Z", "2026-12"),
        ] {
            assert_eq!(last_settled(at(now)), month, "{now}");
        }
        // The last session of a month, where the month ends last, lasting eight hours, said on the last day and changed on its last.
        let ends_at = at("2026-12-01T19:59:59Z");
        let last_word = changeable_until(ends_at.saturating_add(SAID_WITHIN));
        assert!(last_settled(last_word).as_str() < "2026-11");
    }

    #[test]
    fn a_month_has_a_number_and_numbers_sort_like_months() {
        for text in ["0000-01", "2026-11", "2026-12", "2027-01", "9998-12"] {
            assert_eq!(Month(Month::number(text)).to_string(), text);
        }
        assert_eq!(Month(i64::MIN).to_string(), "0000-01");
        assert_eq!(Month(i64::MAX).to_string(), "9999-01");
    }

    fn any_said() -> impl Strategy<Value = Said> {
        (0_u128..9, prop::sample::select(Face::ALL)).prop_map(|(person, face)| Said {
            face,
            first_at: Instant::MIN,
            person: Uuid::from_u128(person),
        })
    }

    proptest! {
        #[test]
        fn a_sum_never_tells_of_fewer_than_five_people_nor_of_all_at_once(said in prop::collection::vec(any_said(), 0..30)) {
            let people: BTreeSet<_> = said.iter().map(|one| one.person).collect();
            match sum(&said) {
                None => {
                    // One who said several things is counted by one of them, so that more faces may have been shown than are counted.
                    let faces: BTreeSet<_> = said.iter().map(|one| one.face).collect();
                    prop_assert!(people.len() < FEWEST_PEOPLE || faces.len() < 2 || said.len() > people.len());
                }
                Some(sum) => {
                    prop_assert!(sum.people >= FEWEST_PEOPLE && sum.people == people.len());
                    prop_assert_eq!(sum.faces.iter().map(|(_, count)| count).sum::<usize>(), people.len());
                    prop_assert!(sum.faces.iter().all(|(_, count)| *count < people.len()));
                }
            }
        }
    }
}
