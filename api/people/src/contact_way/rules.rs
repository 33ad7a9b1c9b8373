//! How somebody can be reached, and what of it is to be done. Pure.

use super::words::{ContactMeans, ContactWayKind, NumberOwner};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use contract::{FieldFault, time::Instant};

/// How they are reached who said nothing: by the app, and else by a call.
pub const USUAL: [ContactMeans; 2] = [ContactMeans::InApp, ContactMeans::Phone];
/// How many numbers and people are kept of somebody, beside the number in the file.
pub const MOST: usize = 10;
/// For how long somebody who wants the app may be without a phone that is reached.
pub const WITHOUT_DEVICE: TimeDelta = TimeDelta::days(7);
/// How far ahead a last day may be.
const YEARS: TimeDelta = TimeDelta::days(3660);

/// The order as it is kept: words with commas. What a later version may have written is left out.
pub fn order(kept: Option<&str>) -> Vec<ContactMeans> {
    let known: Vec<ContactMeans> =
        kept.iter().flat_map(|words| words.split(',')).filter_map(|word| word.parse().ok()).collect();
    if known.is_empty() { USUAL.to_vec() } else { known }
}

/// The same, written.
pub fn written(order: &[ContactMeans]) -> String {
    order.iter().map(|means| means.as_str()).collect::<Vec<_>>().join(",")
}

/// Whether each is in it once.
pub fn is_an_order(order: &[ContactMeans]) -> bool {
    !order.is_empty()
        && order.iter().enumerate().all(|(at, means)| order.iter().take(at).all(|one| one != means))
}

/// What decides whether a way can be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// A number, or a person.
    pub kind: ContactWayKind,
    /// Of a person: whether they agree to it now.
    pub is_agreed_to: bool,
    /// Of a person: the last day on which a guardian would have to agree as well, and does not.
    pub closed_until: Option<NaiveDate>,
    /// The last day on which it is used.
    pub valid_until: Option<NaiveDate>,
}

impl Way {
    /// Whether it can be gone today.
    pub fn is_usable(self, today: NaiveDate) -> bool {
        let is_agreed_to = self.is_agreed_to && self.closed_until.is_none_or(|last| today > last);
        let is_allowed = self.kind == ContactWayKind::Phone || is_agreed_to;
        is_allowed && self.valid_until.is_none_or(|last| today <= last)
    }
}

/// How they are told, and by which of their ways if by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// By what.
    pub by: ContactMeans,
    /// Which of the ways.
    pub way: Option<usize>,
}

/// How somebody is told today: by what they like best of that which is there. Nothing if there is no way to reach them.
pub fn reached(order: &[ContactMeans], has_app: bool, ways: &[Way], today: NaiveDate) -> Option<Reached> {
    let first = |kind| ways.iter().position(|way| way.kind == kind && way.is_usable(today));
    order.iter().find_map(|means| match means {
        ContactMeans::InApp => has_app.then_some(Reached { by: *means, way: None }),
        ContactMeans::Paper => Some(Reached { by: *means, way: None }),
        ContactMeans::Phone => first(ContactWayKind::Phone).map(|way| Reached { by: *means, way: Some(way) }),
        ContactMeans::Person => {
            first(ContactWayKind::Person).map(|way| Reached { by: *means, way: Some(way) })
        }
    })
}

/// What is said of a way that must fit together.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    /// A number, or a person.
    pub kind: ContactWayKind,
    /// Whose.
    pub whose: NumberOwner,
    /// Whether there is a number.
    pub has_number: bool,
    /// Whether there is a name.
    pub has_name: bool,
    /// From when on it is good to call.
    pub good_from: Option<NaiveTime>,
    /// Until when.
    pub good_until: Option<NaiveTime>,
    /// The last day.
    pub valid_until: Option<NaiveDate>,
}

/// What of it cannot be, seen from this day.
pub fn faults(said: Said, today: NaiveDate) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, code: &str, detail: &str| {
        faults.push(FieldFault {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
        });
    };
    match said.kind {
        ContactWayKind::Phone => {
            if !said.has_number {
                fault("/number", "required", "a number has a number");
            }
            if said.has_name {
                fault("/name", "not_allowed", "only of a person who passes on what is said");
            }
        }
        ContactWayKind::Person => {
            if !said.has_name {
                fault("/name", "required", "who passes it on");
            }
            if said.whose == NumberOwner::Own {
                fault("/whose", "not_allowed", "nobody passes on to themself what is said");
            }
        }
    }
    match (said.good_from, said.good_until) {
        (Some(from), Some(until)) if until <= from => {
            fault("/good_until", "before_start", "must be after good_from, on the same day");
        }
        (Some(_), None) => fault("/good_until", "required", "good hours have an end"),
        (None, Some(_)) => fault("/good_from", "required", "good hours have a beginning"),
        _ => {}
    }
    if let Some(last) = said.valid_until {
        if last < today {
            fault("/valid_until", "past", "must not be over");
        } else if today.checked_add_signed(YEARS).is_some_and(|latest| last > latest) {
            fault("/valid_until", "too_far", "must be within ten years");
        }
    }
    faults
}

