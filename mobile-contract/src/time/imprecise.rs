//! A date as precisely as somebody knows it: a day, a month or a year. Whoever says "in March" must not be made to invent a day, and
//! whatever is reckoned from it has a lower and an upper bound.

use std::{fmt, str::FromStr};

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// The years that are written: what people remember, and nothing that a slip of the finger makes of it.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;

/// A day, a month or a year: `2026-11-27`, `2026-11` or `2026` (ISO 8601-1, with reduced precision).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ToSchema)]
#[schema(
    value_type = String,
    example = "2026-11",
    min_length = 4,
    max_length = 10,
    pattern = "^(19[7-9][0-9]|2[01][0-9]{2})(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
)]
pub struct ImpreciseDate(Known);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Known {
    first: NaiveDate,
    precision: Precision,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Precision {
    Day,
    Month,
    Year,
}

/// The text is no day, month or year between 1970 and 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a day, a month or a year such as 2026-11-27, 2026-11 or 2026, in the years 1970 to 2199")]
pub struct InvalidImpreciseDate;

impl ImpreciseDate {
    /// This day, known as such; `None` out of range.
    pub fn day(date: NaiveDate) -> Option<Self> {
        let known = Known { first: date, precision: Precision::Day };
        YEARS.contains(&date.year()).then_some(Self(known))
    }

    /// The first day that it can have been.
    pub const fn earliest(self) -> NaiveDate {
        self.0.first
    }

    /// The last day that it can have been.
    pub fn latest(self) -> NaiveDate {
        let months = match self.0.precision {
            Precision::Day => return self.0.first,
            Precision::Month => Months::new(1),
            Precision::Year => Months::new(12),
        };
        let next = self.0.first.checked_add_months(months);
        next.and_then(|next| next.pred_opt()).unwrap_or(self.0.first)
    }
}

impl fmt::Display for ImpreciseDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0.first.year())?;
        match self.0.precision {
            Precision::Year => Ok(()),
            Precision::Month => write!(f, "-{:02}", self.0.first.month()),
            Precision::Day => write!(f, "-{:02}-{:02}", self.0.first.month(), self.0.first.day()),
        }
    }
}

impl FromStr for ImpreciseDate {
    type Err = InvalidImpreciseDate;

    fn from_str(text: &str) -> Result<Self, InvalidImpreciseDate> {
        let precision = match text.len() {
            4 => Precision::Year,
            7 => Precision::Month,
            10 => Precision::Day,
            _ => return Err(InvalidImpreciseDate),
        };
        let mut parts = text.split('-');
        let mut number = |digits: usize| match parts.next() {
            Some(part) if part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                part.parse::<u32>().map_err(|_| InvalidImpreciseDate)
            }
            _ => Err(InvalidImpreciseDate),
        };
        let year = i32::try_from(number(4)?).map_err(|_| InvalidImpreciseDate)?;
        let month = if precision == Precision::Year { 1 } else { number(2)? };
        let day = if precision == Precision::Day { number(2)? } else { 1 };
        let first = NaiveDate::from_ymd_opt(year, month, day).ok_or(InvalidImpreciseDate)?;
        if YEARS.contains(&year) { Ok(Self(Known { first, precision })) } else { Err(InvalidImpreciseDate) }
    }
}

impl Serialize for ImpreciseDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ImpreciseDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::text::deserialize(deserializer, "a day, a month or a year")
    }
}
