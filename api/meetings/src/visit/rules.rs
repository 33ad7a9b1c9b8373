//! What can be logged of a visit. Pure.

use super::words::VisitReaders;
use crate::accompanied::Fault;
use chrono::TimeDelta;
use contract::{StaffRole, time::Instant};

/// How far ahead a next step may be.
const YEARS: TimeDelta = TimeDelta::days(731);

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
    fn a_next_step_follows_its_visit() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let now = at("2026-11-27T10:00:00Z");
        let word = |result: Result<(), Fault>| result.err().map(|(word, _)| word);
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
