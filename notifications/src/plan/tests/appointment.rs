use std::collections::BTreeSet;

use super::*;
use crate::policy::ReminderPolicy;

const CASABLANCA: &str = "Africa/Casablanca";
const PARIS: &str = "Europe/Paris";

#[track_caller]
fn assert_plan(facts: &AppointmentFacts, now: &str, expected: &[&str]) {
    let plan = plan(facts, &ReminderPolicy::default(), &Zones::built_in(), instant(now));
    assert_eq!(lines(&plan), expected);
}

fn scheduled(facts: AppointmentFacts, at: &str) -> AppointmentFacts {
    after(facts, AppointmentEvent::Scheduled, at, AppointmentState::Scheduled)
}

fn confirmed(facts: AppointmentFacts, at: &str) -> AppointmentFacts {
    after(facts, AppointmentEvent::Answered, at, AppointmentState::Confirmed)
}

#[test]
fn an_appointment_made_long_before() {
    let made = "2026-11-20T14:00:00Z";
    assert_plan(
        &scheduled(appointment("2026-12-01T10:00", CASABLANCA), made),
        made,
        &[
            "participant scheduled 11-20T14:00 to 12-01T10:00 normal",
            "participant in_seven_days 11-24T10:00 to 11-28T10:00 normal",
            "participant in_three_days 11-28T10:00 to 11-30T10:00 normal",
            "participant tomorrow 11-30T10:00 to 12-01T08:00 high",
            "host unconfirmed 11-30T10:00 to 12-01T10:00 high",
            "participant soon 12-01T08:00 to 12-01T10:00 high",
        ],
    );
}

#[test]
fn once_confirmed_the_last_two_remain_and_the_host_is_told() {
    let answered = "2026-11-20T15:00:00Z";
    assert_plan(
        &confirmed(appointment("2026-12-01T10:00", CASABLANCA), answered),
        answered,
        &[
            "host answered 11-20T15:00 to 12-01T10:00 low",
            "participant tomorrow 11-30T10:00 to 12-01T08:00 high",
            "participant soon 12-01T08:00 to 12-01T10:00 high",
        ],
    );
}

#[test]
fn one_who_has_just_answered_is_not_told_what_is_past() {
    // Made 22 hours before and confirmed 20 hours before: the reminder of the day before is past.
    let answered = "2026-11-30T14:00:00Z";
    assert_plan(
        &confirmed(appointment("2026-12-01T10:00", CASABLANCA), answered),
        answered,
        &["host answered 11-30T14:00 to 12-01T10:00 low", "participant soon 12-01T08:00 to 12-01T10:00 high"],
    );
}

#[test]
fn one_who_asked_for_another_time_is_reminded_like_one_who_confirmed() {
    let answered = "2026-11-20T15:00:00Z";
    let asked = AppointmentState::ChangeRequested;
    assert_plan(
        &after(appointment("2026-12-01T10:00", CASABLANCA), AppointmentEvent::Answered, answered, asked),
        answered,
        &[
            "host answered 11-20T15:00 to 12-01T10:00 normal",
            "participant tomorrow 11-30T10:00 to 12-01T08:00 high",
            "host unconfirmed 11-30T10:00 to 12-01T10:00 high",
            "participant soon 12-01T08:00 to 12-01T10:00 high",
        ],
    );
}

#[test]
fn made_at_short_notice_the_notice_stands_for_what_is_past() {
    let twenty_hours = "2026-11-30T14:00:00Z";
    assert_plan(
        &scheduled(appointment("2026-12-01T10:00", CASABLANCA), twenty_hours),
        twenty_hours,
        &[
            "participant scheduled 11-30T14:00 to 12-01T10:00 high",
            "participant soon 12-01T08:00 to 12-01T10:00 high",
        ],
    );
    for soon in ["2026-12-01T09:00:00Z", "2026-12-01T09:50:00Z"] {
        let facts = scheduled(appointment("2026-12-01T10:00", CASABLANCA), soon);
        let plan = plan(&facts, &ReminderPolicy::default(), &Zones::built_in(), instant(soon));
        let only: Vec<_> = plan.iter().map(|reminder| (reminder.key.purpose, reminder.due_at)).collect();
        assert_eq!(only, [(contract::ReminderPurpose::AppointmentScheduled, instant(soon))]);
    }
}

