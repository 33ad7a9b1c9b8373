//! What a template can say. Pure.

use super::{
    content::{Pathway, Phase, PlanContent, Series, Span},
    words::SpanUnit,
};
use crate::{public_text, recurrence::MAX_DAYS};
use chrono::NaiveDate;
use contract::{FieldFault, Language};
use std::collections::BTreeSet;

/// How many phases a plan has.
const MAX_PHASES: usize = 10;
/// How many series of conversations.
const MAX_SERIES: usize = 10;
/// How many kinds of work it may lead to.
const MAX_PATHWAYS: usize = 6;
/// How many stages on the way to each.
const MAX_STAGES: usize = 9;
/// How many papers and things there are.
const MAX_ITEMS: usize = 16;
/// The longest name, in characters.
const MAX_NAME: usize = 80;
/// The largest count of a span.
const MAX_SPAN: u32 = 366;
/// So many days later a check-in closes at most.
const MAX_WINDOW: u32 = 60;

/// How many check-ins and conversations a plan asks for at most: three a week, for ten years. Each plan is looked through whenever something of
/// it is planned.
const MAX_ASKED: usize = 1600;
/// A day on which a plan may start: for what is asked on any.
const SOME_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2027, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// What is wrong with it, with pointers below `place`.
pub fn faults(content: &PlanContent, place: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    name(content, &format!("{place}/name"), &mut faults);
    phases(&content.phases, &format!("{place}/phases"), &mut faults);
    series(&content.series, &format!("{place}/series"), &mut faults);
    let here = format!("{place}/readiness");
    at_most(content.readiness.len(), MAX_ITEMS, &here, &mut faults);
    each_once(content.readiness.iter().take(MAX_ITEMS), &here, "", &mut faults);
    pathways(&content.pathways, &format!("{place}/pathways"), &mut faults);
    if faults.is_empty() && asked(content) > MAX_ASKED {
        let why = "asks for more than 1600 check-ins and conversations";
        faults.push(fault(place.to_owned(), "too_much", why));
    }
    faults
}

/// How many check-ins and conversations it asks for.
fn asked(content: &PlanContent) -> usize {
    let (mut begins, mut asked) = (SOME_DAY, 0);
    for phase in &content.phases {
        let ends = phase.ends(SOME_DAY, begins).unwrap_or(NaiveDate::MAX);
        asked +=
            phase.check_ins.iter().map(|cadence| cadence.recurrence.days(begins, ends).len()).sum::<usize>();
        begins = ends;
    }
    for series in &content.series {
        let first = series.begins_after.map_or(Some(SOME_DAY), |span| span.after(SOME_DAY));
        asked += first.map_or(0, |first| series.recurrence.days(first, begins).len());
    }
    asked
}

fn name(content: &PlanContent, place: &str, faults: &mut Vec<FieldFault>) {
    for language in Language::ALL {
        let here = format!("{place}/{language}");
        match content.name.given(*language) {
            None => faults.push(fault(here, "required", "participants read it in their language")),
            Some(text) if text.chars().count() > MAX_NAME => {
                faults.push(fault(here, "length", "must have at most 80 characters"));
            }
            Some(text) => {
                if let Err(why) = public_text::check(text) {
                    faults.push(fault(here, "value", why));
                }
            }
        }
    }
}

fn phases(phases: &[Phase], place: &str, faults: &mut Vec<FieldFault>) {
    if phases.is_empty() {
        faults.push(fault(place.to_owned(), "length", "a plan has a phase at least"));
    }
    at_most(phases.len(), MAX_PHASES, place, faults);
    each_once(phases.iter().take(MAX_PHASES).map(|phase| &phase.id), place, "/id", faults);
    let mut days = 0;
    for (index, phase) in phases.iter().enumerate().take(MAX_PHASES) {
        let here = format!("{place}/{index}");
        span(phase.lasts, 1, &format!("{here}/lasts"), faults);
        days = longest(phase.lasts) + if phase.since_start { 0 } else { days };
        if let Some(cadence) = &phase.check_ins {
            let window = format!("{here}/check_ins/window");
            for (field, after) in [("due", cadence.window.due), ("closes", cadence.window.closes)] {
                if after.days_after > MAX_WINDOW {
                    let place = format!("{window}/{field}/days_after");
                    faults.push(fault(place, "range", "must be from 0 to 60"));
                }
            }
            faults.extend(cadence.window.faults(&window));
        }
    }
    if days > u64::from(MAX_DAYS) {
        faults.push(fault(place.to_owned(), "too_long", "a plan lasts ten years at most"));
    }
    if faults.is_empty() {
        order(phases, place, faults);
    }
}