/// What is known of somebody's phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phones {
    /// Whether they want to be told by the app before all else, and want it to ring.
    pub wants_app: bool,
    /// Whether one of their phones is reached.
    pub has_device: bool,
    /// Since when none is: since the last one went, or since they are accompanied if that is later.
    pub since: Instant,
    /// When somebody was called last to see to it.
    pub called_at: Option<Instant>,
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing, until this moment.
    Fine(Instant),
    /// They have none, and it is not long enough to say so before then.
    Waits(Instant),
    /// Somebody is to see to it now, and it is looked at again then.
    Call(Instant),
}

/// What is to be done about somebody's phones now. Whoever is looked at once in as many days as it takes is never noticed too late: a phone that goes
/// after they were looked at is missed for so long only after they are looked at again.
pub fn verdict(phones: Phones, now: Instant) -> Verdict {
    let later = now.saturating_add(WITHOUT_DEVICE);
    if phones.has_device || !phones.wants_app {
        return Verdict::Fine(later);
    }
    // A call from before the last phone went says nothing of the time since.
    let called_at = phones.called_at.filter(|called| *called >= phones.since);
    let due = called_at.unwrap_or(phones.since).saturating_add(WITHOUT_DEVICE);
    if due > now { Verdict::Waits(due) } else { Verdict::Call(later) }
}

/// A reminder that reached nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// When that was known.
    pub at: Instant,
    /// Until when anything is to be said about its subject; nothing if that is over.
    pub matters_until: Option<Instant>,
}

/// What is to be done about reminders that reached nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undelivered {
    /// How many of them nobody was called for yet.
    pub unheard: usize,
    /// Until when the first of them matters; nothing if none does any more.
    pub until: Option<Instant>,
}

