//! Tests of what a plan asks for on which day, and of what is done about it.

use super::{
    compare::{Bounds, Difference, Existing, compare},
    course::{Course, Key, PhaseAdjustment, PlanPause, Wanted, in_the_plan, kept, monday, on_the_wall, told},
};
use crate::{
    opening_hours::calendar::{Calendar, CalendarDate},
    plan_template::content::PlanContent,
};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn content(phases: &Value, series: &Value) -> PlanContent {
    let name = json!({"ar": "a", "fr": "a", "zgh": "a", "en": "a"});
    serde_json::from_value(json!({"name": name, "phases": phases, "series": series})).unwrap()
}

fn phase(id: &str, count: u32, unit: &str, recurrence: &str) -> Value {
    json!({"id": id, "lasts": {"count": count, "unit": unit}, "check_ins": {"recurrence": recurrence, "window": {
        "opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}}}})
}

/// Weekly for eight weeks, every two weeks to month six, monthly to month twenty-four.
fn usual() -> PlanContent {
    content(
        &json!([
            phase("first", 8, "weeks", "FREQ=WEEKLY"),
            phase("second", 4, "months", "FREQ=WEEKLY;INTERVAL=2"),
            phase("third", 18, "months", "FREQ=MONTHLY;BYMONTHDAY=31"),
        ]),
        &json!([{"id": "talks", "kind": "social_counselling", "minutes": 45, "recurrence": "FREQ=MONTHLY"}]),
    )
}

fn open_always() -> Calendar {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: Vec<Value> =
        days.iter().map(|day| json!({"weekday": day, "opens": "08:00", "closes": "18:00"})).collect();
    serde_json::from_value(json!({"hours": hours})).unwrap()
}

fn wanted(content: &PlanContent, pauses: &[PlanPause], calendar: &Calendar) -> Vec<Wanted> {
    let course = Course { content, starts_on: date("2026-12-01"), adjustments: &[], pauses };
    course.wanted(calendar)
}

fn check_ins(wanted: &[Wanted]) -> Vec<String> {
    wanted.iter().filter(|one| one.key.series.is_none()).map(|one| one.day.to_string()).collect()
}

fn existing(wanted: &[Wanted]) -> Vec<Existing> {
    let planned = |one: &Wanted| Existing {
        key: one.key.clone(),
        day: one.day,
        shape: one.shape.clone(),
        is_fixed: false,
    };
    wanted.iter().map(planned).collect()
}

fn all_of_it(from: &str) -> Bounds {
    Bounds { adds_from: date(from), touches_from: date(from), horizon: NaiveDate::MAX }
}

#[test]
fn phases_follow_each_other() {
    let all = wanted(&usual(), &[], &open_always());
    let days = check_ins(&all);
    assert_eq!(days[..3], ["2026-12-01", "2026-12-08", "2026-12-15"]);
    assert_eq!(days[7..10], ["2027-01-19", "2027-01-26", "2027-02-09"]);
    assert_eq!(days[days.len() - 2..], ["2028-09-30", "2028-10-31"]);
    let weeks: Vec<String> =
        all.iter().filter(|one| one.key.series.is_some()).take(2).map(|one| one.day.to_string()).collect();
    assert_eq!(weeks, ["2026-11-30", "2026-12-28"]);
}

#[test]
fn a_phase_ends_with_a_month_of_the_plan() {
    let until = |id: &str, months: u32, recurrence: &str| {
        let mut phase = phase(id, months, "months", recurrence);
        phase["since_start"] = json!(true);
        phase
    };
    let content = content(
        &json!([
            phase("first", 8, "weeks", "FREQ=WEEKLY"),
            until("second", 6, "FREQ=WEEKLY;INTERVAL=2"),
            until("third", 24, "FREQ=MONTHLY;BYMONTHDAY=31"),
        ]),
        &json!([]),
    );
    let course = |starts_on: &str, adjustments| {
        let course = Course { content: &content, starts_on: date(starts_on), adjustments, pauses: &[] };
        let begins = course.stretches().iter().map(|stretch| stretch.begins.to_string()).collect::<Vec<_>>();
        let faults = course.faults("/starts_on").into_iter().map(|fault| fault.pointer).collect::<Vec<_>>();
        (begins, course.ends().to_string(), faults)
    };
    let whole = |begins: [&str; 3], ends: &str| {
        (begins.map(str::to_owned).to_vec(), ends.to_owned(), Vec::<String>::new())
    };
    assert_eq!(course("2026-12-01", &[]), whole(["2026-12-01", "2027-01-26", "2027-06-01"], "2028-12-01"));
    // A month without the day ends on its last.
    assert_eq!(course("2026-08-31", &[]), whole(["2026-08-31", "2026-10-26", "2027-02-28"], "2028-08-31"));
    let late: Vec<PhaseAdjustment> =
        serde_json::from_value(json!([{"phase_id": "second", "starts_on": "2027-06-01"}])).unwrap();
    assert_eq!(course("2026-12-01", &late).2, ["/phases/0/starts_on"]);
}

#[test]
fn a_closed_day_moves_to_the_next_open_one_and_keeps_its_own_date() {
    let phases = json!([phase("first", 3, "weeks", "FREQ=WEEKLY;BYDAY=FR")]);
    let calendar: Calendar =
        serde_json::from_value(json!({"closed_days": [{"date": "2026-12-04", "label": "Eid"}]})).unwrap();
    let all = wanted(&content(&phases, &json!([])), &[], &calendar);
    let days: Vec<(String, String)> =
        all.iter().map(|one| (one.key.original_on.to_string(), one.day.to_string())).collect();
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(
        days,
        [
            pair("2026-12-04", "2026-12-07"),
            pair("2026-12-11", "2026-12-11"),
            pair("2026-12-18", "2026-12-18")
        ]
    );
}

#[test]
fn a_closed_week_doubles_no_conversation() {
    let calendar = |closed: &[&str]| -> Calendar {
        let closed: Vec<Value> = closed
            .iter()
            .flat_map(|week| (0..7).map(move |day| date(week) + Days::new(day)))
            .map(|day| json!({"date": day.to_string(), "label": "Eid"}))
            .collect();
        serde_json::from_value(json!({"closed_days": closed})).unwrap()
    };
    let weeks = |recurrence: &str, closed: &[&str]| -> Vec<String> {
        let series =
            json!([{"id": "talks", "kind": "social_counselling", "minutes": 45, "recurrence": recurrence}]);
        let content = content(&json!([phase("first", 5, "weeks", "FREQ=MONTHLY")]), &series);
        let all = wanted(&content, &[], &calendar(closed));
        all.iter().filter(|one| one.key.series.is_some()).map(|one| one.day.to_string()).collect()
    };
    let weekly = "FREQ=WEEKLY;BYDAY=TU";
    assert_eq!(weeks(weekly, &[]), ["2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28"]);
    assert_eq!(weeks(weekly, &["2026-12-14"]), ["2026-11-30", "2026-12-07", "2026-12-21", "2026-12-28"]);
    // Two of one week stay two, and of two closed weeks the first are held.
    let twice = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH";
    assert_eq!(
        weeks(twice, &["2026-12-14"]),
        ["2026-11-30", "2026-11-30", "2026-12-21", "2026-12-21", "2026-12-28", "2026-12-28"]
    );
    assert_eq!(
        weeks("FREQ=WEEKLY;BYDAY=TU;COUNT=3", &["2026-12-07", "2026-12-14"]),
        ["2026-11-30", "2026-12-21"]
    );
}

#[test]
fn what_is_moved_onto_the_day_of_another_leaves_that_as_it_is() {
    let phases = json!([phase("first", 3, "weeks", "FREQ=WEEKLY;BYDAY=MO,TU")]);
    let calendar: Calendar =
        serde_json::from_value(json!({"closed_days": [{"date": "2026-12-07", "label": "Eid"}]})).unwrap();
    let content = content(&phases, &json!([]));
    let (before, after) = (wanted(&content, &[], &Calendar::default()), wanted(&content, &[], &calendar));
    // The Monday may be open by the time that the day is announced: no Tuesday is called off for it.
    let change = compare(existing(&before), after, all_of_it("2026-12-01"));
    let dropped: Vec<String> = change.drop.iter().map(|one| one.key.original_on.to_string()).collect();
    assert_eq!((dropped, change.put.len(), change.add.len()), (vec!["2026-12-07".to_owned()], 0, 0));
}

#[test]
fn two_never_open_on_one_day() {
    let phases = json!([phase("first", 2, "weeks", "FREQ=DAILY")]);
    let days = check_ins(&wanted(&content(&phases, &json!([])), &[], &Calendar::default()));
    // Tuesday to Monday: whoever is asked daily is asked on working days.
    assert_eq!(days[..5], ["2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-07"]);
    assert_eq!(days.len(), days.iter().collect::<BTreeSet<_>>().len());
}

#[test]
fn a_pause_moves_what_lies_behind_and_nothing_else() {
    let content = usual();
    let pause = PlanPause { from: CalendarDate::from(date("2026-12-10")), days: 10 };
    let (before, after) = (wanted(&content, &[], &open_always()), wanted(&content, &[pause], &open_always()));
    assert_eq!(before.len(), after.len());
    for (one, other) in before.iter().zip(&after).filter(|(one, _)| one.key.series.is_none()) {
        assert_eq!(one.key, other.key);
        let moved = if one.day < date("2026-12-10") { 0 } else { 10 };
        assert_eq!(other.day, one.day + Days::new(moved));
    }
}

#[test]
fn a_pause_moves_a_phase_that_begins_on_a_day_of_its_own() {
    let content = usual();
    let said: Vec<PhaseAdjustment> = serde_json::from_value(json!([
        {"phase_id": "second", "starts_on": "2027-01-05"}, {"phase_id": "third", "starts_on": "2027-01-12"},
    ]))
    .unwrap();
    let adjustments = kept(&said, &[]);
    assert_eq!(adjustments, said);
    // It rests over both beginnings.
    let pauses = [PlanPause { from: CalendarDate::from(date("2026-12-20")), days: 40 }];
    let course = |pauses| Course {
        content: &content,
        starts_on: date("2026-12-01"),
        adjustments: &adjustments,
        pauses,
    };
    let keys = |course: Course<'_>| -> Vec<Key> {
        course.wanted(&open_always()).into_iter().map(|one| one.key).collect()
    };
    assert_eq!(keys(course(&pauses)), keys(course(&[])));
    assert!(course(&pauses).faults("/plan_template_id").is_empty());
    let begins: Vec<Option<String>> =
        told(&adjustments, &pauses).iter().map(|one| one.starts_on.map(|day| day.to_string())).collect();
    assert_eq!(begins, [Some("2027-02-14".to_owned()), Some("2027-02-21".to_owned())]);
    // What is said afterwards is a day on the wall as well.
    assert_eq!(kept(&told(&adjustments, &pauses), &pauses), adjustments);
}

#[test]
fn what_is_otherwise_for_one_person_has_to_fit() {
    let content = usual();
    let told = |adjustments: Value| {
        let adjustments: Vec<PhaseAdjustment> = serde_json::from_value(adjustments).unwrap();
        let course = Course {
            content: &content,
            starts_on: date("2026-12-01"),
            adjustments: &adjustments,
            pauses: &[],
        };
        let faults = course.faults("/template_id");
        faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect::<Vec<_>>()
    };
    assert!(
        told(json!([{"phase_id": "second", "starts_on": "2027-01-05", "recurrence": "FREQ=DAILY"}]))
            .is_empty()
    );
    for (adjustments, expected) in [
        (json!([{"phase_id": "fourth"}]), "/phases/0/phase_id unknown"),
        (json!([{"phase_id": "third"}, {"phase_id": "third"}]), "/phases/1/phase_id duplicate"),
        (json!([{"phase_id": "first", "starts_on": "2026-12-02"}]), "/phases/0/starts_on not_allowed"),
        (json!([{"phase_id": "second", "starts_on": "2026-12-01"}]), "/phases/0/starts_on order"),
        (json!([{"phase_id": "third", "starts_on": "2027-01-01"}]), "/phases/0/starts_on order"),
        (json!([{"phase_id": "third", "starts_on": "2099-01-01"}]), "/phases/0/starts_on too_far"),
        (
            json!([{"phase_id": "first", "recurrence": "FREQ=DAILY;UNTIL=20261130"}]),
            "/phases/0/recurrence until",
        ),
    ] {
        assert_eq!(told(adjustments), [expected]);
    }
}

#[test]
fn only_what_lies_ahead_and_is_nobodys_is_touched() {
    let content = usual();
    let before = wanted(&content, &[], &open_always());
    let mut planned = existing(&before);
    planned[2].is_fixed = true;
    let other = content_with("FREQ=WEEKLY;BYDAY=TH");
    let bounds = Bounds {
        adds_from: date("2026-12-09"),
        touches_from: date("2026-12-09"),
        horizon: date("2026-12-31"),
    };
    let change = compare(planned.clone(), wanted(&other, &[], &open_always()), bounds);
    let added: Vec<String> = change.add.iter().map(|one| one.day.to_string()).collect();
    assert_eq!(added, ["2026-12-10", "2026-12-17", "2026-12-24", "2026-12-31"]);
    // The first two lie behind, the third is fixed.
    assert!(!change.drop.contains(&planned[0]) && !change.drop.contains(&planned[1]));
    assert!(change.keep.contains(&planned[2]) && change.drop.contains(&planned[3]));
}

#[test]
fn a_series_that_is_over_before_it_begins_is_told() {
    for (begins_after, until, is_told) in
        [(0, "20261130", true), (0, "20261201", false), (30, "20261230", true), (30, "20261231", false)]
    {
        let series = json!([{
            "id": "talks", "kind": "social_counselling", "minutes": 45, "recurrence": format!("FREQ=DAILY;UNTIL={until}"),
            "begins_after": {"count": begins_after, "unit": "days"},
        }]);
        let content = content(&json!([phase("first", 8, "weeks", "FREQ=WEEKLY")]), &series);
        let course =
            Course { content: &content, starts_on: date("2026-12-01"), adjustments: &[], pauses: &[] };
        let told: Vec<String> = course.faults("/starts_on").into_iter().map(|fault| fault.code).collect();
        assert_eq!(told, if is_told { vec!["until".to_owned()] } else { Vec::new() }, "{until}");
    }
}

fn content_with(recurrence: &str) -> PlanContent {
    content(&json!([phase("first", 8, "weeks", recurrence)]), &json!([]))
}

/// What is planned after it was done.
fn done(existing: Vec<Existing>, difference: &Difference) -> Vec<Existing> {
    let mut after: Vec<Existing> =
        existing.into_iter().filter(|one| !difference.drop.contains(one)).collect();
    for (one, to) in &difference.put {
        after.iter_mut().filter(|planned| planned.key == one.key).for_each(|planned| planned.day = to.day);
    }
    after.extend(difference.add.iter().map(|one| Existing {
        key: one.key.clone(),
        day: one.day,
        shape: one.shape.clone(),
        is_fixed: false,
    }));
    after
}

fn any_rule() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("FREQ=DAILY"),
        Just("FREQ=WEEKLY"),
        Just("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,SU"),
        Just("FREQ=MONTHLY;BYMONTHDAY=1,31"),
    ]
}

fn any_pauses() -> impl Strategy<Value = Vec<PlanPause>> {
    proptest::collection::vec((0..40_u64, 0..60_u32), 0..4).prop_map(|pauses| {
        let mut from = date("2026-12-01");
        let mut made = Vec::new();
        for (gap, days) in pauses {
            from = from + Days::new(gap);
            made.push(PlanPause { from: CalendarDate::from(from), days });
            // The next one begins when this one is over, at the earliest.
            from = from + Days::new(days.into());
        }
        made
    })
}

proptest! {
    /// Whatever pauses there were: days stay in their order, none becomes another's, and the way back is the way.
    #[test]
    fn pauses_keep_days_apart(pauses in any_pauses(), day in 0..300_u64) {
        let day = date("2026-11-20") + Days::new(day);
        let (here, next) = (on_the_wall(day, &pauses), on_the_wall(day + Days::new(1), &pauses));
        prop_assert!(here < next);
        prop_assert_eq!(in_the_plan(here, &pauses), day);
        prop_assert!(on_the_wall(in_the_plan(day, &pauses), &pauses) >= day);
    }

    /// Doing it twice does nothing; looking every day or once in a while plans the same; and no day is planned twice.
    #[test]
    fn planning_again_changes_nothing(rule in any_rule(), pauses in any_pauses(), looks in proptest::collection::vec(1..30_u64, 1..8)) {
        let content = content_with(rule);
        let all = wanted(&content, &pauses, &Calendar::default());
        let mut planned = Vec::new();
        let start = date("2026-12-01");
        let mut today = start;
        for days in looks {
            let bounds = Bounds { adds_from: today.max(start), touches_from: today + Days::new(1), horizon: today + Days::new(56) };
            let change = compare(planned.clone(), all.clone(), bounds);
            planned = done(planned, &change);
            prop_assert!(compare(planned.clone(), all.clone(), bounds).is_empty());
            today = today + Days::new(days);
        }
        let keys: BTreeSet<&Key> = planned.iter().map(|one| &one.key).collect();
        prop_assert_eq!(keys.len(), planned.len());
        let days: BTreeSet<NaiveDate> = planned.iter().map(|one| one.day).collect();
        prop_assert_eq!(days.len(), planned.len());
    }

    /// From any plan to any other: what lies ahead is what the other asks for, and what lies behind is as it was.
    #[test]
    fn a_change_leaves_the_past_and_makes_the_future(from in any_rule(), to in any_rule(), day in 0..50_u64) {
        let planned = existing(&wanted(&content_with(from), &[], &Calendar::default()));
        let tomorrow = date("2026-12-01") + Days::new(day);
        let bounds = all_of_it(&tomorrow.to_string());
        let other = wanted(&content_with(to), &[], &Calendar::default());
        let change = compare(planned.clone(), other.clone(), bounds);
        let after = done(planned.clone(), &change);
        let split = |all: &[Existing], is_ahead: bool| -> BTreeSet<NaiveDate> {
            all.iter().map(|one| one.day).filter(|day| (*day >= tomorrow) == is_ahead).collect()
        };
        prop_assert_eq!(split(&after, false), split(&planned, false));
        let behind: BTreeSet<&Key> = planned.iter().filter(|one| one.day < tomorrow).map(|one| &one.key).collect();
        let ahead: BTreeSet<NaiveDate> = other.iter().filter(|one| one.day >= tomorrow && !behind.contains(&one.key)).map(|one| one.day).collect();
        prop_assert_eq!(split(&after, true), ahead);
    }

    #[test]
    fn a_week_begins_on_monday(day in 0..1000_u64) {
        let day = date("2026-11-20") + Days::new(day);
        let first = monday(day);
        prop_assert!(first <= day && day < first + Days::new(7));
        prop_assert_eq!(crate::opening_hours::calendar::Weekday::of(first), crate::opening_hours::calendar::Weekday::Monday);
    }
}