#[test]
fn nothing_is_said_twice_on_one_day() {
    // In two hours and a half the 2-hours reminder would follow within the hour.
    let morning = "2026-12-01T07:30:00Z";
    let facts = scheduled(appointment("2026-12-01T10:00", "UTC"), morning);
    let awake = ReminderPolicy { quiet_hours: None, ..ReminderPolicy::default() };
    let plan = plan(&facts, &awake, &Zones::built_in(), instant(morning));
    assert_eq!(lines(&plan), ["participant scheduled 12-01T07:30 to 12-01T10:00 high"]);
    // Three days and an hour ahead, the 3-days reminder would follow on the same day.
    let made = "2026-11-28T09:00:00Z";
    assert_plan(
        &scheduled(appointment("2026-12-01T10:00", CASABLANCA), made),
        made,
        &[
            "participant scheduled 11-28T09:00 to 12-01T10:00 normal",
            "participant tomorrow 11-30T10:00 to 12-01T08:00 high",
            "host unconfirmed 11-30T10:00 to 12-01T10:00 high",
            "participant soon 12-01T08:00 to 12-01T10:00 high",
        ],
    );
}

#[test]
fn what_became_due_unsent_is_caught_up_with_by_the_latest_alone() {
    // Nothing is known of how it was made; 7 and 3 days have passed.
    assert_plan(
        &appointment("2026-12-01T10:00", CASABLANCA),
        "2026-11-29T12:00:00Z",
        &[
            "participant in_three_days 11-29T12:00 to 11-30T10:00 normal",
            "participant tomorrow 11-30T10:00 to 12-01T08:00 high",
            "host unconfirmed 11-30T10:00 to 12-01T10:00 high",
            "participant soon 12-01T08:00 to 12-01T10:00 high",
        ],
    );
    // At night it waits for the morning, where the next one takes its place.
    assert_plan(
        &appointment("2026-12-01T10:00", CASABLANCA),
        "2026-11-30T23:00:00Z",
        &[
            "participant soon 12-01T08:00 to 12-01T10:00 high",
            "host unconfirmed 12-01T08:00 to 12-01T10:00 high",
        ],
    );
}

#[test]
fn quiet_hours_move_a_reminder_to_the_morning_if_that_leaves_an_hour() {
    // 09:00: two hours before is 07:00. 08:00 leaves an hour.
    let answered = "2026-11-20T15:00:00Z";
    assert_plan(
        &confirmed(appointment("2026-12-01T09:00", CASABLANCA), answered),
        answered,
        &[
            "host answered 11-20T15:00 to 12-01T09:00 low",
            "participant tomorrow 11-30T09:00 to 12-01T08:00 high",
            "participant soon 12-01T08:00 to 12-01T09:00 high",
        ],
    );
}

#[test]
fn quiet_hours_move_a_reminder_to_the_evening_before_otherwise() {
    let answered = "2026-11-20T15:00:00Z";
    assert_plan(
        &confirmed(appointment("2026-12-01T08:30", CASABLANCA), answered),
        answered,
        &[
            "host answered 11-20T15:00 to 12-01T08:30 low",
            "participant tomorrow 11-30T08:30 to 11-30T20:45 high",
            "participant soon 11-30T20:45 to 12-01T08:30 high",
        ],
    );
    // 05:00: the day before is at night as well, and goes to its own morning.
    assert_plan(
        &confirmed(appointment("2026-12-01T05:00", CASABLANCA), answered),
        answered,
        &[
            "host answered 11-20T15:00 to 12-01T05:00 low",
            "participant tomorrow 11-30T08:00 to 11-30T20:45 high",
            "participant soon 11-30T20:45 to 12-01T05:00 high",
        ],
    );
}

#[test]
fn a_notice_made_at_night_waits_for_the_morning() {
    let late = "2026-11-20T22:30:00Z";
    let plan = [
        "participant scheduled 11-21T08:00 to 12-01T10:00 normal",
        "participant in_seven_days 11-24T10:00 to 11-28T10:00 normal",
        "participant in_three_days 11-28T10:00 to 11-30T10:00 normal",
        "participant tomorrow 11-30T10:00 to 12-01T08:00 high",
        "host unconfirmed 11-30T10:00 to 12-01T10:00 high",
        "participant soon 12-01T08:00 to 12-01T10:00 high",
    ];
    let facts = scheduled(appointment("2026-12-01T10:00", CASABLANCA), late);
    assert_plan(&facts, late, &plan);
    assert_plan(&facts, "2026-11-21T03:00:00Z", &plan);
}

