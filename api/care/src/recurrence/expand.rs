//! From a rule and a first day to the days on which it comes.

use super::{Frequency, MAX_DAYS, Recurrence, Rule, parse::place};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::collections::BTreeSet;

impl Recurrence {
    /// The days from `first` on and before `end`, in their order, each once. Of the days that a longer time has, these are the first. The first day
    /// is one of them only if the rule says so.
    pub fn days(&self, first: NaiveDate, end: NaiveDate) -> Vec<NaiveDate> {
        let Some(farthest) = first.checked_add_days(Days::new(MAX_DAYS.into())) else { return Vec::new() };
        let rule = &self.0;
        let until = rule.until.and_then(|until| until.succ_opt());
        let end = until.map_or(end, |until| until.min(end)).min(farthest);
        let most = rule.count.map_or(usize::MAX, |count| usize::try_from(count).unwrap_or(usize::MAX));
        let mut found = Vec::new();
        for period in 0..=MAX_DAYS {
            let Some((begins, days)) = rule.period(first, period) else { break };
            if begins >= end {
                break;
            }
            let room = most.saturating_sub(found.len());
            found.extend(days.into_iter().filter(|day| (first..end).contains(day)).take(room));
            if found.len() >= most {
                break;
            }
        }
        found
    }
}

impl Rule {
    /// The day on which a period begins, and the days in it; nothing behind the end of the calendar.
    fn period(&self, first: NaiveDate, period: u32) -> Option<(NaiveDate, BTreeSet<NaiveDate>)> {
        let step = period.checked_mul(self.interval)?;
        match self.frequency {
            Frequency::Daily => {
                let day = first.checked_add_days(Days::new(step.into()))?;
                Some((day, BTreeSet::from([day])))
            }
            Frequency::Weekly => {
                let in_week = first.weekday().num_days_from_monday();
                let monday = first.checked_sub_days(Days::new(in_week.into()))?;
                let begins = monday.checked_add_days(Days::new(u64::from(step).checked_mul(7)?))?;
                let day = |place: u32| begins.checked_add_days(Days::new(place.into()));
                if self.by_day.is_empty() {
                    return Some((begins, day(in_week).into_iter().collect()));
                }
                Some((begins, self.by_day.iter().filter_map(|weekday| day(place(*weekday))).collect()))
            }
            Frequency::Monthly => {
                let begins = first.with_day(1)?.checked_add_months(Months::new(step))?;
                // Counted from the first of a month, a month more is never too short.
                let last = begins.checked_add_months(Months::new(1))?.pred_opt()?.day();
                let day = |day: u32| begins.with_day(day.min(last));
                if self.by_month_day.is_empty() {
                    return Some((begins, day(first.day()).into_iter().collect()));
                }
                Some((begins, self.by_month_day.iter().filter_map(|number| day(*number)).collect()))
            }
        }
    }
}
