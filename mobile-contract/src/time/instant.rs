//! A point in time, the same for everyone. It counts whole microseconds since 1970, because that is what both databases keep:
//! a finer value would come back from storage changed, and then compare unequal to itself.

use std::{fmt, str::FromStr, time::Duration};

use super::digits::TimeText;
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// A point in time, in whole microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Every value lies between [`Instant::MIN`] and [`Instant::MAX`], so turning one into a date never fails. On the wire it is
/// RFC 3339 text in UTC; an offset is understood on input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-12-01T10:00:00Z")]
pub struct Instant(i64);

/// The text or number is no instant between 1970 and 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an RFC 3339 date-time with Z or an offset, in the years 1970 to 9999")]
pub struct InvalidInstant;

const MICROS_PER_SECOND: i64 = 1_000_000;
/// Longest text that is looked at: nanoseconds and an offset take 35 characters.
const MAX_TEXT: usize = 40;

impl Instant {
    /// 1970-01-01T00:00:00Z.
    pub const MIN: Self = Self(0);
    /// 9999-12-30T22:00:00Z: the last moment that still has a four-digit year in every zone.
    pub const MAX: Self = Self(253_402_207_200 * MICROS_PER_SECOND);

    /// The instant this many microseconds after 1970, unless that is out of range.
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < Self::MIN.0 || micros > Self::MAX.0 { None } else { Some(Self(micros)) }
    }

    /// The instant this many seconds after 1970 (as in a JWT's `exp`, RFC 7519 §2), unless that is out of range.
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        match seconds.checked_mul(MICROS_PER_SECOND) {
            Some(micros) => Self::from_micros(micros),
            None => None,
        }
    }

    /// The nearest instant to this many microseconds after 1970.
    pub(super) fn clamped(micros: i64) -> Self {
        Self(micros.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Microseconds since 1970.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0 / MICROS_PER_SECOND
    }

    /// This much later; `None` past [`Instant::MAX`]. What is finer than a microsecond is dropped.
    pub fn checked_add(self, by: Duration) -> Option<Self> {
        Self::from_micros(self.0.checked_add(i64::try_from(by.as_micros()).ok()?)?)
    }

    /// This much earlier; `None` before 1970. What is finer than a microsecond is dropped.
    pub fn checked_sub(self, by: Duration) -> Option<Self> {
        Self::from_micros(self.0.checked_sub(i64::try_from(by.as_micros()).ok()?)?)
    }

    /// This much later (earlier if `by` is negative), stopping at the ends of the range.
    pub fn saturating_add(self, by: TimeDelta) -> Self {
        Self::clamped(self.0.saturating_add(saturating_micros(by)))
    }

    /// This much earlier (later if `by` is negative), stopping at the ends of the range.
    pub fn saturating_sub(self, by: TimeDelta) -> Self {
        Self::clamped(self.0.saturating_sub(saturating_micros(by)))
    }

    /// How much later this is than `other`; negative if it is earlier.
    pub fn since(self, other: Self) -> TimeDelta {
        TimeDelta::microseconds(self.0 - other.0)
    }

    /// How long from now (`self`) until `later`; zero if that has passed.
    pub fn until(self, later: Self) -> Duration {
        Duration::from_micros(u64::try_from(later.0 - self.0).unwrap_or(0))
    }

    /// The same moment as chrono has it.
    pub fn to_chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// RFC 3339 in UTC, with as many decimals as it takes: none, three or six.
    fn text(self) -> TimeText {
        let moment = self.to_chrono().naive_utc();
        let mut text = TimeText::of(moment);
        let micros = moment.and_utc().timestamp_subsec_micros();
        if micros != 0 {
            text.mark(b'.');
            if micros.is_multiple_of(1_000) { text.number(micros / 1_000, 3) } else { text.number(micros, 6) }
        }
        text.mark(b'Z');
        text
    }

    /// The same moment, without what is finer than a microsecond; `None` out of range.
    pub fn from_chrono(moment: DateTime<Utc>) -> Option<Self> {
        Self::from_micros(moment.timestamp_micros())
    }
}

fn saturating_micros(by: TimeDelta) -> i64 {
    by.num_microseconds().unwrap_or(if by < TimeDelta::zero() { i64::MIN } else { i64::MAX })
}

impl From<Instant> for DateTime<Utc> {
    fn from(instant: Instant) -> Self {
        instant.to_chrono()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}

impl FromStr for Instant {
    type Err = InvalidInstant;

    /// Reads RFC 3339 (§5.6). A leap second, which only exists at 23:59:60 UTC, is the first moment of the next day, as it
    /// is for the clocks that count without leap seconds.
    fn from_str(text: &str) -> Result<Self, InvalidInstant> {
        // chrono also takes a space for the T and a typographic minus for the offset; the contract does not.
        let separated = matches!(text.as_bytes().get(10), Some(b'T' | b't'));
        if text.len() > MAX_TEXT || !text.is_ascii() || !separated {
            return Err(InvalidInstant);
        }
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| InvalidInstant)?.to_utc();
        let leap = moment.nanosecond() >= 1_000_000_000;
        if leap && (moment.hour(), moment.minute()) != (23, 59) {
            return Err(InvalidInstant);
        }
        Self::from_chrono(moment).ok_or(InvalidInstant)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text().as_str())
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::text::deserialize(deserializer, "an RFC 3339 date-time")
    }
}
