//! What "without contact" means, once for everybody. Pure.

use super::words::ContactKind;
use chrono::TimeDelta;
use contract::{StaffId, time::Instant};
use uuid::Uuid;

/// After how many days without contact somebody is to be looked for, where a centre says nothing else.
const DAYS: i64 = 30;
/// The fewest days that a centre can say.
pub const LEAST_DAYS: u16 = 7;
/// The most.
pub const MOST_DAYS: u16 = 365;
/// How long after an attempt in vain another one is due.
const TRY_AGAIN: TimeDelta = TimeDelta::days(14);
/// At least so long after somebody was told to try again, they are told once more.
const AT_MOST_EVERY: TimeDelta = TimeDelta::days(30);

/// A contact that reached somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact {
    /// When it began.
    pub at: Instant,
    /// What it was.
    pub kind: ContactKind,
    /// Which one.
    pub id: Uuid,
}

/// An attempt that reached nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// When it was.
    pub at: Instant,
    /// Whose it was.
    pub author_id: StaffId,
}

/// What is known of somebody.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// Since when they are accompanied.
    pub opened_at: Instant,
    /// The last contact of each kind.
    pub contacts: &'k [Contact],
    /// The latest attempts in vain, in the order in which they were.
    pub attempts: &'k [Attempt],
    /// What the centre says.
    pub after_days: Option<i64>,
}

/// How it stands with somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The last contact, if there was one.
    pub last: Option<Contact>,
    /// Since when the days are counted.
    pub counted_from: Instant,
    /// How many whole days it has been.
    pub days: i64,
    /// After how many it is too long.
    pub after_days: i64,
    /// How many attempts there were since the last contact.
    pub attempts_since: usize,
    /// When another one is due, and who made the last.
    pub try_again: Option<Attempt>,
}

impl Standing {
    /// When it is, or was, too long.
    pub fn due_at(&self) -> Instant {
        self.counted_from.saturating_add(TimeDelta::days(self.after_days))
    }

    /// When somebody is to be called to look for them: once it is too long, and once more when it was as long again since they were called.
    /// A call from before their last contact says nothing of the time since.
    pub fn call_at(&self, called_at: Option<Instant>) -> Instant {
        let called_at = called_at.filter(|called| *called >= self.counted_from);
        called_at
            .map_or_else(|| self.due_at(), |called| called.saturating_add(TimeDelta::days(self.after_days)))
    }

    /// Whether it is too long.
    pub const fn is_without_contact(&self) -> bool {
        self.days >= self.after_days
    }
}

/// How many whole days there are between the two. A day is 24 hours, whatever a clock on the wall does meanwhile.
pub fn days_between(from: Instant, to: Instant) -> i64 {
    to.since(from).num_days().max(0)
}

/// Until when somebody must not have been met or spoken to, to have been without contact for so many days now.
pub fn latest_for(days: i64, now: Instant) -> Instant {
    now.saturating_sub(TimeDelta::days(days))
}

/// After how many days without contact it is too long.
pub fn after_days(of_centre: Option<i64>) -> i64 {
    of_centre.unwrap_or(DAYS)
}

/// How it stands now.
pub fn standing(known: Known<'_>, now: Instant) -> Standing {
    // A phone's wall may be an hour ahead: what has been has been.
    let last = known
        .contacts
        .iter()
        .map(|contact| Contact { at: contact.at.min(now), ..*contact })
        .max_by_key(|contact| (contact.at, contact.id));
    let counted_from = last.map_or(known.opened_at, |contact| contact.at.max(known.opened_at)).min(now);
    let is_since = |attempt: &&Attempt| attempt.at > counted_from;
    Standing {
        last,
        counted_from,
        days: days_between(counted_from, now),
        after_days: after_days(known.after_days),
        attempts_since: known.attempts.iter().filter(is_since).count(),
        try_again: try_again(known.attempts, last.map(|contact| contact.at)),
    }
}

