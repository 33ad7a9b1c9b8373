//! Which reminders are told in person, and when somebody may be called. Pure.

use chrono::{NaiveTime, TimeDelta};
use contract::{
    SubjectKind,
    time::{Instant, LocalDateTime, ZoneName, ZoneUnknown, Zones},
};
use notifications::policy::QuietHours;
use std::collections::HashMap;
use uuid::Uuid;

/// A reminder to a participant, as far as decides whether somebody calls them for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Who is told.
    pub recipient: Uuid,
    /// What it is about.
    pub subject: (SubjectKind, Uuid),
    /// When it is due.
    pub due_at: Instant,
    /// Whether they were told, or are told by the app.
    pub is_told: bool,
}

/// Those of them for which somebody is to be called until `day_ends`, by their places: of each subject the one that was due last, and if they were told
/// that one the next that is still due today. What was due before it is overtaken: as on a phone, the later one takes its place.
pub fn to_call(reminders: &[Due], now: Instant, day_ends: impl Fn(usize) -> Instant) -> Vec<usize> {
    let mut of_subjects: HashMap<_, Vec<(Instant, usize, bool)>> = HashMap::new();
    for (at, one) in reminders.iter().enumerate() {
        let of_one = of_subjects.entry((one.recipient, one.subject)).or_default();
        of_one.push((one.due_at, at, one.is_told));
    }
    let mut found: Vec<usize> = of_subjects
        .into_values()
        .filter_map(|mut of_one| {
            of_one.sort_unstable();
            let last = of_one.iter().rfind(|(due_at, ..)| *due_at <= now);
            if let Some((_, at, false)) = last {
                return Some(*at);
            }
            let next = of_one.iter().find(|(due_at, _, is_told)| *due_at > now && !is_told);
            next.filter(|(due_at, at, _)| *due_at < day_ends(*at)).map(|(_, at, _)| *at)
        })
        .collect();
    found.sort_unstable();
    found
}

/// When somebody may be called for a reminder: from now on or from when it is due, outside of the night where they live, and before it is useless. Nothing if
/// that is over before the morning.
pub fn window(
    (due_at, expires_at): (Instant, Instant),
    now: Instant,
    quiet: Option<QuietHours>,
    home: &ZoneName,
    zones: &Zones,
) -> Result<Option<(Instant, Instant)>, ZoneUnknown> {
    let begins = due_at.max(now);
    let Some(quiet) = quiet else { return Ok((begins < expires_at).then_some((begins, expires_at))) };
    let begins = after_night(begins, quiet, home, zones)?;
    let ends = before_night(expires_at, quiet, home, zones)?;
    Ok((begins < ends).then_some((begins, ends)))
}

/// The same moment, or the morning if it lies in the night.
fn after_night(
    at: Instant,
    quiet: QuietHours,
    home: &ZoneName,
    zones: &Zones,
) -> Result<Instant, ZoneUnknown> {
    let local = zones.to_local(at, home)?;
    if !quiet.contain(local.time()) {
        return Ok(at);
    }
    let is_evening = quiet.passes_midnight() && local.time() >= quiet.from;
    let morning = at_time(local, quiet.until, i64::from(is_evening));
    Ok(zones.resolve(morning, home)?.instant.max(at))
}

/// The same moment, or the evening before if it lies in the night or ends it: between that and the morning nobody is called.
fn before_night(
    at: Instant,
    quiet: QuietHours,
    home: &ZoneName,
    zones: &Zones,
) -> Result<Instant, ZoneUnknown> {
    let local = zones.to_local(at, home)?;
    if !quiet.contain(local.time()) && local.time() != quiet.until {
        return Ok(at);
    }
    let is_early = quiet.passes_midnight() && local.time() <= quiet.until;
    let evening = at_time(local, quiet.from, -i64::from(is_early));
    Ok(zones.resolve(evening, home)?.instant.min(at))
}

fn at_time(local: LocalDateTime, time: NaiveTime, days: i64) -> LocalDateTime {
    let date = local.date();
    let date = date.checked_add_signed(TimeDelta::days(days)).unwrap_or(date);
    // The calendar ends somewhere: there it stays as it is.
    LocalDateTime::new(date, time).unwrap_or(local)
}

