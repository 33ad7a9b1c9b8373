//! Whether a centre is open, and whether a calendar makes sense. Pure.

use super::calendar::{Calendar, ClosingTime, OpeningHours, TimeOfDay, Weekday};
use crate::public_text;
use chrono::{Datelike, NaiveDate, NaiveTime};
use contract::{FieldFault, time::LocalDateTime};
use std::fmt;

/// Why a centre is closed at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClosedBecause {
    /// It is one of the closed days.
    ClosedDay {
        /// What the day is called.
        label: String,
    },
    /// No hours are given for that weekday.
    NotWorkingDay,
    /// The time is not wholly within the hours of that day, which are these.
    OutsideHours(Vec<(TimeOfDay, ClosingTime)>),
    /// It ends on another day than it starts, or before it starts.
    PassesMidnight,
}

impl fmt::Display for ClosedBecause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClosedDay { label } => write!(formatter, "the centre is closed that day: {label}"),
            Self::NotWorkingDay => formatter.write_str("the centre does not work on that weekday"),
            Self::OutsideHours(hours) => {
                formatter.write_str("the centre is open that day from")?;
                for (position, (opens, closes)) in hours.iter().enumerate() {
                    let and = if position > 0 { " and from" } else { "" };
                    write!(formatter, "{and} {opens} to {closes}")?;
                }
                Ok(())
            }
            Self::PassesMidnight => formatter.write_str("the centre is not open over midnight"),
        }
    }
}

/// Whether the centre is open from `start` until `end`, both on the wall of the centre's zone. The whole interval must lie
/// within one stretch of opening hours; it may begin with the opening and end with the closing.
pub fn is_open(calendar: &Calendar, start: LocalDateTime, end: LocalDateTime) -> Result<(), ClosedBecause> {
    let date = start.date();
    let until_midnight = end.time() == NaiveTime::MIN && Some(end.date()) == date.succ_opt();
    if (end.date() != date && !until_midnight) || end < start {
        return Err(ClosedBecause::PassesMidnight);
    }
    if let Some(label) = closed_day(calendar, date) {
        return Err(ClosedBecause::ClosedDay { label: label.to_owned() });
    }
    let today = hours_of(calendar, date);
    if today.is_empty() {
        return Err(ClosedBecause::NotWorkingDay);
    }
    let holds = |(opens, closes): &(TimeOfDay, ClosingTime)| {
        opens.to_chrono() <= start.time()
            && closes.to_chrono().is_none_or(|closes| !until_midnight && end.time() <= closes)
    };
    if today.iter().any(holds) { Ok(()) } else { Err(ClosedBecause::OutsideHours(today)) }
}

/// Whether the centre is open at all on this date.
pub fn is_open_day(calendar: &Calendar, date: NaiveDate) -> bool {
    closed_day(calendar, date).is_none() && !hours_of(calendar, date).is_empty()
}

fn closed_day(calendar: &Calendar, date: NaiveDate) -> Option<&str> {
    let is_it = |closed: NaiveDate, every_year: bool| {
        closed == date || (every_year && (closed.month(), closed.day()) == (date.month(), date.day()))
    };
    let day = calendar.closed_days.iter().find(|day| is_it(day.date.to_chrono(), day.every_year));
    day.map(|day| day.label.as_str())
}

/// The opening hours of a date, in order, closed days aside.
fn hours_of(calendar: &Calendar, date: NaiveDate) -> Vec<(TimeOfDay, ClosingTime)> {
    let special = calendar
        .ramadan
        .iter()
        .find(|range| (range.first.to_chrono()..=range.last.to_chrono()).contains(&date));
    let hours = special.map_or(&calendar.hours, |range| &range.hours);
    let weekday = Weekday::of(date);
    let mut today: Vec<_> =
        hours.iter().filter(|hours| hours.weekday == weekday).map(|h| (h.opens, h.closes)).collect();
    today.sort_unstable();
    today
}

