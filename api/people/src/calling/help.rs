//! What is told to somebody who needs a person now.

use super::{EmergencyPhone, of_centre};
use crate::opening_hours::{calendar::Calendar, rules::next_openings};
use contract::time::{Instant, LocalDateTime, ZoneName, Zones};
use kernel::error::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// How far ahead opening hours are told, and how many of them: a phone that is without network for a week still knows them.
const DAYS: u32 = 21;
const AT_MOST: usize = 12;

/// When a centre is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Opening {
    /// From when, on the centre's wall. Show it as it is.
    pub local_opens: LocalDateTime,
    /// Until when, on the same wall.
    pub local_closes: LocalDateTime,
    /// Whose wall that is.
    pub zone: ZoneName,
    /// From when, as an instant.
    pub opens_at: Instant,
    /// Until when, as an instant.
    pub closes_at: Instant,
}

/// Whom to call now, and when somebody of the centre calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Help {
    /// The centre's own number, answered while it is open; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "+212522000000")]
    pub centre_phone: Option<String>,
    /// The numbers for an emergency, at any hour.
    #[schema(max_items = 10)]
    pub emergency_phones: Vec<EmergencyPhone>,
    /// The centre's opening hours from now on, the one that is running among them. Somebody who asked for it is called within the first that
    /// is not over; say when that is, and nothing more: no call is promised for a minute. Empty if nothing is known of the next weeks.
    #[schema(max_items = 12)]
    pub next_openings: Vec<Opening>,
}

/// Where somebody's centre is and when it is open, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Whereabouts {
    /// The centre's number.
    pub centre_phone: Option<String>,
    /// Its numbers for an emergency, as JSON.
    pub centre_emergency_phones: Option<String>,
    /// When it is open, as JSON.
    pub centre_calendar: String,
    /// Where it is.
    pub centre_zone: ZoneName,
}

impl Help {
    /// That of this centre, seen at `now`.
    pub fn of(centre: &Whereabouts, zones: &Zones, now: Instant) -> Result<Self> {
        let calendar: Calendar = serde_json::from_str(&centre.centre_calendar).map_err(Error::internal)?;
        let zone = &centre.centre_zone;
        let today = zones.to_local(now, zone).map_err(Error::internal)?;
        let instant = |local| zones.resolve(local, zone).map(|time| time.instant).map_err(Error::internal);
        let mut next = Vec::new();
        for (local_opens, local_closes) in next_openings(&calendar, today, DAYS).into_iter().take(AT_MOST) {
            next.push(Opening {
                local_opens,
                local_closes,
                zone: zone.clone(),
                opens_at: instant(local_opens)?,
                closes_at: instant(local_closes)?,
            });
        }
        Ok(Self {
            centre_phone: centre.centre_phone.clone(),
            emergency_phones: of_centre(centre.centre_emergency_phones.as_deref())?,
            next_openings: next,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(calendar: &str, now: &str) -> Help {
        let centre = Whereabouts {
            centre_phone: Some("+212522000000".to_owned()),
            centre_emergency_phones: None,
            centre_calendar: calendar.to_owned(),
            centre_zone: ZoneName::CASABLANCA,
        };
        Help::of(&centre, &Zones::built_in(), now.parse().unwrap()).unwrap()
    }

    fn first(calendar: &str, now: &str) -> (String, String) {
        let help = help(calendar, now);
        let opening = &help.next_openings[0];
        (opening.local_opens.to_string(), opening.local_closes.to_string())
    }

    #[test]
    fn somebody_calls_while_the_centre_is_open_and_never_before() {
        let told = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        // A Friday afternoon within the hours, one after them, and a Saturday.
        assert_eq!(first("{}", "2026-11-27T15:00:00Z"), told("2026-11-27T14:30:00", "2026-11-27T16:30:00"));
        assert_eq!(first("{}", "2026-11-27T16:29:59Z").1, "2026-11-27T16:30:00");
        assert_eq!(first("{}", "2026-11-27T16:30:00Z"), told("2026-11-30T08:30:00", "2026-11-30T16:30:00"));
        assert_eq!(first("{}", "2026-11-28T09:00:00Z").0, "2026-11-30T08:30:00");
        let closed = r#"{"closed_days": [{"date": "2026-11-30", "label": "a"}]}"#;
        assert_eq!(first(closed, "2026-11-28T09:00:00Z").0, "2026-12-01T08:30:00");
        let late = r#"{"hours": [{"weekday": "monday", "opens": "18:00", "closes": "24:00"}]}"#;
        assert_eq!(first(late, "2026-11-28T09:00:00Z"), told("2026-11-30T18:00:00", "2026-12-01T00:00:00"));
    }

    #[test]
    fn a_centre_that_is_never_open_promises_nothing_and_there_is_still_somebody_to_call() {
        let never = help(r#"{"hours": []}"#, "2026-11-28T09:00:00Z");
        assert!(never.next_openings.is_empty());
        assert_eq!(never.emergency_phones.len(), 4);
        assert_eq!(help("{}", "2026-11-28T09:00:00Z").next_openings.len(), AT_MOST);
    }
}