#[test]
fn a_notice_that_cannot_wait_for_the_morning_is_sent_at_night() {
    // 08:30 tomorrow, told at 22:00: 08:00 would be too late to learn of it, but is good for a reminder.
    let late = "2026-11-30T22:00:00Z";
    assert_plan(
        &scheduled(appointment("2026-12-01T08:30", CASABLANCA), late),
        late,
        &[
            "participant scheduled 11-30T22:00 to 12-01T08:30 high",
            "participant soon 12-01T08:00 to 12-01T08:30 high",
        ],
    );
    let cancelled = AppointmentState::Cancelled;
    assert_plan(
        &after(appointment("2026-12-01T08:30", CASABLANCA), AppointmentEvent::Cancelled, late, cancelled),
        late,
        &["participant cancelled 11-30T22:00 to 12-01T08:30 high"],
    );
    // That somebody will come can wait, or go without saying.
    assert_plan(
        &confirmed(appointment("2026-12-01T08:30", CASABLANCA), late),
        late,
        &["participant soon 12-01T08:00 to 12-01T08:30 high", "host answered 12-01T08:00 to 12-01T08:30 low"],
    );
}

#[test]
fn a_move_is_told_before_somebody_sets_out_in_vain() {
    let late = "2026-11-30T22:00:00Z";
    let mut facts = after(
        appointment("2026-12-08T10:00", CASABLANCA),
        AppointmentEvent::Moved,
        late,
        AppointmentState::Scheduled,
    );
    let first = |facts: &AppointmentFacts| {
        let plan = plan(facts, &ReminderPolicy::default(), &Zones::built_in(), instant(late));
        lines(&plan).first().cloned().unwrap()
    };
    assert_eq!(first(&facts), "participant moved 12-01T08:00 to 12-08T10:00 normal");
    facts.last_event.as_mut().unwrap().former_start = Some(instant("2026-12-01T08:30:00Z"));
    assert_eq!(first(&facts), "participant moved 11-30T22:00 to 12-08T10:00 high");
}

#[test]
fn what_is_over_plans_its_notice_and_nothing_else() {
    let at = "2026-11-25T12:00:00Z";
    let future = || appointment("2026-12-01T10:00", CASABLANCA);
    let cancelled = after(future(), AppointmentEvent::Cancelled, at, AppointmentState::Cancelled);
    assert_plan(&cancelled, at, &["participant cancelled 11-25T12:00 to 12-01T10:00 normal"]);
    let declined = after(future(), AppointmentEvent::Answered, at, AppointmentState::Declined);
    assert_plan(&declined, at, &["host answered 11-25T12:00 to 12-01T10:00 normal"]);
    let started = || appointment("2026-11-25T10:00", CASABLANCA);
    let missed = after(started(), AppointmentEvent::Missed, at, AppointmentState::DidNotCome);
    assert_plan(&missed, at, &["host missed 11-25T12:00 to 11-28T12:00 normal"]);
    assert_plan(&missed, "2026-11-28T12:00:00Z", &[]);
    // What was accepted, or was nobody's absence, is told to nobody.
    for state in
        [AppointmentState::DidNotCome, AppointmentState::DidNotTakePlace, AppointmentState::TookPlace]
    {
        let corrected = AppointmentFacts { state, counts_as_absence: false, ..missed.clone() };
        assert_plan(&corrected, at, &[]);
    }
    let too_late = after(started(), AppointmentEvent::Cancelled, at, AppointmentState::Cancelled);
    assert_plan(&too_late, at, &["participant cancelled 11-25T12:00 to 11-28T12:00 normal"]);
    let took_place = AppointmentFacts { state: AppointmentState::TookPlace, ..started() };
    assert_plan(&took_place, at, &[]);
    assert_plan(&started(), at, &[]);
}

