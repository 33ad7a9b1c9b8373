//! Who may post whom, and for which days. Pure.

use super::store::Lasting;
use crate::opening_hours::calendar::CalendarDate;
use chrono::{Days, NaiveTime};
use contract::{
    CentreId, ProblemCode, StaffId, StaffRole,
    time::{Instant, LocalDateTime, ZoneName, Zones},
};
use kernel::{
    access::{Actor, not_for_this_role},
    error::{Error, Result},
};

/// Nobody works at more centres than this beside their own. A phone's cursor has a place for each.
pub const AT_MOST: usize = 4;
/// How many days ahead one may begin or end: two years, as appointments.
const HORIZON_DAYS: u64 = 731;

/// Whose postings somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All.
    Everybody,
    /// Those to this centre, and those of its own people.
    Centre(CentreId),
    /// One's own.
    Own(StaffId),
}

impl Sight {
    /// Of this person.
    pub fn of(actor: &Actor) -> Result<Self> {
        match actor {
            Actor::Staff { role: StaffRole::Administrator, .. } => Ok(Self::Everybody),
            Actor::Staff { role: StaffRole::Manager, centre, .. } => Ok(Self::Centre(*centre)),
            Actor::Staff { id, role: StaffRole::Mentor | StaffRole::Counsellor, .. } => Ok(Self::Own(*id)),
            Actor::Staff { role: StaffRole::Observer, .. } | Actor::Participant { .. } => {
                Err(not_for_this_role())
            }
        }
    }
}

/// The only centre whose postings this person ends: those to it, and those of its people; `None` for every centre.
pub fn ends_at_centre(actor: &Actor) -> Result<Option<CentreId>> {
    match Sight::of(actor)? {
        Sight::Everybody => Ok(None),
        Sight::Centre(centre) => Ok(Some(centre)),
        Sight::Own(_) => Err(not_for_this_role()),
    }
}

/// The days of a posting, on the calendar of its centre.
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
            let start = start.ok_or_else(|| Error::internal("a day of a posting is out of range"))?;
            Ok::<_, Error>(zones.resolve(start, zone).map_err(Error::internal)?.instant)
        };
        let starts_at = midnight(Some(self.from.to_chrono()))?;
        let ends_at =
            self.until.map(|until| midnight(until.to_chrono().checked_add_days(Days::new(1)))).transpose()?;
        Ok((starts_at, ends_at))
    }

    fn overlaps(&self, from: CalendarDate, until: Option<CalendarDate>) -> bool {
        until.is_none_or(|until| self.from <= until) && self.until.is_none_or(|own| from <= own)
    }
}

/// Refuses one that the person has already on some of these days, and one too many. `lasting` are those that have not ended.
pub fn fits(lasting: &[Lasting], centre: CentreId, term: Term) -> Result<()> {
    for one in lasting.iter().filter(|one| one.centre_id == centre) {
        let (from, until) = one.days()?;
        if term.overlaps(from, until) {
            return Err(Error::with_detail(
                ProblemCode::AlreadyExists,
                "this person is posted to this centre on some of these days already",
            ));
        }
    }
    if lasting.len() >= AT_MOST {
        let detail = "this person has four postings that have not ended";
        return Err(Error::field("/centre_id", "too_many", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn day(text: &str) -> CalendarDate {
        text.parse().unwrap()
    }

    fn term(from: &str, until: Option<&str>) -> Term {
        Term { from: day(from), until: until.map(day) }
    }

    #[test]
    fn the_last_day_belongs_to_it() {
        let (zones, zone) = (Zones::built_in(), "Europe/Paris".parse::<ZoneName>().unwrap());
        let (starts_at, ends_at) = term("2027-03-27", Some("2027-03-28")).instants(&zones, &zone).unwrap();
        assert_eq!(starts_at.to_string(), "2027-03-26T23:00:00Z");
        assert_eq!(ends_at.unwrap().to_string(), "2027-03-28T22:00:00Z", "that day has 23 hours");
    }

    #[test]
    fn two_at_one_centre_share_no_day() {
        let centre = CentreId(Uuid::from_u128(1));
        let one = |until: Option<&str>| Lasting {
            centre_id: centre,
            from_day: "2027-01-10".to_owned(),
            until_day: until.map(str::to_owned),
        };
        let refused = |lasting: Lasting, term: Term| fits(&[lasting], centre, term).is_err();
        for other in [
            term("2027-01-20", None),
            term("2027-01-01", Some("2027-01-10")),
            term("2027-01-12", Some("2027-01-13")),
        ] {
            assert!(refused(one(Some("2027-01-20")), other), "{other:?}");
        }
        for other in [term("2027-01-21", None), term("2027-01-01", Some("2027-01-09"))] {
            assert!(!refused(one(Some("2027-01-20")), other), "{other:?}");
        }
        assert!(refused(one(None), term("2030-01-01", None)));
        assert!(fits(&[one(None)], CentreId(Uuid::from_u128(2)), term("2027-01-10", None)).is_ok());
    }
}
