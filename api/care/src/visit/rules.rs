//! What can be logged of a visit. Pure.

use super::words::VisitReaders;
use chrono::TimeDelta;
use contract::{StaffRole, time::Instant};

/// By how much a wall may be ahead of ours: many phones show the hour that Morocco no longer has, and none is to be refused for it.
const AHEAD: TimeDelta = TimeDelta::minutes(70);
/// How old something may be that is logged, and how far ahead a next step.
const YEARS: TimeDelta = TimeDelta::days(731);
/// For so long after somebody was taken out of a caseload, what was recorded about them before is still taken: a phone may be without
/// network when that happens, and what was seen in the field must not be lost.
pub const TAKEN_AFTERWARDS: TimeDelta = TimeDelta::days(30);
/// By how much the clock of such a phone may be ahead.
pub const CLOCK_AHEAD: TimeDelta = TimeDelta::hours(2);

/// Why a time cannot be right, in a word and a sentence for the field that holds it.
pub type Fault = (&'static str, &'static str);

/// Whether a visit can have been then.
pub fn check_start(starts_at: Instant, now: Instant) -> Result<(), Fault> {
    if starts_at > now.saturating_add(AHEAD) {
        Err(("future", "is in the future: a visit is logged when it has been"))
    } else if starts_at < now.saturating_sub(YEARS) {
        Err(("too_old", "must be within the last two years"))
    } else {
        Ok(())
    }
}

/// Whether a next step can be due then.
pub fn check_next_step(due_at: Instant, starts_at: Instant, now: Instant) -> Result<(), Fault> {
    if due_at <= starts_at {
        Err(("before_start", "must be after the visit"))
    } else if due_at > now.saturating_add(YEARS) {
        Err(("too_far", "must be within two years"))
    } else {
        Ok(())
    }
}

/// Whether this role may write for these readers.
pub const fn may_write_for(readers: VisitReaders, role: StaffRole) -> bool {
    match readers {
        VisitReaders::Staff => true,
        VisitReaders::Author => matches!(role, StaffRole::Counsellor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_has_been_and_a_next_step_follows_it() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let now = at("2026-11-27T10:00:00Z");
        let word = |result: Result<(), Fault>| result.err().map(|(word, _)| word);
        for (starts_at, fault) in [
            ("2026-11-27T10:00:00Z", None),
            ("2026-11-27T11:10:00Z", None),
            ("2026-11-27T11:10:01Z", Some("future")),
            ("2024-11-27T10:00:00Z", None),
            ("2024-11-25T10:00:00Z", Some("too_old")),
        ] {
            assert_eq!(word(check_start(at(starts_at), now)), fault, "{starts_at}");
        }
        for (due_at, fault) in [
            // Logged late: it may be due already.
            ("2026-11-26T10:00:00Z", None),
            ("2026-11-25T09:00:00Z", Some("before_start")),
            ("2028-11-27T10:00:00Z", None),
            ("2028-11-29T10:00:00Z", Some("too_far")),
        ] {
            assert_eq!(word(check_next_step(at(due_at), at("2026-11-25T09:00:00Z"), now)), fault, "{due_at}");
        }
    }

    #[test]
    fn only_counsellors_write_for_themselves_alone() {
        for role in StaffRole::ALL {
            assert!(may_write_for(VisitReaders::Staff, *role));
            assert_eq!(may_write_for(VisitReaders::Author, *role), *role == StaffRole::Counsellor);
        }
    }
}
