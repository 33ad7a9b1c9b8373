//! From what a plan follows to the days on which it asks for something. Two calendars: the plan's own, in which its template counts and a pause takes
//! no time, and that on the wall. A day of the plan is known by its own date for ever (`original_on`); where it lies on the wall follows from
//! the pauses and from the days on which the centre is closed. Pure.

use crate::{
    opening_hours::{
        calendar::{Calendar, CalendarDate},
        rules::is_open_day,
    },
    plan_template::content::{Cadence, Phase, PlanContent, Series},
    questionnaire::Slug,
    recurrence::{MAX_DAYS, Recurrence},
};
use chrono::{Datelike, Days, NaiveDate};
use contract::FieldFault;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// How far an open day is looked for; a centre that has none in that time is taken to be open.
const LOOKED_AHEAD: u64 = 60;

/// A time in which a plan rested with its participant's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanPause {
    /// From which day on.
    pub from: CalendarDate,
    /// For how many days: all that lay behind is so much later.
    pub days: u32,
}

/// What is otherwise for one person than in the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseAdjustment {
    /// Of which phase.
    pub phase_id: Slug,
    /// On which day it begins; the phase before it lasts until then. Not of the first phase, which begins with the plan. A pause of the file moves it
    /// with all else that lies behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<CalendarDate>,
    /// On which days its check-ins open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<Recurrence>,
}

/// What is otherwise, as it is kept: by days of the plan's own calendar, so that a pause moves a phase and never shortens the one before it.
pub fn kept(said: &[PhaseAdjustment], pauses: &[PlanPause]) -> Vec<PhaseAdjustment> {
    with_starts(said, |day| in_the_plan(day, pauses))
}

/// What is otherwise, as it is told: by days on the wall.
pub fn told(kept: &[PhaseAdjustment], pauses: &[PlanPause]) -> Vec<PhaseAdjustment> {
    with_starts(kept, |day| on_the_wall(day, pauses))
}

fn with_starts(
    adjustments: &[PhaseAdjustment],
    other: impl Fn(NaiveDate) -> NaiveDate,
) -> Vec<PhaseAdjustment> {
    let mut changed = adjustments.to_vec();
    for adjustment in &mut changed {
        adjustment.starts_on = adjustment.starts_on.map(|day| CalendarDate::from(other(day.to_chrono())));
    }
    changed
}

/// What a plan follows.
#[derive(Clone, Copy)]
pub struct Course<'c> {
    /// What its template says.
    pub content: &'c PlanContent,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// What is otherwise, as it is kept.
    pub adjustments: &'c [PhaseAdjustment],
    /// When it rested, in order.
    pub pauses: &'c [PlanPause],
}

/// A phase in the plan's own calendar.
pub struct Stretch<'c> {
    /// Which.
    pub phase: &'c Phase,
    /// Its first day.
    pub begins: NaiveDate,
    /// The day behind its last.
    pub ends: NaiveDate,
}

/// A day of a plan. The series of a conversation; none of a check-in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which series of conversations.
    pub series: Option<Slug>,
    /// The day in the plan's own calendar.
    pub original_on: NaiveDate,
}

/// What a plan asks for on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which day of the plan.
    pub key: Key,
    /// Where it lies on the wall; of a conversation the Monday of its week.
    pub day: NaiveDate,
    /// What it is made from, to know whether it is the same still.
    pub shape: String,
    /// What is to be made of it.
    pub what: What,
}

/// What is to be made of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A check-in like this.
    CheckIn(Box<Cadence>),
    /// A conversation of so many minutes.
    Session(u32),
}

fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

fn earlier(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN)
}

/// The Monday of its week.
pub fn monday(day: NaiveDate) -> NaiveDate {
    earlier(day, day.weekday().num_days_from_monday().into())
}

/// Where a day of the plan lies on the wall after these pauses.
pub fn on_the_wall(day: NaiveDate, pauses: &[PlanPause]) -> NaiveDate {
    pauses.iter().fold(
        day,
        |day, pause| {
            if day >= pause.from.to_chrono() { later(day, pause.days.into()) } else { day }
        },
    )
}

/// Which day of the plan lies there; the first that lies behind where there is none.
pub fn in_the_plan(day: NaiveDate, pauses: &[PlanPause]) -> NaiveDate {
    pauses.iter().rev().fold(day, |day, pause| {
        let from = pause.from.to_chrono();
        if day >= later(from, pause.days.into()) { earlier(day, pause.days.into()) } else { day.min(from) }
    })
}

