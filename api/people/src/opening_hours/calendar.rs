//! When a centre is open, as data: regular hours by weekday, closed days with a label, and other hours for the dated ranges of
//! Ramadan. Holidays that follow the moon are announced a day before and written down as closed days like every other; no
//! holiday is in the code. Everything is wall-clock time in the centre's own zone.

use chrono::{Datelike, NaiveDate, NaiveTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;
use validator::Validate;

/// When a centre is open. What is left out is as in the default: Monday to Friday, with a break for the Friday prayer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The regular hours; a weekday may come several times (before and after a break), one that is absent is no working day.
    #[serde(default = "usual_week")]
    #[schema(max_items = 28)]
    #[validate(length(max = 28))]
    pub hours: Vec<OpeningHours>,
    /// Days on which the centre is closed.
    #[serde(default)]
    #[schema(max_items = 200)]
    #[validate(length(max = 200), nested)]
    pub closed_days: Vec<ClosedDay>,
    /// Dated ranges with hours of their own. They must not overlap.
    #[serde(default)]
    #[schema(max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub ramadan: Vec<RamadanHours>,
}

/// Some hours of a weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// The day of the week.
    pub weekday: Weekday,
    /// From this time of day.
    pub opens: TimeOfDay,
    /// Until this time of the same day; `24:00` (or `00:00`, which means the same here) is its end.
    pub closes: ClosingTime,
}

/// A day on which the centre is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ClosedDay {
    /// The day.
    pub date: CalendarDate,
    /// Why, as people at the centre call it.
    #[schema(min_length = 1, max_length = 100, example = "Green March")]
    #[validate(length(min = 1, max = 100))]
    pub label: String,
    /// Whether it is closed on that day of every year.
    #[serde(default)]
    pub every_year: bool,
}

/// The hours of one Ramadan, or of another time of the year with hours of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RamadanHours {
    /// The first day.
    pub first: CalendarDate,
    /// The last day, included.
    pub last: CalendarDate,
    /// The hours that replace the regular ones.
    #[schema(max_items = 28)]
    #[validate(length(max = 28))]
    pub hours: Vec<OpeningHours>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// The weekday of this date.
    pub fn of(date: NaiveDate) -> Self {
        match date.weekday() {
            chrono::Weekday::Mon => Self::Monday,
            chrono::Weekday::Tue => Self::Tuesday,
            chrono::Weekday::Wed => Self::Wednesday,
            chrono::Weekday::Thu => Self::Thursday,
            chrono::Weekday::Fri => Self::Friday,
            chrono::Weekday::Sat => Self::Saturday,
            chrono::Weekday::Sun => Self::Sunday,
        }
    }
}

impl Default for Calendar {
    fn default() -> Self {
        Self { hours: usual_week(), closed_days: Vec::new(), ramadan: Vec::new() }
    }
}

fn usual_week() -> Vec<OpeningHours> {
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    let hours = |weekday, opens, closes: TimeOfDay| OpeningHours { weekday, opens, closes: closes.into() };
    let (opening, closing) = (TimeOfDay::minutes(510), TimeOfDay::minutes(990));
    let mut week: Vec<_> = [Monday, Tuesday, Wednesday, Thursday]
        .into_iter()
        .map(|weekday| hours(weekday, opening, closing))
        .collect();
    week.push(hours(Friday, opening, TimeOfDay::minutes(720)));
    week.push(hours(Friday, TimeOfDay::minutes(870), closing));
    week
}

/// A time of day to the minute, `08:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, example = "08:30", min_length = 5, max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
pub struct TimeOfDay(NaiveTime);

impl TimeOfDay {
    /// This many minutes after midnight; the last minute of the day at most.
    pub fn minutes(minutes: u32) -> Self {
        let minutes = minutes.min(24 * 60 - 1);
        Self(NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0).unwrap_or(NaiveTime::MIN))
    }

    /// As chrono has it.
    pub const fn to_chrono(self) -> NaiveTime {
        self.0
    }
}

/// Until when a centre is open: a time of day, or the end of the day. It comes after every time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, example = "16:30", min_length = 5, max_length = 5, pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
pub struct ClosingTime(ClosingAt);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum ClosingAt {
    Time(TimeOfDay),
    EndOfDay,
}

impl ClosingTime {
    /// The end of the day.
    pub const END_OF_DAY: Self = Self(ClosingAt::EndOfDay);

    /// The time as chrono has it; `None` at the end of the day, which is a time of the next.
    pub const fn to_chrono(self) -> Option<NaiveTime> {
        match self.0 {
            ClosingAt::Time(time) => Some(time.to_chrono()),
            ClosingAt::EndOfDay => None,
        }
    }

    /// Whether the centre is still open at this time of the day.
    pub fn is_after(self, time: TimeOfDay) -> bool {
        self > Self(ClosingAt::Time(time))
    }
}

impl From<TimeOfDay> for ClosingTime {
    fn from(time: TimeOfDay) -> Self {
        if time == TimeOfDay(NaiveTime::MIN) { Self::END_OF_DAY } else { Self(ClosingAt::Time(time)) }
    }
}

/// A date on the calendar, `2026-11-06`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, format = Date, example = "2026-11-06", min_length = 10, max_length = 10)]
pub struct CalendarDate(NaiveDate);

impl CalendarDate {
    /// As chrono has it.
    pub const fn to_chrono(self) -> NaiveDate {
        self.0
    }
}

impl From<NaiveDate> for CalendarDate {
    fn from(date: NaiveDate) -> Self {
        Self(date)
    }
}

/// The text has not the one form of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct NotInForm(&'static str);

/// chrono also takes blanks, signs and single digits; the contract has one form.
fn is_shaped(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(byte, form)| if form == b'0' { byte.is_ascii_digit() } else { byte == form })
}

impl FromStr for TimeOfDay {
    type Err = NotInForm;
    fn from_str(text: &str) -> Result<Self, NotInForm> {
        let time = NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| is_shaped(text, "00:00"));
        time.map(Self).ok_or(NotInForm("a time of day such as 08:30"))
    }
}

impl FromStr for ClosingTime {
    type Err = NotInForm;
    fn from_str(text: &str) -> Result<Self, NotInForm> {
        if text == "24:00" {
            return Ok(Self::END_OF_DAY);
        }
        let time: Result<TimeOfDay, _> = text.parse();
        time.map(Self::from).map_err(|_| NotInForm("a time of day such as 16:30, or 24:00"))
    }
}

impl FromStr for CalendarDate {
    type Err = NotInForm;
    fn from_str(text: &str) -> Result<Self, NotInForm> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| is_shaped(text, "0000-00-00"));
        date.map(Self).ok_or(NotInForm("a date such as 2026-11-06"))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.format("%H:%M").fmt(formatter)
    }
}

impl fmt::Display for ClosingTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ClosingAt::Time(time) => time.fmt(formatter),
            ClosingAt::EndOfDay => formatter.write_str("24:00"),
        }
    }
}

impl fmt::Display for CalendarDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.format("%Y-%m-%d").fmt(formatter)
    }
}

macro_rules! as_text {
    ($($name:ident),+) => { $(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )+ };
}
as_text!(TimeOfDay, ClosingTime, CalendarDate);