/// How far ahead an open day is looked for. A centre that has none in that time is taken to close at six on any day.
const LOOKED_AHEAD: u32 = 60;

/// When the centre closes on the day that is this many working days after `from`. The day of `from` itself is the first, unless it has
/// closed by then or is no working day.
pub fn closing_after(calendar: &Calendar, from: LocalDateTime, working_days: u32) -> LocalDateTime {
    let closing = |days: u32| {
        let day = from.days_after(days).date();
        if closed_day(calendar, day).is_some() {
            return None;
        }
        let (_, closes) = hours_of(calendar, day).into_iter().max_by_key(|(_, closes)| *closes)?;
        let end = match closes.to_chrono() {
            Some(time) => LocalDateTime::new(day, time),
            None => LocalDateTime::new(day.succ_opt()?, NaiveTime::MIN),
        };
        end.filter(|end| *end > from)
    };
    let mut open = (0..LOOKED_AHEAD).filter_map(closing);
    let wanted = usize::try_from(working_days).unwrap_or(usize::MAX);
    let at_six = NaiveTime::from_hms_opt(18, 0, 0).unwrap_or(NaiveTime::MIN);
    open.nth(wanted)
        .or_else(|| LocalDateTime::new(from.days_after(working_days.max(1)).date(), at_six))
        .unwrap_or(from)
}

/// The stretches of opening hours that are not over at `from`, in order, from its day on and for so many days.
pub fn next_openings(
    calendar: &Calendar,
    from: LocalDateTime,
    days: u32,
) -> Vec<(LocalDateTime, LocalDateTime)> {
    let mut found = Vec::new();
    for day in 0..days {
        let date = from.days_after(day).date();
        if closed_day(calendar, date).is_some() {
            continue;
        }
        for (opens, closes) in hours_of(calendar, date) {
            let opens = LocalDateTime::new(date, opens.to_chrono());
            let closes = match closes.to_chrono() {
                Some(closes) => LocalDateTime::new(date, closes),
                None => date.succ_opt().and_then(|next| LocalDateTime::new(next, NaiveTime::MIN)),
            };
            found.extend(opens.zip(closes).filter(|(_, closes)| *closes > from));
        }
    }
    found
}

/// What makes no sense in a calendar, with a pointer below `place`; nothing if it is good.
pub fn faults(calendar: &Calendar, place: &str) -> Vec<FieldFault> {
    let mut found = Vec::new();
    hours_faults(&calendar.hours, &format!("{place}/hours"), &mut found);
    for (index, range) in calendar.ramadan.iter().enumerate() {
        let here = format!("{place}/ramadan/{index}");
        if range.last < range.first {
            found.push(fault(format!("{here}/last"), "order", "must not be before the first day"));
        }
        let overlaps = calendar
            .ramadan
            .iter()
            .take(index)
            .any(|other| other.first <= range.last && range.first <= other.last);
        if overlaps && range.first <= range.last {
            found.push(fault(here.clone(), "overlap", "overlaps another range"));
        }
        hours_faults(&range.hours, &format!("{here}/hours"), &mut found);
    }
    for (index, day) in calendar.closed_days.iter().enumerate() {
        let here = format!("{place}/closed_days/{index}");
        if calendar.closed_days.iter().take(index).any(|other| other.date == day.date) {
            found.push(fault(format!("{here}/date"), "duplicate", "is given twice"));
        }
        if let Err(why) = public_text::check(&day.label) {
            found.push(fault(format!("{here}/label"), "value", why));
        }
    }
    found
}