/// When the day ends on the wall of a centre.
pub fn day_ends(now: Instant, zone: &ZoneName, zones: &Zones) -> Result<Instant, ZoneUnknown> {
    let local = zones.to_local(now, zone)?;
    Ok(zones.resolve(at_time(local, NaiveTime::MIN, 1), zone)?.instant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn due(subject: u128, when: &str, is_told: bool) -> Due {
        let subject = (SubjectKind::Appointment, Uuid::from_u128(subject));
        Due { recipient: Uuid::from_u128(7), subject, due_at: at(when), is_told }
    }

    fn called(reminders: &[Due]) -> Vec<usize> {
        to_call(reminders, at("2026-11-27T10:00:00Z"), |_| at("2026-11-28T00:00:00Z"))
    }

    #[test]
    fn of_each_subject_the_last_that_was_due_is_told_and_then_the_next_of_today() {
        let (before, past) = ("2026-11-25T10:00:00Z", "2026-11-27T09:00:00Z");
        let (today, evening, tomorrow) =
            ("2026-11-27T12:00:00Z", "2026-11-27T18:00:00Z", "2026-11-28T09:00:00Z");
        for (reminders, expected) in [
            (vec![due(1, before, false), due(1, past, false), due(1, today, false)], vec![1]),
            // Told of the last: what was due before is overtaken, and the next of today is next.
            (
                vec![due(1, before, false), due(1, past, true), due(1, today, false), due(1, evening, false)],
                vec![2],
            ),
            (vec![due(1, past, true), due(1, today, true), due(1, evening, false)], vec![2]),
            (vec![due(1, tomorrow, false)], vec![]),
            // Each subject by itself.
            (vec![due(1, past, false), due(2, today, false), due(3, past, true)], vec![0, 1]),
            // Of two at the same moment, one.
            (vec![due(1, past, false), due(1, past, false)], vec![1]),
        ] {
            assert_eq!(called(&reminders), expected, "{reminders:?}");
        }
    }

    #[test]
    fn nobody_is_called_at_night() {
        let (zones, quiet) = (Zones::built_in(), Some(QuietHours::default()));
        let told = |due: &str, expires: &str, now: &str| {
            window((at(due), at(expires)), at(now), quiet, &ZoneName::CASABLANCA, &zones)
                .unwrap()
                .map(|(from, until)| (from.to_string(), until.to_string()))
        };
        let some = |from: &str, until: &str| Some((from.to_owned(), until.to_owned()));
        // By day.
        assert_eq!(
            told("2026-11-27T10:00:00Z", "2026-11-27T18:00:00Z", "2026-11-27T11:00:00Z"),
            some("2026-11-27T11:00:00Z", "2026-11-27T18:00:00Z")
        );
        // Asked in the evening or before dawn: the morning. Useless at night: the evening before.
        for now in ["2026-11-27T22:00:00Z", "2026-11-28T03:00:00Z"] {
            assert_eq!(
                told("2026-11-27T20:00:00Z", "2026-11-29T02:00:00Z", now),
                some("2026-11-28T08:00:00Z", "2026-11-28T21:00:00Z")
            );
        }
        // Useless as the night ends: the evening before as well.
        assert_eq!(
            told("2026-11-27T20:00:00Z", "2026-11-28T08:00:00Z", "2026-11-27T20:30:00Z"),
            some("2026-11-27T20:30:00Z", "2026-11-27T21:00:00Z")
        );
        // Over before the morning.
        assert_eq!(told("2026-11-27T20:00:00Z", "2026-11-28T07:00:00Z", "2026-11-27T22:00:00Z"), None);
        assert_eq!(told("2026-11-27T10:00:00Z", "2026-11-27T18:00:00Z", "2026-11-27T18:00:00Z"), None);
    }

    proptest! {
        #[test]
        fn no_window_begins_or_ends_at_night_and_none_is_outside_of_the_reminder(
            due in 0_i64..30_000, lasts in 1_i64..20_000, later in 0_i64..20_000, from in 0_u32..1_440, until in 0_u32..1_440,
        ) {
            let time = |minutes: u32| NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0).unwrap();
            prop_assume!(from != until);
            let (zones, quiet) = (Zones::built_in(), QuietHours { from: time(from), until: time(until) });
            // Across a change of the clocks.
            let paris: ZoneName = "Europe/Paris".parse().unwrap();
            let start = at("2027-03-18T00:00:00Z");
            let minute = |number: i64| start.saturating_add(TimeDelta::minutes(number));
            let (due_at, now) = (minute(due), minute(due + later));
            let expires_at = minute(due + lasts);
            if let Some((begins, ends)) = window((due_at, expires_at), now, Some(quiet), &paris, &zones).unwrap() {
                prop_assert!(begins >= now && begins >= due_at && ends <= expires_at && begins < ends);
                let wall = zones.to_local(begins, &paris).unwrap().time();
                // A morning that the clocks jump over is moved, never into the night before.
                prop_assert!(!quiet.contain(wall) || wall >= quiet.until);
            }
        }

        #[test]
        fn at_most_one_of_each_subject_and_none_that_was_told(
            reminders in proptest::collection::vec((0_u128..3, -2_000_i64..2_000, any::<bool>()), 0..12),
        ) {
            let now = at("2026-11-27T10:00:00Z");
            let reminders: Vec<Due> = reminders
                .into_iter()
                .map(|(subject, minutes, is_told)| Due {
                    due_at: now.saturating_add(TimeDelta::minutes(minutes)),
                    ..due(subject, "2026-11-27T10:00:00Z", is_told)
                })
                .collect();
            let found = called(&reminders);
            for (place, one) in found.iter().enumerate() {
                prop_assert!(!reminders[*one].is_told);
                prop_assert!(found.iter().take(place).all(|other| reminders[*other].subject != reminders[*one].subject));
            }
            // Whoever was never told of anything that was due is called for it.
            for one in &reminders {
                let of_it = || reminders.iter().filter(|other| other.subject == one.subject);
                if one.due_at <= now && of_it().all(|other| !other.is_told) {
                    prop_assert!(found.iter().any(|at| reminders[*at].subject == one.subject));
                }
            }
        }
    }
}
