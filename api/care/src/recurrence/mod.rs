//! Recurrences: on which days something comes again. A safe subset of RFC 5545's RRULE, read strictly and expanded on the calendar, without any
//! zone: days are civil days, and only whoever makes a time of one asks for a wall. A month without the day has it on its last one (what RFC
//! 7529 calls `SKIP=BACKWARD`). Pure, and bounded: no rule can ask for more work than [`MAX_DAYS`] days hold.

mod expand;
mod parse;
#[cfg(test)]
mod tests;

pub use parse::NotARecurrence;

use crate::opening_hours::calendar::Weekday;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{collections::BTreeSet, fmt};
use utoipa::ToSchema;

/// No recurrence is looked at farther than this from its first day: ten years.
pub const MAX_DAYS: u32 = 3660;
/// The largest interval.
pub const MAX_INTERVAL: u32 = 366;
/// How often something comes at most, where the rule says how often.
pub const MAX_COUNT: u32 = 1000;
/// The longest text of a rule.
pub const MAX_TEXT: usize = 200;

/// On which days something comes again, as RFC 5545 writes it: `FREQ=DAILY`, `WEEKLY` or `MONTHLY`, with `INTERVAL`, `BYDAY` (weekly), `BYMONTHDAY`
/// (monthly; a month without the day has it on its last one) and `COUNT` or `UNTIL` (a date on the wall, included).
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, min_length = 10, max_length = 200, example = "FREQ=WEEKLY;BYDAY=TU")]
pub struct Recurrence(Rule);

/// A rule, part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    frequency: Frequency,
    interval: u32,
    /// In their order. Without them, the weekday of the first day.
    by_day: Vec<Weekday>,
    /// In their order. Without them, the day of the month of the first day.
    by_month_day: BTreeSet<u32>,
    count: Option<u32>,
    until: Option<NaiveDate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

impl Recurrence {
    /// The last day on which it can come, if the rule says one.
    pub const fn until(&self) -> Option<NaiveDate> {
        self.0.until
    }
}

/// In one form, whatever the order in which it was written.
impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frequency = match self.0.frequency {
            Frequency::Daily => "DAILY",
            Frequency::Weekly => "WEEKLY",
            Frequency::Monthly => "MONTHLY",
        };
        write!(f, "FREQ={frequency}")?;
        if self.0.interval > 1 {
            write!(f, ";INTERVAL={}", self.0.interval)?;
        }
        let listed = |f: &mut fmt::Formatter<'_>, name: &str, words: Vec<String>| {
            if words.is_empty() { Ok(()) } else { write!(f, ";{name}={}", words.join(",")) }
        };
        listed(f, "BYDAY", self.0.by_day.iter().map(|day| parse::word(*day).to_owned()).collect())?;
        listed(f, "BYMONTHDAY", self.0.by_month_day.iter().map(u32::to_string).collect())?;
        if let Some(count) = self.0.count {
            write!(f, ";COUNT={count}")?;
        }
        if let Some(until) = self.0.until {
            write!(f, ";UNTIL={}", until.format("%Y%m%d"))?;
        }
        Ok(())
    }
}

impl Serialize for Recurrence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Recurrence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