fn hours_faults(hours: &[OpeningHours], place: &str, found: &mut Vec<FieldFault>) {
    for (index, stretch) in hours.iter().enumerate() {
        let is_in_order = stretch.closes.is_after(stretch.opens);
        if !is_in_order {
            let here = format!("{place}/{index}/closes");
            found.push(fault(here, "order", "must be after the opening, the same day"));
        }
        let overlaps = hours.iter().take(index).any(|other| {
            other.weekday == stretch.weekday
                && stretch.closes.is_after(other.opens)
                && other.closes.is_after(stretch.opens)
        });
        if overlaps && is_in_order {
            found.push(fault(format!("{place}/{index}"), "overlap", "overlaps other hours of that weekday"));
        }
    }
}

fn fault(pointer: String, code: &str, detail: &str) -> FieldFault {
    FieldFault { pointer, code: code.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn calendar(json: &str) -> Calendar {
        serde_json::from_str(json).unwrap()
    }

    fn at(text: &str) -> LocalDateTime {
        text.parse().unwrap()
    }

    fn open(calendar: &Calendar, date: &str, from: &str, to: &str) -> Result<(), ClosedBecause> {
        is_open(calendar, at(&format!("{date}T{from}")), at(&format!("{date}T{to}")))
    }

    #[test]
    fn an_empty_document_is_the_usual_week_with_a_break_on_friday() {
        let usual = calendar("{}");
        assert_eq!(usual, Calendar::default());
        assert_eq!(open(&usual, "2026-12-01", "08:30", "16:30"), Ok(()));
        assert_eq!(open(&usual, "2026-12-05", "10:00", "11:00"), Err(ClosedBecause::NotWorkingDay));
        let friday = open(&usual, "2026-12-04", "11:30", "14:45").unwrap_err();
        assert_eq!(
            friday.to_string(),
            "the centre is open that day from 08:30 to 12:00 and from 14:30 to 16:30"
        );
        assert_eq!(faults(&usual, ""), vec![]);
    }

    #[test]
    fn closed_days_may_come_every_year() {
        let closed = calendar(
            r#"{"closed_days": [{"date": "2026-11-06", "label": "Green March", "every_year": true},
                                {"date": "2027-03-10", "label": "Eid"}]}"#,
        );
        let label = |label: &str| Err(ClosedBecause::ClosedDay { label: label.to_owned() });
        assert_eq!(open(&closed, "2029-11-06", "10:00", "11:00"), label("Green March"));
        assert_eq!(open(&closed, "2027-03-10", "10:00", "11:00"), label("Eid"));
        assert_eq!(open(&closed, "2028-03-10", "10:00", "11:00"), Ok(()));
    }

    #[test]
    fn ramadan_has_hours_of_its_own_first_and_last_day_included() {
        let ramadan = calendar(
            r#"{"ramadan": [{"first": "2027-02-08", "last": "2027-03-09",
                             "hours": [{"weekday": "monday", "opens": "09:00", "closes": "15:00"},
                                       {"weekday": "tuesday", "opens": "09:00", "closes": "15:00"}]}]}"#,
        );
        assert!(open(&ramadan, "2027-02-08", "15:00", "16:00").is_err());
        assert_eq!(open(&ramadan, "2027-03-09", "14:00", "15:00"), Ok(()));
        assert_eq!(open(&ramadan, "2027-02-10", "10:00", "11:00"), Err(ClosedBecause::NotWorkingDay));
        assert_eq!(open(&ramadan, "2027-03-10", "15:00", "16:00"), Ok(()));
    }

    #[test]
    fn nothing_passes_midnight_or_ends_before_it_starts() {
        let usual = Calendar::default();
        let over = is_open(&usual, at("2026-12-01T10:00"), at("2026-12-02T10:00"));
        assert_eq!(over, Err(ClosedBecause::PassesMidnight));
        assert_eq!(open(&usual, "2026-12-01", "11:00", "10:00"), Err(ClosedBecause::PassesMidnight));
    }

    #[test]
    fn a_centre_may_be_open_until_the_end_of_the_day() {
        for closes in ["24:00", "00:00"] {
            let late = calendar(&format!(
                r#"{{"hours": [{{"weekday": "tuesday", "opens": "18:00", "closes": "{closes}"}}]}}"#
            ));
            assert_eq!(faults(&late, ""), vec![], "{closes}");
            assert_eq!(open(&late, "2026-12-01", "22:00", "23:59"), Ok(()));
            assert_eq!(is_open(&late, at("2026-12-01T23:00"), at("2026-12-02T00:00")), Ok(()));
            let over = is_open(&late, at("2026-12-01T23:30"), at("2026-12-02T00:15"));
            assert_eq!(over, Err(ClosedBecause::PassesMidnight));
            let early = open(&late, "2026-12-01", "17:00", "18:30").unwrap_err();
            assert_eq!(early.to_string(), "the centre is open that day from 18:00 to 24:00");
            assert!(serde_json::to_string(&late).unwrap().contains(r#""closes":"24:00""#));
        }
        let until_four = Calendar::default();
        let to_midnight = is_open(&until_four, at("2026-12-01T10:00"), at("2026-12-02T00:00"));
        assert!(matches!(to_midnight, Err(ClosedBecause::OutsideHours(_))));
        assert!(
            serde_json::from_str::<Calendar>(
                r#"{"hours": [{"weekday": "monday", "opens": "24:00", "closes": "24:00"}]}"#
            )
            .is_err()
        );
        let overlapping = calendar(
            r#"{"hours": [{"weekday": "monday", "opens": "08:00", "closes": "24:00"},
                          {"weekday": "monday", "opens": "23:00", "closes": "23:30"}]}"#,
        );
        assert_eq!(faults(&overlapping, "").len(), 1);
    }

    #[test]
    fn senseless_calendars_are_told_by_place() {
        let senseless = calendar(
            r#"{"hours": [{"weekday": "monday", "opens": "09:00", "closes": "12:00"},
                          {"weekday": "monday", "opens": "11:00", "closes": "10:00"},
                          {"weekday": "monday", "opens": "11:59", "closes": "15:00"}],
                "closed_days": [{"date": "2026-11-06", "label": "a"}, {"date": "2026-11-06", "label": " "}],
                "ramadan": [{"first": "2027-02-08", "last": "2027-03-09", "hours": []},
                            {"first": "2027-03-09", "last": "2027-03-01", "hours": []},
                            {"first": "2027-03-09", "last": "2027-03-12", "hours": []}]}"#,
        );
        let places: Vec<_> = faults(&senseless, "/calendar").into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(
            places,
            [
                "/calendar/hours/1/closes",
                "/calendar/hours/2",
                "/calendar/ramadan/1/last",
                "/calendar/ramadan/2",
                "/calendar/closed_days/1/date",
                "/calendar/closed_days/1/label",
            ]
        );
    }

    #[test]
    fn times_and_dates_have_one_form() {
        for text in ["8:30", "08:60", "24:00", "08:30:00", "+8:30", ""] {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
        for text in ["2026-11-6", "+2026-1-06", "2026-02-30", "06-11-2026", "2026/11/06"] {
            assert!(text.parse::<super::super::calendar::CalendarDate>().is_err(), "{text}");
        }
    }

    proptest! {
        /// Whatever is open as a whole is open in every part.
        #[test]
        fn a_part_of_open_time_is_open(day in 1..=28_u32, from in 0..1439_u32, length in 0..600_u32, cut in 0..300_u32) {
            let usual = Calendar::default();
            let date = NaiveDate::from_ymd_opt(2027, 1, day).unwrap();
            let moment = |minute: u32| LocalDateTime::new(date, TimeOfDay::minutes(minute).to_chrono()).unwrap();
            let until = (from + length).min(1439);
            let inner = (from + cut).min(until);
            if is_open(&usual, moment(from), moment(until)).is_ok() {
                prop_assert!(is_open(&usual, moment(inner), moment(until)).is_ok());
                prop_assert!(is_open(&usual, moment(from), moment(inner)).is_ok());
            }
        }
    }
}
