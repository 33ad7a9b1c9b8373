//! Reading a rule. Each part stands once, in capitals, without blanks; what is not among the parts that are understood is refused, and never
//! passed over: a rule that says more than is done would be a promise.

use super::{Frequency, MAX_COUNT, MAX_INTERVAL, MAX_TEXT, Recurrence, Rule};
use crate::opening_hours::calendar::Weekday;
use chrono::NaiveDate;
use std::{collections::BTreeSet, str::FromStr};

/// The text is no rule that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {why}")]
pub struct NotARecurrence {
    /// Which part of it.
    pub part: &'static str,
    /// Why.
    pub why: &'static str,
}

const fn refused<T>(part: &'static str, why: &'static str) -> Result<T, NotARecurrence> {
    Err(NotARecurrence { part, why })
}

/// The weekdays by their words.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

/// The word of a weekday.
pub(super) fn word(weekday: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(_, day)| *day == weekday).map_or("MO", |(word, _)| word)
}

/// Its place in the week, from 0 on.
pub(super) fn place(weekday: Weekday) -> u32 {
    (0..).zip(&WEEKDAYS).find(|(_, (_, day))| *day == weekday).map_or(0, |(place, _)| place)
}

/// The parts as they are written, each once.
#[derive(Default)]
struct Parts<'t> {
    frequency: Option<&'t str>,
    interval: Option<&'t str>,
    by_day: Option<&'t str>,
    by_month_day: Option<&'t str>,
    count: Option<&'t str>,
    until: Option<&'t str>,
}

impl<'t> Parts<'t> {
    fn of(text: &'t str) -> Result<Self, NotARecurrence> {
        let mut parts = Self::default();
        for part in text.split(';') {
            let Some((name, value)) = part.split_once('=') else {
                return refused("FREQ", "a rule is made of NAME=VALUE, separated by semicolons");
            };
            let (place, name) = match name {
                "FREQ" => (&mut parts.frequency, "FREQ"),
                "INTERVAL" => (&mut parts.interval, "INTERVAL"),
                "BYDAY" => (&mut parts.by_day, "BYDAY"),
                "BYMONTHDAY" => (&mut parts.by_month_day, "BYMONTHDAY"),
                "COUNT" => (&mut parts.count, "COUNT"),
                "UNTIL" => (&mut parts.until, "UNTIL"),
                _ => {
                    let why = "only FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL are understood";
                    return refused("RRULE", why);
                }
            };
            if place.replace(value).is_some() {
                return refused(name, "is given twice");
            }
        }
        Ok(parts)
    }
}

impl FromStr for Recurrence {
    type Err = NotARecurrence;

    fn from_str(text: &str) -> Result<Self, NotARecurrence> {
        if text.len() > MAX_TEXT {
            return refused("RRULE", "must have at most 200 characters");
        }
        let parts = Parts::of(text)?;
        let frequency = match parts.frequency {
            Some("DAILY") => Frequency::Daily,
            Some("WEEKLY") => Frequency::Weekly,
            Some("MONTHLY") => Frequency::Monthly,
            _ => return refused("FREQ", "must be DAILY, WEEKLY or MONTHLY"),
        };
        if parts.by_day.is_some() && frequency != Frequency::Weekly {
            return refused("BYDAY", "goes with FREQ=WEEKLY alone");
        }
        if parts.by_month_day.is_some() && frequency != Frequency::Monthly {
            return refused("BYMONTHDAY", "goes with FREQ=MONTHLY alone");
        }
        if parts.count.is_some() && parts.until.is_some() {
            return refused("UNTIL", "goes without COUNT");
        }
        let interval = parts.interval.map_or(Some(1), |text| number(text, MAX_INTERVAL));
        let count = parts.count.map(|text| number(text, MAX_COUNT).ok_or(()));
        Ok(Self(Rule {
            frequency,
            interval: interval.ok_or(NotARecurrence { part: "INTERVAL", why: "must be from 1 to 366" })?,
            by_day: parts.by_day.map_or(Ok(Vec::new()), weekdays)?,
            by_month_day: parts.by_month_day.map_or(Ok(BTreeSet::new()), month_days)?,
            count: count
                .transpose()
                .map_err(|()| NotARecurrence { part: "COUNT", why: "must be from 1 to 1000" })?,
            until: parts.until.map(date).transpose()?,
        }))
    }
}

/// A number from 1 on, written in one way.
fn number(text: &str, most: u32) -> Option<u32> {
    let is_plain =
        text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if !is_plain {
        return None;
    }
    text.parse().ok().filter(|number| (1..=most).contains(number))
}

fn weekdays(text: &str) -> Result<Vec<Weekday>, NotARecurrence> {
    let mut places = BTreeSet::new();
    for word in text.split(',') {
        let found = (0_usize..).zip(&WEEKDAYS).find(|(_, (known, _))| *known == word);
        let Some((place, _)) = found else {
            return refused("BYDAY", "must be of MO, TU, WE, TH, FR, SA, SU, without numbers");
        };
        if !places.insert(place) {
            return refused("BYDAY", "a day is given twice");
        }
    }
    Ok(places.into_iter().filter_map(|place| WEEKDAYS.get(place)).map(|(_, day)| *day).collect())
}

fn month_days(text: &str) -> Result<BTreeSet<u32>, NotARecurrence> {
    let mut days = BTreeSet::new();
    for day in text.split(',') {
        let Some(day) = number(day, 31) else {
            return refused("BYMONTHDAY", "must be from 1 to 31");
        };
        if !days.insert(day) {
            return refused("BYMONTHDAY", "a day is given twice");
        }
    }
    Ok(days)
}

fn date(text: &str) -> Result<NaiveDate, NotARecurrence> {
    let is_shaped = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let date = NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| is_shaped);
    date.ok_or(NotARecurrence { part: "UNTIL", why: "must be a date on the wall such as 20271231" })
}
