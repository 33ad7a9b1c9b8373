//! Whole days from one to another, as somebody is posted or absent: what was agreed on are the days, and the instants follow. Pure.

use super::calendar::CalendarDate;
use chrono::{Days, NaiveTime};
use contract::time::{Instant, LocalDateTime, ZoneName, Zones};
use kernel::error::{Error, Result};

/// How many days ahead one may begin or end: two years, as appointments.
const HORIZON_DAYS: u64 = 731;

/// Whole days on the calendar of a centre, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The first.
    pub from: CalendarDate,
    /// The last.
    pub until: Option<CalendarDate>,
}

impl Term {
    /// Refuses days that are over, out of order or too far away.
    pub fn check(&self, zones: &Zones, zone: &ZoneName, now: Instant) -> Result<()> {
        let today = zones.to_local(now, zone).map_err(Error::internal)?.date();
        let last = today.checked_add_days(Days::new(HORIZON_DAYS)).unwrap_or(today);
        if self.from.to_chrono() < today {
            return Err(Error::field("/from", "past", "must be today or later"));
        }
        if self.from.to_chrono() > last {
            return Err(Error::field("/from", "too_far", "must be within two years"));
        }
        match self.until {
            Some(until) if until < self.from => {
                Err(Error::field("/until", "value", "must not be before the first day"))
            }
            Some(until) if until.to_chrono() > last => {
                Err(Error::field("/until", "too_far", "must be within two years"))
            }
            _ => Ok(()),
        }
    }

    /// When it begins and ends in this zone.
    pub fn instants(&self, zones: &Zones, zone: &ZoneName) -> Result<(Instant, Option<Instant>)> {
        let midnight = |day: Option<chrono::NaiveDate>| {
            let start = day.and_then(|day| LocalDateTime::new(day, NaiveTime::MIN));
            let start = start.ok_or_else(|| Error::internal("a day is out of range"))?;
            Ok::<_, Error>(zones.resolve(start, zone).map_err(Error::internal)?.instant)
        };
        let starts_at = midnight(Some(self.from.to_chrono()))?;
        let ends_at =
            self.until.map(|until| midnight(until.to_chrono().checked_add_days(Days::new(1)))).transpose()?;
        Ok((starts_at, ends_at))
    }

    /// Whether it shares a day with these.
    pub fn overlaps(&self, from: CalendarDate, until: Option<CalendarDate>) -> bool {
        until.is_none_or(|until| self.from <= until) && self.until.is_none_or(|own| from <= own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(from: &str, until: Option<&str>) -> Term {
        Term { from: from.parse().unwrap(), until: until.map(|until| until.parse().unwrap()) }
    }

    #[test]
    fn the_last_day_belongs_to_it() {
        let (zones, zone) = (Zones::built_in(), "Europe/Paris".parse::<ZoneName>().unwrap());
        let (starts_at, ends_at) = term("2027-03-27", Some("2027-03-28")).instants(&zones, &zone).unwrap();
        assert_eq!(starts_at.to_string(), "2027-03-26T23:00:00Z");
        assert_eq!(ends_at.unwrap().to_string(), "2027-03-28T22:00:00Z", "that day has 23 hours");
    }
}