#[test]
fn days_are_days_of_the_calendar_when_clocks_change() {
    // Europe/Paris goes to summer time on 2027-03-28.
    let answered = "2027-03-01T12:00:00Z";
    let made = |local| scheduled(appointment(local, PARIS), answered);
    assert_plan(
        &made("2027-03-29T10:00"),
        answered,
        &[
            "participant scheduled 03-01T12:00 to 03-29T08:00 normal",
            "participant in_seven_days 03-22T09:00 to 03-26T09:00 normal",
            "participant in_three_days 03-26T09:00 to 03-28T08:00 normal",
            "participant tomorrow 03-28T08:00 to 03-29T06:00 high",
            "host unconfirmed 03-28T08:00 to 03-29T08:00 high",
            "participant soon 03-29T06:00 to 03-29T08:00 high",
        ],
    );
    // The short night: 08:30 is 06:30Z, and the evening before is still in winter time.
    assert_plan(
        &confirmed(appointment("2027-03-28T08:30", PARIS), answered),
        answered,
        &[
            "host answered 03-01T12:00 to 03-28T06:30 low",
            "participant tomorrow 03-27T07:30 to 03-27T19:45 high",
            "participant soon 03-27T19:45 to 03-28T06:30 high",
        ],
    );
}

#[test]
fn days_are_days_of_the_calendar_when_morocco_leaves_utc_plus_one() {
    let made = "2026-09-01T12:00:00Z";
    assert_plan(
        &scheduled(appointment("2026-09-21T10:00", CASABLANCA), made),
        made,
        &[
            "participant scheduled 09-01T12:00 to 09-21T10:00 normal",
            "participant in_seven_days 09-14T09:00 to 09-18T09:00 normal",
            "participant in_three_days 09-18T09:00 to 09-20T10:00 normal",
            "participant tomorrow 09-20T10:00 to 09-21T08:00 high",
            "host unconfirmed 09-20T10:00 to 09-21T10:00 high",
            "participant soon 09-21T08:00 to 09-21T10:00 high",
        ],
    );
}

#[test]
fn quiet_hours_are_those_of_where_the_recipient_lives() {
    // By video with a host in Casablanca (UTC): 19:00 there is 20:00 in Paris and 14:00 in Montreal.
    let made = "2027-01-04T12:00:00Z";
    let mut facts = scheduled(appointment("2027-01-20T22:00", CASABLANCA), made);
    facts.participant_zone =
        "America/Montreal".parse().unwrap_or_else(|_| "America/Toronto".parse().unwrap());
    assert_plan(
        &facts,
        made,
        &[
            // 07:00 in the morning in Toronto is night; 22:00 in Casablanca is not.
            "participant scheduled 01-04T13:00 to 01-20T22:00 normal",
            "participant in_seven_days 01-13T22:00 to 01-17T22:00 normal",
            "participant in_three_days 01-17T22:00 to 01-19T22:00 normal",
            "participant tomorrow 01-19T22:00 to 01-20T20:00 high",
            // The host sleeps at 22:00 of the day before.
            "host unconfirmed 01-20T08:00 to 01-20T22:00 high",
            "participant soon 01-20T20:00 to 01-20T22:00 high",
        ],
    );
}

#[test]
fn a_centre_without_quiet_hours_is_reminded_on_time() {
    let made = "2026-11-30T23:00:00Z";
    let policy = ReminderPolicy::parse(r#"{"quiet_hours": null}"#).unwrap();
    let facts = scheduled(appointment("2026-12-01T05:00", CASABLANCA), made);
    let plan = plan(&facts, &policy, &Zones::built_in(), instant(made));
    assert_eq!(
        lines(&plan),
        [
            "participant scheduled 11-30T23:00 to 12-01T05:00 high",
            "participant soon 12-01T03:00 to 12-01T05:00 high",
        ]
    );
}

#[test]
fn a_policy_can_silence_notices_and_escalation() {
    let made = "2026-11-30T14:00:00Z";
    let policy = ReminderPolicy::parse(
        r#"{"appointments": {"notices": {"scheduled": false}, "escalation": {"unconfirmed_hours": null}}}"#,
    )
    .unwrap();
    let facts = scheduled(appointment("2026-12-01T10:00", CASABLANCA), made);
    let plan = plan(&facts, &policy, &Zones::built_in(), instant(made));
    // Nobody told them yet, so the reminder of the day before is not lost although its time has passed.
    assert_eq!(
        lines(&plan),
        [
            "participant tomorrow 11-30T14:00 to 12-01T08:00 high",
            "participant soon 12-01T08:00 to 12-01T10:00 high",
        ]
    );
}

#[test]
fn two_lead_times_that_meet_in_one_morning_are_one_reminder() {
    let policy = ReminderPolicy::parse(
        r#"{"appointments": {"lead_times": [
            {"before": {"hours": 12}},
            {"before": {"hours": 8}}
        ], "escalation": {"unconfirmed_hours": null}}}"#,
    )
    .unwrap();
    let facts = appointment("2026-12-01T12:00", CASABLANCA);
    let plan = plan(&facts, &policy, &Zones::built_in(), instant("2026-11-20T12:00:00Z"));
    assert_eq!(lines(&plan), ["participant soon 12-01T08:00 to 12-01T12:00 high"]);
}

