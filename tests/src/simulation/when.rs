//! When people do things: staff while a centre is open, participants while they are awake. Since the September before a simulation begins a
//! wall in Morocco shows UTC.

use super::chance::Chance;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use contract::time::Instant;

/// So long after.
pub fn after(from: Instant, by: TimeDelta) -> Instant {
    from.saturating_add(by)
}

fn instant(moment: DateTime<Utc>) -> Instant {
    Instant::from_chrono(moment).expect("an instant of these centuries")
}

fn at(day: NaiveDate, hour: u32, minute: u32) -> Instant {
    instant(day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day")).and_utc())
}

/// The day on the wall.
pub fn day(at: Instant) -> NaiveDate {
    at.to_chrono().date_naive()
}

/// What the wall shows, as the contract writes it.
pub fn wall(at: Instant) -> String {
    at.to_chrono().format("%Y-%m-%dT%H:%M:%S").to_string()
}

const fn is_working_day(day: Weekday) -> bool {
    !matches!(day, Weekday::Sat | Weekday::Sun)
}

/// That day, or the next on which a centre is open.
pub fn opening_day(day: NaiveDate) -> NaiveDate {
    let mut on = day;
    while !is_working_day(on.weekday()) {
        on = on.succ_opt().expect("another day");
    }
    on
}

/// Whether this is nine in the morning of a day on which a centre is open.
pub fn is_opening(moment: Instant) -> bool {
    let on = day(moment);
    is_working_day(on.weekday()) && moment == at(on, 9, 0)
}

/// A half hour at which a centre is open and an hour can follow, on that day or the first working day after it.
pub fn at_work(from: Instant, chance: &mut Chance) -> Instant {
    let mut on = day(from);
    loop {
        if is_working_day(on.weekday()) {
            let hours: &[u32] =
                if on.weekday() == Weekday::Fri { &[9, 10, 15] } else { &[9, 10, 11, 13, 14, 15] };
            let (hour, minute) = (chance.one_of(hours), chance.one_of(&[0, 30]));
            let moment = at(on, hour, minute);
            if moment > from {
                return moment;
            }
        }
        on = on.succ_opt().expect("another day");
    }
}

/// A full hour at which a centre is open for an hour at least.
pub fn for_a_meeting(from: Instant, chance: &mut Chance) -> Instant {
    let moment = at_work(from, chance);
    let half = if chance.happens(50) { 30 } else { 0 };
    at(day(moment), moment.to_chrono().hour(), half)
}

/// An hour of a day on which somebody is up, an hour here and there at night as well.
pub fn awake(from: Instant, chance: &mut Chance) -> Instant {
    let hour = u32::try_from(if chance.happens(6) { chance.between(0, 6) } else { chance.between(8, 22) })
        .unwrap_or(9);
    let moment = at(day(from), hour, 0);
    if moment > from { moment } else { after(moment, TimeDelta::days(1)) }
}