/// Those that still matter: nothing was delivered since, and their subject is not over. `raised_at` is when somebody was called last.
pub fn undelivered(
    failures: &[Failure],
    delivered_at: Option<Instant>,
    raised_at: Option<Instant>,
    now: Instant,
) -> Undelivered {
    let matters = |failure: &&Failure| {
        delivered_at.is_none_or(|delivered| failure.at > delivered)
            && failure.matters_until.is_some_and(|until| until > now)
    };
    let is_unheard = |failure: &&Failure| raised_at.is_none_or(|raised| failure.at > raised);
    let open = || failures.iter().filter(matters);
    Undelivered {
        unheard: open().filter(is_unheard).count(),
        until: open().filter_map(|failure| failure.matters_until).min(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    const PHONE: Way =
        Way { kind: ContactWayKind::Phone, is_agreed_to: false, closed_until: None, valid_until: None };
    const PERSON: Way = Way { kind: ContactWayKind::Person, is_agreed_to: true, ..PHONE };

    #[test]
    fn what_is_liked_best_of_what_is_there_is_taken() {
        use ContactMeans::{InApp, Paper, Person, Phone};
        let today = day("2026-11-27");
        let over = Way { valid_until: Some(day("2026-11-26")), ..PHONE };
        let last_day = Way { valid_until: Some(today), ..PHONE };
        let refused = Way { is_agreed_to: false, ..PERSON };
        let by_one = Way { closed_until: Some(today), ..PERSON };
        let of_age = Way { closed_until: Some(day("2026-11-26")), ..PERSON };
        for (order, has_app, ways, expected) in [
            (&USUAL[..], true, &[PHONE][..], Some((InApp, None))),
            (&USUAL, false, &[PHONE], Some((Phone, Some(0)))),
            (&USUAL, false, &[over, PERSON, last_day], Some((Phone, Some(2)))),
            (&USUAL, false, &[over], None),
            // A person who was never asked for is not asked.
            (&USUAL, false, &[PERSON], None),
            (&[Person, Phone], true, &[refused, PHONE], Some((Phone, Some(1)))),
            (&[Person], true, &[refused, PERSON], Some((Person, Some(1)))),
            // While somebody is under age both agree; a number is called whatever anybody agrees to.
            (
                &[Person, Phone],
                true,
                &[by_one, Way { closed_until: Some(today), ..PHONE }],
                Some((Phone, Some(1))),
            ),
            (&[Person], true, &[by_one, of_age], Some((Person, Some(1)))),
            (&[Phone, Paper], true, &[], Some((Paper, None))),
            (&[InApp], false, &[PHONE, PERSON], None),
        ] {
            let found = reached(order, has_app, ways, today).map(|one| (one.by, one.way));
            assert_eq!(found, expected, "{order:?} {has_app} {ways:?}");
        }
    }

    #[test]
    fn an_order_names_each_once_and_is_read_as_it_was_written() {
        use ContactMeans::{InApp, Paper, Phone};
        assert!(is_an_order(&USUAL) && !is_an_order(&[]) && !is_an_order(&[InApp, Paper, InApp]));
        assert_eq!(order(Some(&written(&[Phone, InApp]))), [Phone, InApp]);
        assert_eq!(order(Some("dove,phone")), [Phone]);
        assert_eq!((order(None), order(Some("dove"))), (USUAL.to_vec(), USUAL.to_vec()));
    }

    #[test]
    fn what_cannot_be_is_named() {
        let today = day("2026-11-27");
        let time = |text: &str| text.parse::<NaiveTime>().ok();
        let number = Said {
            kind: ContactWayKind::Phone,
            whose: NumberOwner::Neighbour,
            has_number: true,
            has_name: false,
            good_from: time("17:00:00"),
            good_until: time("20:00:00"),
            valid_until: Some(today),
        };
        let person = Said { kind: ContactWayKind::Person, has_number: false, has_name: true, ..number };
        for (said, expected) in [
            (number, &[][..]),
            (person, &[]),
            (Said { has_number: false, ..number }, &[("/number", "required")]),
            (Said { has_name: true, ..number }, &[("/name", "not_allowed")]),
            (Said { has_name: false, ..person }, &[("/name", "required")]),
            (Said { whose: NumberOwner::Own, ..person }, &[("/whose", "not_allowed")]),
            (Said { good_until: time("17:00:00"), ..number }, &[("/good_until", "before_start")]),
            (Said { good_until: None, ..number }, &[("/good_until", "required")]),
            (Said { good_from: None, ..number }, &[("/good_from", "required")]),
            (Said { valid_until: Some(day("2026-11-26")), ..number }, &[("/valid_until", "past")]),
            (Said { valid_until: Some(day("2036-12-31")), ..number }, &[("/valid_until", "too_far")]),
        ] {
            let found = faults(said, today);
            let told: Vec<(&str, &str)> = found.iter().map(|one| (&*one.pointer, &*one.code)).collect();
            assert_eq!(told, expected, "{said:?}");
        }
    }

    #[test]
    fn failures_matter_until_something_arrives_or_their_subject_is_over() {
        let now = at("2026-11-27T10:00:00Z");
        let failed = |when: &str, until: Option<&str>| Failure { at: at(when), matters_until: until.map(at) };
        let two = [
            failed("2026-11-26T10:00:00Z", Some("2026-11-28T10:00:00Z")),
            failed("2026-11-27T09:00:00Z", Some("2026-11-29T10:00:00Z")),
        ];
        let told = |failures: &[Failure], delivered: Option<&str>, raised: Option<&str>| {
            let found = undelivered(failures, delivered.map(at), raised.map(at), now);
            (found.unheard, found.until.map(|until| until.to_string()))
        };
        assert_eq!(told(&two, None, None), (2, Some("2026-11-28T10:00:00Z".to_owned())));
        assert_eq!(
            told(&two, None, Some("2026-11-26T11:00:00Z")),
            (1, Some("2026-11-28T10:00:00Z".to_owned()))
        );
        assert_eq!(
            told(&two, Some("2026-11-26T12:00:00Z"), None),
            (1, Some("2026-11-29T10:00:00Z".to_owned()))
        );
        assert_eq!(told(&two, Some("2026-11-27T09:30:00Z"), None), (0, None));
        let over = [
            failed("2026-11-26T10:00:00Z", Some("2026-11-27T09:00:00Z")),
            failed("2026-11-26T10:00:00Z", None),
        ];
        assert_eq!(told(&over, None, None), (0, None));
    }

    proptest! {
        #[test]
        fn whoever_is_looked_at_in_time_is_called_for_exactly_when_it_is_long_enough(gone in 0_i64..40_000, step in 1_i64..10_080) {
            // A phone goes at a minute; they are looked at whenever a verdict says, or earlier.
            let start = at("2026-01-01T00:00:00Z");
            let minute = |number: i64| start.saturating_add(TimeDelta::minutes(number));
            let (mut now, mut called) = (start, None);
            for _ in 0..400 {
                let has_device = now < minute(gone);
                let phones = Phones { wants_app: true, has_device, since: minute(gone), called_at: None };
                now = match verdict(phones, now) {
                    Verdict::Call(_) => { called = Some(now); break; }
                    Verdict::Fine(next) | Verdict::Waits(next) => {
                        prop_assert!(next > now);
                        next.min(now.saturating_add(TimeDelta::minutes(step)))
                    }
                };
            }
            if let Some(called) = called {
                prop_assert!(called >= minute(gone).saturating_add(WITHOUT_DEVICE));
                prop_assert!(called < minute(gone + step).saturating_add(WITHOUT_DEVICE));
            }
        }

        #[test]
        fn nobody_is_called_for_more_than_once_in_so_long(since in 0_i64..20_000, called in 0_i64..20_000, now in 0_i64..40_000) {
            let start = at("2026-01-01T00:00:00Z");
            let minute = |number: i64| start.saturating_add(TimeDelta::minutes(number));
            let phones = Phones { wants_app: true, has_device: false, since: minute(since), called_at: Some(minute(called)) };
            if let Verdict::Call(next) = verdict(phones, minute(now)) {
                prop_assert!(called < since || minute(now) >= minute(called).saturating_add(WITHOUT_DEVICE));
                prop_assert_eq!(next, minute(now).saturating_add(WITHOUT_DEVICE));
            }
        }
    }
}
