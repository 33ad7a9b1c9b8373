//! What can have been an outage. Pure.

use chrono::TimeDelta;
use contract::time::Instant;

/// The longest that can be declared at once.
pub const LONGEST: TimeDelta = TimeDelta::days(31);
/// How long ago one may have ended: what was missed longer ago has been talked about, and belongs in the figures as it is.
pub const LATEST: TimeDelta = TimeDelta::days(92);

/// Why a time cannot have been one: the field, a word and a sentence.
pub type Fault = (&'static str, &'static str, &'static str);

/// Whether the service can have been out from then until then. It is declared when it is over: nobody knows before for how long it lasts, and
/// what is out cannot be asked.
pub fn check(starts_at: Instant, ends_at: Instant, now: Instant) -> Result<(), Fault> {
    if ends_at <= starts_at {
        Err(("/local_ends", "order", "must be after it began"))
    } else if ends_at > now {
        Err(("/local_ends", "future", "is in the future: it is declared when it is over"))
    } else if ends_at < now.saturating_sub(LATEST) {
        Err(("/local_ends", "too_old", "must be within the last 92 days"))
    } else if ends_at.since(starts_at) > LONGEST {
        Err(("/local_starts", "too_long", "must be at most 31 days before it was over"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn it_has_been_and_not_too_long_nor_too_long_ago() {
        let now = at("2026-11-27T10:00:00Z");
        for (starts, ends, fault) in [
            ("2026-11-27T08:00:00Z", "2026-11-27T10:00:00Z", None),
            ("2026-11-27T08:00:00Z", "2026-11-27T10:00:01Z", Some("future")),
            ("2026-11-27T10:00:00Z", "2026-11-27T10:00:00Z", Some("order")),
            ("2026-11-27T09:00:00Z", "2026-11-27T08:00:00Z", Some("order")),
            ("2026-12-27T09:00:00Z", "2026-12-27T08:00:00Z", Some("order")),
            ("2026-10-27T10:00:00Z", "2026-11-27T10:00:00Z", None),
            ("2026-10-27T09:59:59Z", "2026-11-27T10:00:00Z", Some("too_long")),
            ("2026-08-27T08:00:00Z", "2026-08-27T10:00:00Z", None),
            ("2026-08-27T08:00:00Z", "2026-08-27T09:59:59Z", Some("too_old")),
        ] {
            let said = check(at(starts), at(ends), now).err().map(|(_, word, _)| word);
            assert_eq!(said, fault, "{starts} to {ends}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_is_over_and_has_a_length(starts in -200_000_i64..10_000, length in -1_000_i64..60_000) {
            let now = at("2026-11-27T10:00:00Z");
            let starts_at = now.saturating_add(TimeDelta::minutes(starts));
            let ends_at = starts_at.saturating_add(TimeDelta::minutes(length));
            if check(starts_at, ends_at, now).is_ok() {
                prop_assert!(starts_at < ends_at && ends_at <= now && ends_at.since(starts_at) <= LONGEST);
            }
        }
    }
}