/// A phase that is counted from the first day of the plan may be over before it begins: on whatever day the plan starts, it must not.
fn order(phases: &[Phase], place: &str, faults: &mut Vec<FieldFault>) {
    if !phases.iter().any(|phase| phase.since_start) {
        return;
    }
    // Four years have every day that there is.
    for starts_on in SOME_DAY.iter_days().take(4 * 366) {
        let mut begins = starts_on;
        for (index, phase) in phases.iter().enumerate() {
            let ends = phase.ends(starts_on, begins).unwrap_or(NaiveDate::MAX);
            if ends <= begins {
                let why = "would be over before it begins, on some days on which a plan starts";
                faults.push(fault(format!("{place}/{index}/lasts"), "order", why));
                return;
            }
            begins = ends;
        }
    }
}

fn series(series: &[Series], place: &str, faults: &mut Vec<FieldFault>) {
    at_most(series.len(), MAX_SERIES, place, faults);
    each_once(series.iter().take(MAX_SERIES).map(|series| &series.id), place, "/id", faults);
    for (index, series) in series.iter().enumerate().take(MAX_SERIES) {
        let here = format!("{place}/{index}");
        if !(5..=480).contains(&series.minutes) {
            faults.push(fault(format!("{here}/minutes"), "range", "must be from 5 to 480"));
        }
        if let Some(begins_after) = series.begins_after {
            span(begins_after, 0, &format!("{here}/begins_after"), faults);
        }
    }
}

fn pathways(pathways: &[Pathway], place: &str, faults: &mut Vec<FieldFault>) {
    at_most(pathways.len(), MAX_PATHWAYS, place, faults);
    each_once(pathways.iter().take(MAX_PATHWAYS).map(|pathway| pathway.kind), place, "/kind", faults);
    for (index, pathway) in pathways.iter().enumerate().take(MAX_PATHWAYS) {
        let here = format!("{place}/{index}/stages");
        at_most(pathway.stages.len(), MAX_STAGES, &here, faults);
        each_once(pathway.stages.iter().take(MAX_STAGES), &here, "", faults);
    }
}

fn span(span: Span, least: u32, place: &str, faults: &mut Vec<FieldFault>) {
    if !(least..=MAX_SPAN).contains(&span.count) {
        faults.push(fault(format!("{place}/count"), "range", &format!("must be from {least} to 366")));
    }
}

/// So many days it may last.
fn longest(span: Span) -> u64 {
    u64::from(span.count)
        * match span.unit {
            SpanUnit::Days => 1,
            SpanUnit::Weeks => 7,
            SpanUnit::Months => 31,
        }
}

fn at_most(count: usize, most: usize, place: &str, faults: &mut Vec<FieldFault>) {
    if count > most {
        faults.push(fault(place.to_owned(), "length", &format!("must have at most {most}")));
    }
}

fn each_once<T: Ord>(words: impl Iterator<Item = T>, place: &str, field: &str, faults: &mut Vec<FieldFault>) {
    let mut seen = BTreeSet::new();
    for (index, word) in words.enumerate() {
        if !seen.insert(word) {
            faults.push(fault(format!("{place}/{index}{field}"), "duplicate", "is given twice"));
        }
    }
}