/// When another attempt is due: so long after the last one in vain, unless somebody was reached since; and not sooner than a month after it
/// was said before.
fn try_again(attempts: &[Attempt], last: Option<Instant>) -> Option<Attempt> {
    let (mut before, mut said): (Option<(Instant, Attempt)>, Option<Instant>) = (None, None);
    for attempt in attempts {
        if let Some((made_at, due)) = before {
            // It was not said if somebody was reached, or tried, before it was due.
            let until = last.filter(|last| (made_at..attempt.at).contains(last)).unwrap_or(attempt.at);
            said = Some(due.at).filter(|due| *due <= until).or(said);
        }
        let earliest = said.map_or(Instant::MIN, |said| said.saturating_add(AT_MOST_EVERY));
        let at = attempt.at.saturating_add(TRY_AGAIN).max(earliest);
        before = Some((attempt.at, Attempt { at, author_id: attempt.author_id }));
    }
    before.filter(|(made_at, _)| last.is_none_or(|last| *made_at > last)).map(|(_, due)| due)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn day(number: i64) -> Instant {
        at("2026-01-01T09:00:00Z").saturating_add(TimeDelta::days(number))
    }

    fn visit(number: i64) -> Contact {
        Contact { at: day(number), kind: ContactKind::Visit, id: Uuid::from_u128(1) }
    }

    fn attempts(days: &[i64]) -> Vec<Attempt> {
        days.iter()
            .map(|number| Attempt { at: day(*number), author_id: StaffId(Uuid::from_u128(7)) })
            .collect()
    }

    fn known<'k>(contacts: &'k [Contact], attempts: &'k [Attempt]) -> Known<'k> {
        Known { opened_at: day(0), contacts, attempts, after_days: None }
    }

    #[test]
    fn only_what_reached_somebody_ends_the_time_without_contact() {
        let tried = attempts(&[20, 29, 40]);
        let nobody = standing(known(&[], &tried), day(41));
        assert_eq!((nobody.days, nobody.is_without_contact(), nobody.attempts_since), (41, true, 3));
        assert_eq!((nobody.last, nobody.counted_from), (None, day(0)));
        let met = standing(known(&[visit(25)], &tried), day(41));
        assert_eq!((met.days, met.is_without_contact(), met.attempts_since), (16, false, 2));
        // The later of two kinds counts, in whichever order they are told.
        let appointment = Contact { at: day(30), kind: ContactKind::Appointment, id: Uuid::from_u128(2) };
        for contacts in [[visit(25), appointment], [appointment, visit(25)]] {
            assert_eq!(standing(known(&contacts, &tried), day(41)).last, Some(appointment));
        }
    }

    #[test]
    fn nobody_is_counted_from_before_they_are_accompanied() {
        let stands = standing(Known { opened_at: day(100), ..known(&[visit(25)], &[]) }, day(110));
        assert_eq!((stands.days, stands.last.unwrap().at, stands.counted_from), (10, day(25), day(100)));
    }

    #[test]
    fn a_wall_that_is_ahead_makes_nobody_met_in_the_future() {
        let stands = standing(known(&[visit(12)], &[]), day(11));
        assert_eq!((stands.days, stands.counted_from, stands.last.unwrap().at), (0, day(11), day(11)));
    }

    #[test]
    fn they_are_looked_for_once_each_time_that_it_was_too_long() {
        let stands = standing(known(&[visit(5)], &[]), day(40));
        for (called, next) in [(None, 35), (Some(35), 65), (Some(37), 67), (Some(4), 35)] {
            assert_eq!(stands.call_at(called.map(day)), day(next), "{called:?}");
        }
    }

    #[test]
    fn another_attempt_is_due_after_14_days_and_said_once_a_month_at_most() {
        for (tried, reached, due) in [
            (&[][..], None, None),
            (&[10], None, Some(24)),
            // The later attempt takes the place of the former before that was said.
            (&[10, 20], None, Some(34)),
            // What was said on day 24 is said again a month later at the earliest.
            (&[10, 25], None, Some(54)),
            (&[10, 25, 40], None, Some(54)),
            (&[10, 25, 45], None, Some(59)),
            (&[10, 25, 60], None, Some(84)),
            // Somebody was reached.
            (&[10], Some(12), None),
            (&[10], Some(10), None),
            (&[10, 20], Some(12), Some(34)),
            // Said before they were reached, on day 24: that counts for the month.
            (&[10, 28], Some(26), Some(54)),
            // Never said: they were reached before.
            (&[10, 28], Some(20), Some(42)),
        ] {
            let reached: Vec<Contact> = reached.map(visit).into_iter().collect();
            let stands = standing(known(&reached, &attempts(tried)), day(200));
            assert_eq!(stands.try_again.map(|one| one.at), due.map(day), "{tried:?} {reached:?}");
        }
    }

    proptest! {
        #[test]
        fn days_due_and_list_never_disagree(minutes in 0_i64..200_000, after in 7_i64..=365) {
            let now = day(0).saturating_add(TimeDelta::minutes(minutes));
            let stands = standing(Known { after_days: Some(after), ..known(&[], &[]) }, now);
            prop_assert_eq!(stands.is_without_contact(), now >= stands.due_at());
            prop_assert_eq!(stands.is_without_contact(), stands.counted_from <= latest_for(after, now));
        }

        #[test]
        fn an_attempt_in_vain_never_shortens_the_time_without_contact(tried in proptest::collection::vec(0_i64..90, 0..9), met in proptest::option::of(0_i64..90)) {
            let mut tried = tried;
            tried.sort_unstable();
            let contacts: Vec<Contact> = met.map(visit).into_iter().collect();
            let with = standing(known(&contacts, &attempts(&tried)), day(100));
            let without = standing(known(&contacts, &[]), day(100));
            prop_assert_eq!((with.days, with.counted_from, with.last), (without.days, without.counted_from, without.last));
            if let Some(again) = with.try_again {
                prop_assert!(again.at >= day(*tried.last().unwrap() + 14));
            }
        }
    }
}