/// That day, or the next on which the centre is open.
fn open_day(calendar: &Calendar, day: NaiveDate) -> NaiveDate {
    (0..LOOKED_AHEAD).map(|days| later(day, days)).find(|day| is_open_day(calendar, *day)).unwrap_or(day)
}

/// The Monday of the week of that day, or of the next one in which the centre is open.
fn open_week(calendar: &Calendar, day: NaiveDate) -> NaiveDate {
    let first = monday(day);
    let is_open = |week: &NaiveDate| (0..7).any(|days| is_open_day(calendar, later(*week, days)));
    (0..LOOKED_AHEAD / 7).map(|weeks| later(first, weeks * 7)).find(is_open).unwrap_or(first)
}

impl<'c> Course<'c> {
    fn adjustment(&self, phase: &Phase) -> Option<&'c PhaseAdjustment> {
        self.adjustments.iter().find(|adjustment| adjustment.phase_id == phase.id)
    }

    /// On which day of the plan a phase is said to begin.
    fn adjusted_start(&self, phase: &Phase) -> Option<NaiveDate> {
        Some(self.adjustment(phase)?.starts_on?.to_chrono())
    }

    /// Its phases in the plan's own calendar. Each lasts until the next begins, the last as long as its template says.
    pub fn stretches(&self) -> Vec<Stretch<'c>> {
        let (mut stretches, mut begins) = (Vec::new(), self.starts_on);
        let mut phases = self.content.phases.iter().peekable();
        while let Some(phase) = phases.next() {
            let by_itself = phase.ends(self.starts_on, begins).unwrap_or(NaiveDate::MAX);
            let ends = phases.peek().and_then(|next| self.adjusted_start(next)).unwrap_or(by_itself);
            stretches.push(Stretch { phase, begins, ends });
            begins = ends;
        }
        stretches
    }

    /// The day behind its last, in its own calendar.
    pub fn ends(&self) -> NaiveDate {
        self.stretches().last().map_or(self.starts_on, |stretch| stretch.ends)
    }

    /// The recurrence of a phase's check-ins.
    fn recurrence(&self, phase: &'c Phase, cadence: &'c Cadence) -> &'c Recurrence {
        self.adjustment(phase)
            .and_then(|adjustment| adjustment.recurrence.as_ref())
            .unwrap_or(&cadence.recurrence)
    }

    /// All that it asks for, check-ins first, in the order of their days. Two check-ins never open on the same day: of what is moved onto the day of
    /// another, since the centre is closed, that other is what is asked. Nor is a conversation moved into a week that has one of its series.
    pub fn wanted(&self, calendar: &Calendar) -> Vec<Wanted> {
        let mut wanted = self.check_ins(calendar);
        for series in &self.content.series {
            wanted.extend(self.sessions(series, calendar));
        }
        wanted
    }

    fn check_ins(&self, calendar: &Calendar) -> Vec<Wanted> {
        let mut days = Vec::new();
        for stretch in self.stretches() {
            let Some(cadence) = &stretch.phase.check_ins else { continue };
            let named = self.recurrence(stretch.phase, cadence).days(stretch.begins, stretch.ends);
            days.extend(named.into_iter().map(|day| (day, on_the_wall(day, self.pauses), cadence)));
        }
        let own: BTreeSet<NaiveDate> = days.iter().map(|(_, lies_on, _)| *lies_on).collect();
        let mut wanted: Vec<Wanted> = Vec::new();
        for (original_on, lies_on, cadence) in days {
            let day = open_day(calendar, lies_on);
            let is_anothers = day != lies_on && own.contains(&day);
            if is_anothers || wanted.last().is_some_and(|before| before.day >= day) {
                continue;
            }
            let key = Key { series: None, original_on };
            let what = What::CheckIn(Box::new(cadence.clone()));
            wanted.push(Wanted { key, day, shape: shape_of(cadence), what });
        }
        wanted
    }

    /// On which day of the plan a series begins; on none behind the end of the calendar.
    fn begins(&self, series: &Series) -> Option<NaiveDate> {
        series.begins_after.map_or(Some(self.starts_on), |span| span.after(self.starts_on))
    }

    fn sessions(&self, series: &Series, calendar: &Calendar) -> Vec<Wanted> {
        let Some(begins) = self.begins(series) else { return Vec::new() };
        let days = series.recurrence.days(begins, self.ends());
        let week_of = |original_on: &NaiveDate| monday(on_the_wall(*original_on, self.pauses));
        let own: BTreeSet<NaiveDate> = days.iter().map(week_of).collect();
        let mut wanted: Vec<Wanted> = Vec::new();
        let mut last: Option<(NaiveDate, NaiveDate)> = None;
        for original_on in days {
            let week = week_of(&original_on);
            let day = open_week(calendar, week);
            // Nobody is asked for twice as much in a week since the centre was closed in another: the week's own stand for both.
            let is_anothers = last.is_some_and(|(from, to)| to == day && from != week);
            if day != week && (own.contains(&day) || is_anothers) {
                continue;
            }
            last = Some((week, day));
            wanted.push(Wanted {
                key: Key { series: Some(series.id.clone()), original_on },
                day,
                shape: series.minutes.to_string(),
                what: What::Session(series.minutes),
            });
        }
        wanted
    }

    /// What cannot be of it: adjustments of what there is not, phases that do not follow each other, a recurrence that is over before its phase
    /// begins. Pointers are those of a request; of what the template says, `whole` is blamed.
    pub fn faults(&self, whole: &str) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, adjustment) in self.adjustments.iter().enumerate() {
            let here = format!("/phases/{index}");
            let place = self.content.phases.iter().position(|phase| phase.id == adjustment.phase_id);
            let Some((place, phase)) = place.and_then(|place| Some((place, self.content.phases.get(place)?)))
            else {
                faults.push(fault(format!("{here}/phase_id"), "unknown", "the template has no such phase"));
                continue;
            };
            if !seen.insert(place) {
                faults.push(fault(format!("{here}/phase_id"), "duplicate", "is given twice"));
            }
            if adjustment.recurrence.is_some() && phase.check_ins.is_none() {
                let why = "nobody is asked anything in this phase";
                faults.push(fault(format!("{here}/recurrence"), "not_allowed", why));
            }
            let Some(starts_on) = adjustment.starts_on.map(CalendarDate::to_chrono) else { continue };
            if place == 0 {
                let why = "the first phase begins with the plan";
                faults.push(fault(format!("{here}/starts_on"), "not_allowed", why));
            } else if starts_on > later(self.starts_on, MAX_DAYS.into()) {
                let why = "must be within ten years of the plan's first day";
                faults.push(fault(format!("{here}/starts_on"), "too_far", why));
            }
        }
        if faults.is_empty() {
            self.order_faults(whole, &mut faults);
        }
        faults
    }

    fn order_faults(&self, whole: &str, faults: &mut Vec<FieldFault>) {
        let place_of = |phase: &Phase, field: &str, is_adjusted: fn(&PhaseAdjustment) -> bool| {
            let is_it = |one: &PhaseAdjustment| one.phase_id == phase.id && is_adjusted(one);
            let index = self.adjustments.iter().position(is_it);
            index.map_or_else(|| whole.to_owned(), |index| format!("/phases/{index}/{field}"))
        };
        for stretch in self.stretches() {
            let phase = stretch.phase;
            if stretch.ends <= stretch.begins {
                let next = self.content.phases.iter().skip_while(|one| one.id != phase.id).nth(1);
                let is_adjusted = |one: &PhaseAdjustment| one.starts_on.is_some();
                let has_own = |phase: &&Phase| self.adjustment(phase).is_some_and(is_adjusted);
                // Either the next begins too early, or this one when it is over already.
                let place = place_of(next.filter(has_own).unwrap_or(phase), "starts_on", is_adjusted);
                faults.push(fault(place, "order", "must be after the beginning of the phase before it"));
            }
            let Some(cadence) = &phase.check_ins else { continue };
            let until = self.recurrence(phase, cadence).until();
            if until.is_some_and(|until| until < stretch.begins) {
                let place = place_of(phase, "recurrence", |one| one.recurrence.is_some());
                faults.push(fault(place, "until", "UNTIL is before the first day of its phase"));
            }
        }
        let is_over = |series: &Series| {
            let ends = series.recurrence.until().zip(self.begins(series));
            ends.is_some_and(|(until, begins)| until < begins)
        };
        if self.content.series.iter().any(is_over) {
            let why = "UNTIL of one of its series is before the first day";
            faults.push(fault(whole.to_owned(), "until", why));
        }
    }
}

/// What a check-in is made from, in words that can be compared.
fn shape_of(cadence: &Cadence) -> String {
    let Cadence { questionnaire_id, window, .. } = cadence;
    let questionnaire = questionnaire_id.map(|id| id.to_string()).unwrap_or_default();
    let (due, closes) = (window.due, window.closes);
    format!(
        "{questionnaire} {} {}+{} {}+{}",
        window.opens, due.days_after, due.time, closes.days_after, closes.time
    )
}

fn fault(pointer: String, code: &str, detail: &str) -> FieldFault {
    FieldFault { pointer, code: code.to_owned(), detail: detail.to_owned() }
}