fn fault(pointer: String, code: &str, detail: &str) -> FieldFault {
    FieldFault { pointer, code: code.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn name() -> Value {
        json!({"ar": "مواكبتكم", "fr": "Votre suivi", "zgh": "ⴰⵎⵓⵏ", "en": "Your plan"})
    }

    fn phase(id: &str) -> Value {
        json!({
            "id": id, "lasts": {"count": 8, "unit": "weeks"},
            "check_ins": {"recurrence": "FREQ=WEEKLY", "window": {
                "opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}}},
        })
    }

    fn told(content: Value) -> Vec<String> {
        let content: PlanContent = serde_json::from_value(content).unwrap();
        faults(&content, "/content").iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_small_one_is_right() {
        assert!(told(json!({"name": name(), "phases": [phase("first")]})).is_empty());
    }

    #[test]
    fn what_cannot_be_is_told_by_place() {
        let mut wrong = phase("a");
        wrong["lasts"]["count"] = json!(0);
        wrong["check_ins"]["window"]["due"] = json!({"days_after": 0, "time": "09:00"});
        wrong["check_ins"]["window"]["closes"] = json!({"days_after": 61, "time": "09:00"});
        let series = json!({"id": "talk", "kind": "social_counselling", "minutes": 4, "recurrence": "FREQ=MONTHLY",
                            "begins_after": {"count": 367, "unit": "days"}});
        let content = json!({
            "name": {"ar": " ", "fr": "x".repeat(81), "en": "Plan"},
            "phases": [wrong, phase("a")],
            "series": [series, {"id": "talk", "kind": "administrative", "minutes": 480, "recurrence": "FREQ=DAILY"}],
            "readiness": ["cv", "phone", "cv"],
            "pathways": [{"kind": "training", "stages": ["start", "start"]}, {"kind": "training"}],
        });
        assert_eq!(
            told(content),
            [
                "/content/name/ar value",
                "/content/name/fr length",
                "/content/name/zgh required",
                "/content/phases/1/id duplicate",
                "/content/phases/0/lasts/count range",
                "/content/phases/0/check_ins/window/closes/days_after range",
                "/content/phases/0/check_ins/window/due order",
                "/content/series/1/id duplicate",
                "/content/series/0/minutes range",
                "/content/series/0/begins_after/count range",
                "/content/readiness/2 duplicate",
                "/content/pathways/1/kind duplicate",
                "/content/pathways/0/stages/1 duplicate",
            ]
        );
    }

    #[test]
    fn there_are_neither_too_many_phases_nor_too_long_ones() {
        let many: Vec<Value> = (0..11).map(|number| phase(&format!("p{number}"))).collect();
        assert_eq!(told(json!({"name": name(), "phases": many})), ["/content/phases length"]);
        assert_eq!(told(json!({"name": name(), "phases": []})), ["/content/phases length"]);
        let long = json!({"id": "long", "lasts": {"count": 119, "unit": "months"}});
        assert_eq!(told(json!({"name": name(), "phases": [long]})), ["/content/phases too_long"]);
    }

    #[test]
    fn it_asks_for_no_more_than_somebody_can_do() {
        let told_of = |recurrence: &str, years: u32, series: u32| {
            let mut phase = phase("only");
            phase["lasts"] = json!({"count": 12 * years, "unit": "months"});
            phase["check_ins"]["recurrence"] = json!(recurrence);
            let series: Vec<Value> = (0..series)
                .map(|number| json!({"id": format!("s{number}"), "kind": "social_counselling", "minutes": 45, "recurrence": recurrence}))
                .collect();
            told(json!({"name": name(), "phases": [phase], "series": series}))
        };
        // Every day for two years, and all series every week.
        assert!(told_of("FREQ=DAILY", 2, 0).is_empty());
        assert!(told_of("FREQ=WEEKLY", 2, 10).is_empty());
        assert_eq!(told_of("FREQ=DAILY", 9, 0), ["/content too_much"]);
        assert_eq!(told_of("FREQ=DAILY", 2, 2), ["/content too_much"]);
        assert_eq!(told_of("FREQ=WEEKLY", 9, 10), ["/content too_much"]);
    }

    #[test]
    fn what_is_counted_from_the_first_day_does_not_end_before_it_begins() {
        let until = |id: &str, count: u32, unit: &str| {
            let mut phase = phase(id);
            phase["lasts"] = json!({"count": count, "unit": unit});
            phase["since_start"] = json!(true);
            phase
        };
        let phases = |all: &[Value]| told(json!({"name": name(), "phases": all}));
        // Eight weeks, until month six, until month twenty-four.
        assert!(
            phases(&[phase("first"), until("second", 6, "months"), until("third", 24, "months")]).is_empty()
        );
        // Two months may have 59 days, and never 56.
        assert!(phases(&[phase("first"), until("second", 2, "months")]).is_empty());
        assert_eq!(phases(&[phase("first"), until("second", 8, "weeks")]), ["/content/phases/1/lasts order"]);
        // February is shorter than thirty days.
        let month = [until("first", 30, "days"), until("second", 1, "months")];
        assert_eq!(phases(&month), ["/content/phases/1/lasts order"]);
        // They do not add up.
        let years: Vec<Value> =
            (1..=10).map(|year| until(&format!("y{year}"), 12 * year - 2, "months")).collect();
        assert!(phases(&years).is_empty());
    }

    #[test]
    fn a_recurrence_that_cannot_be_is_read_by_nobody() {
        for rule in ["FREQ=WEEKLY;INTERVAL=0", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=YEARLY", ""] {
            let mut wrong = phase("a");
            wrong["check_ins"]["recurrence"] = json!(rule);
            let content = json!({"name": name(), "phases": [wrong]});
            assert!(serde_json::from_value::<PlanContent>(content).is_err(), "{rule}");
        }
    }
}
