//! What can be said of an item, and when nothing has moved for too long. Pure.

use super::words::{NotSeekingReason, ReadinessItem, ReadinessState, Willingness};
use chrono::{Days, NaiveDate, TimeDelta};
use contract::time::Instant;

/// When nothing has moved for so long, somebody is to act.
pub const STUCK: TimeDelta = TimeDelta::days(30);
/// How many steps are kept of one item.
pub const MOST_STEPS: i64 = 50;

/// Why something cannot be right, in a word and a sentence for the field that holds it.
pub type Fault = (&'static str, &'static str);

/// Whether the state of this item is kept sealed: a step towards rehabilitation tells of a conviction.
pub const fn is_sealed(item: ReadinessItem) -> bool {
    matches!(item, ReadinessItem::Rehabilitation)
}

/// Whether something that has happened can have happened on that day. By a day a phone may be ahead.
pub fn check_day(day: NaiveDate, today: NaiveDate) -> Result<(), Fault> {
    let latest = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let earliest = today.checked_sub_days(Days::new(731)).unwrap_or(today);
    if day > latest {
        Err(("future", "is in the future: it is recorded when it has been"))
    } else if day < earliest {
        Err(("too_old", "must be within the last two years"))
    } else {
        Ok(())
    }
}

/// When somebody is to act about an item in this state, of which something moved last at that time.
pub fn stuck_at(state: ReadinessState, moved_at: Instant) -> Option<Instant> {
    (state == ReadinessState::BeingObtained).then(|| moved_at.saturating_add(STUCK))
}

/// Whether a reason belongs to it: whoever does not look for work has one, and nobody else.
pub fn check_reason(willingness: Willingness, reason: Option<NotSeekingReason>) -> Result<(), Fault> {
    match (willingness, reason) {
        (Willingness::NotSeeking, None) => Err(("required", "must say why they do not look for work")),
        (Willingness::NotSeeking, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(("not_allowed", "is only of whoever does not look for work")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_being_obtained_gets_stuck() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        for state in ReadinessState::ALL {
            let expected = (*state == ReadinessState::BeingObtained).then(|| at("2026-12-31T10:00:00Z"));
            assert_eq!(stuck_at(*state, at("2026-12-01T10:00:00Z")), expected, "{state}");
        }
        let sealed: Vec<_> = ReadinessItem::ALL.iter().filter(|item| is_sealed(**item)).collect();
        assert_eq!(sealed, [&ReadinessItem::Rehabilitation]);
    }

    #[test]
    fn whoever_does_not_look_for_work_says_why_and_nobody_else() {
        for willingness in Willingness::ALL {
            let is_not_seeking = *willingness == Willingness::NotSeeking;
            assert_eq!(check_reason(*willingness, None).is_ok(), !is_not_seeking);
            assert_eq!(check_reason(*willingness, Some(NotSeekingReason::Care)).is_ok(), is_not_seeking);
        }
    }

    #[test]
    fn a_day_has_been_and_not_too_long_ago() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let word = |text| check_day(day(text), day("2026-11-27")).err().map(|(word, _)| word);
        assert_eq!(
            ["2026-11-28", "2026-11-29", "2024-11-26", "2024-11-25"].map(word),
            [None, Some("future"), None, Some("too_old")]
        );
    }
}