#[test]
fn new_zone_data_makes_no_other_reminder_of_it() {
    // Planned when everyone still believed in UTC+1: the same wall-clock time, an hour earlier.
    let made = "2026-06-01T12:00:00Z";
    let facts = scheduled(appointment("2026-12-01T10:00", CASABLANCA), made);
    let believed = AppointmentFacts { starts_at: instant("2026-12-01T09:00:00Z"), ..facts.clone() };
    let plan =
        |facts: &AppointmentFacts| plan(facts, &ReminderPolicy::default(), &Zones::built_in(), instant(made));
    let keys = |plan: Vec<PlannedReminder>| plan.into_iter().map(|reminder| reminder.key).collect::<Vec<_>>();
    assert_eq!(
        keys(plan(&believed)).into_iter().collect::<BTreeSet<_>>(),
        keys(plan(&facts)).into_iter().collect()
    );
    let occasions: Vec<String> = keys(plan(&facts)).into_iter().map(|key| key.occasion).collect();
    assert_eq!(occasions[0], "2026-12-01T10:00:00[Africa/Casablanca]#2026-06-01T12:00:00Z");
    assert_eq!(occasions[1], "2026-12-01T10:00:00[Africa/Casablanca]");
}

#[test]
fn a_notice_that_waits_for_the_morning_survives_being_planned_again() {
    let late = "2026-11-20T22:30:00Z";
    let facts = scheduled(appointment("2026-12-01T10:00", CASABLANCA), late);
    let (policy, zones) = (ReminderPolicy::default(), Zones::built_in());
    let existing = applied(&[], &diff(&[], &plan(&facts, &policy, &zones, instant(late))));
    let remembered = AppointmentFacts { last_event: LastEvent::recall(&existing), ..facts };
    assert_eq!(remembered.last_event.unwrap().at, instant(late));
    let again = plan(&remembered, &policy, &zones, instant("2026-11-21T02:00:00Z"));
    assert!(diff(&existing, &again).is_empty());
}

#[test]
fn moving_there_and_back_and_there_again_is_told_each_time() {
    let (policy, zones) = (ReminderPolicy::default(), Zones::built_in());
    let mut existing = Vec::new();
    for (local, at) in [
        ("2026-12-02T10:00", "2026-11-10T10:00:00Z"),
        ("2026-12-01T10:00", "2026-11-10T11:00:00Z"),
        ("2026-12-02T10:00", "2026-11-10T12:00:00Z"),
    ] {
        let facts =
            after(appointment(local, CASABLANCA), AppointmentEvent::Moved, at, AppointmentState::Scheduled);
        let diff = diff(&existing, &plan(&facts, &policy, &zones, instant(at)));
        assert_eq!(diff.insert.iter().filter(|wanted| wanted.due_at == instant(at)).count(), 1, "{local}");
        existing = dispatched(applied(&existing, &diff), instant(at));
    }
}

#[test]
fn facts_are_kept_as_json_with_nothing_personal() {
    let made = "2026-11-20T14:00:00Z";
    let facts = scheduled(appointment("2026-12-01T10:00", CASABLANCA), made);
    let plan = plan(&facts, &ReminderPolicy::default(), &Zones::built_in(), instant(made));
    let json = serde_json::to_string(&plan[0].facts).unwrap();
    let former = r#"{"purpose":"appointment_scheduled","subject_kind":"appointment","subject_id":"00000000-0000-0000-0000-000000000001","state":"scheduled","local_start":"2026-12-01T10:00:00","zone":"Africa/Casablanca","place_kind":"address"}"#;
    assert_eq!(
        serde_json::from_str::<ReminderFacts>(former).unwrap(),
        plan[0].facts,
        "stored by any version"
    );
    let value = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
    assert_eq!(value(&json), value(former));
    assert_eq!(serde_json::from_str::<ReminderFacts>(&json).unwrap(), plan[0].facts);
}
