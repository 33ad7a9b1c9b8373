//! What a clock on the wall and the calendar beside it show. It means nothing without a zone, and it is what people agree on,
//! so it is kept as they said it and never carries an offset.

use std::{fmt, str::FromStr};

use super::digits::{self, TimeText};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// A date and a time of day, to the second, without a zone: `2026-12-01T10:00:00`.
///
/// Every value lies between [`LocalDateTime::MIN`] and [`LocalDateTime::MAX`]. Its text has one form, which sorts as time
/// does. On input the seconds may be left out; a fraction, an offset or a `Z` is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(
    value_type = String,
    example = "2026-12-01T10:00:00",
    min_length = 16,
    max_length = 19,
    pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"
)]
pub struct LocalDateTime(NaiveDateTime);

/// The text or value is no wall-clock time between 1970 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a wall-clock time such as 2026-12-01T10:00, without offset, in the years 1970 to 9999")]
pub struct InvalidLocalDateTime;

impl LocalDateTime {
    /// 1969-12-31T00:00:00: a day before the first [`super::Instant`], so that it has a wall-clock time in every zone.
    pub const MIN: Self = Self(edge(1969, 0, 0, 0));
    /// 9999-12-31T23:59:59.
    pub const MAX: Self = Self(edge(9999, 23, 59, 59));

    /// This day at this time of day; what is finer than a second is dropped. `None` out of range.
    pub fn new(date: NaiveDate, time: NaiveTime) -> Option<Self> {
        Self::from_chrono(NaiveDateTime::new(date, time))
    }

    /// The same wall-clock time, without what is finer than a second; `None` out of range.
    pub fn from_chrono(local: NaiveDateTime) -> Option<Self> {
        let whole = local.with_nanosecond(0)?;
        (Self::MIN.0..=Self::MAX.0).contains(&whole).then_some(Self(whole))
    }

    /// The nearest wall-clock time there is.
    pub(super) fn clamped(local: NaiveDateTime) -> Self {
        let whole = local.with_nanosecond(0).unwrap_or(local);
        Self(whole.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// The same as chrono has it.
    pub fn to_chrono(self) -> NaiveDateTime {
        self.0
    }

    /// The day on the calendar.
    pub fn date(self) -> NaiveDate {
        self.0.date()
    }

    /// The time on the clock.
    pub fn time(self) -> NaiveTime {
        self.0.time()
    }

    /// The same time of day, this many calendar days earlier, stopping at [`LocalDateTime::MIN`].
    pub fn days_before(self, days: u32) -> Self {
        self.0.checked_sub_days(Days::new(days.into())).map_or(Self::MIN, Self::clamped)
    }

    /// The same time of day, this many calendar days later, stopping at [`LocalDateTime::MAX`].
    pub fn days_after(self, days: u32) -> Self {
        self.0.checked_add_days(Days::new(days.into())).map_or(Self::MAX, Self::clamped)
    }
}

/// The last day of `year` at this time. All four arguments are constants above, so the fallback is never taken.
const fn edge(year: i32, hour: u32, minute: u32, second: u32) -> NaiveDateTime {
    match NaiveDate::from_ymd_opt(year, 12, 31) {
        Some(date) => match date.and_hms_opt(hour, minute, second) {
            Some(local) => local,
            None => NaiveDateTime::MIN,
        },
        None => NaiveDateTime::MIN,
    }
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(TimeText::of(self.0).as_str())
    }
}

impl FromStr for LocalDateTime {
    type Err = InvalidLocalDateTime;

    fn from_str(text: &str) -> Result<Self, InvalidLocalDateTime> {
        let local = digits::read(text).ok_or(InvalidLocalDateTime)?;
        Self::from_chrono(local).ok_or(InvalidLocalDateTime)
    }
}

impl Serialize for LocalDateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(TimeText::of(self.0).as_str())
    }
}

impl<'de> Deserialize<'de> for LocalDateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::text::deserialize(deserializer, "a wall-clock time without offset")
    }
}
