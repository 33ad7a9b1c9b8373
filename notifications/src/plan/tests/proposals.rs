//! Several times that are offered, the choice among them, and an appointment that changes hands.

use super::*;
use crate::policy::ReminderPolicy;
use contract::ReminderPurpose;

const CASABLANCA: &str = "Africa/Casablanca";

/// Offered are Tuesday 10:00, and last Thursday 15:00.
fn proposal(at: &str) -> AppointmentFacts {
    let facts = AppointmentFacts {
        time_origin: TimeOrigin::Offered,
        last_offered_start: Some(instant("2026-12-03T15:00:00Z")),
        ..appointment("2026-12-01T10:00", CASABLANCA)
    };
    after(facts, AppointmentEvent::Proposed, at, AppointmentState::Proposed)
}

fn plan_at(facts: &AppointmentFacts, now: &str) -> Vec<PlannedReminder> {
    plan(facts, &ReminderPolicy::default(), &Zones::built_in(), instant(now))
}

#[track_caller]
fn assert_plan(facts: &AppointmentFacts, now: &str, expected: &[&str]) {
    assert_eq!(lines(&plan_at(facts, now)), expected);
}

#[test]
fn offered_times_are_told_once_and_the_host_hears_when_none_is_chosen() {
    let made = "2026-11-20T14:00:00Z";
    assert_plan(
        &proposal(made),
        made,
        &[
            "participant proposed 11-20T14:00 to 12-03T15:00 normal",
            "host unconfirmed 11-30T10:00 to 12-03T15:00 high",
            "host lapsed 12-03T15:00 to 12-06T15:00 normal",
        ],
    );
}

#[test]
fn a_host_who_offered_times_for_tomorrow_need_not_be_told_that_nobody_chose_yet() {
    let made = "2026-11-30T14:00:00Z";
    assert_plan(
        &proposal(made),
        made,
        &[
            "participant proposed 11-30T14:00 to 12-03T15:00 high",
            "host lapsed 12-03T15:00 to 12-06T15:00 normal",
        ],
    );
}

#[test]
fn that_a_proposal_lapsed_waits_for_the_morning() {
    let facts = AppointmentFacts {
        last_offered_start: Some(instant("2026-12-03T22:00:00Z")),
        last_event: None,
        ..proposal("2026-11-20T14:00:00Z")
    };
    assert_plan(
        &facts,
        "2026-12-03T12:00:00Z",
        &[
            "host unconfirmed 12-03T12:00 to 12-03T22:00 normal",
            "host lapsed 12-04T08:00 to 12-06T22:00 normal",
        ],
    );
    // However late it is looked at again, within the days that it is worth something.
    assert_plan(&facts, "2026-12-05T12:00:00Z", &["host lapsed 12-05T12:00 to 12-06T22:00 normal"]);
    assert_plan(&facts, "2026-12-06T22:00:00Z", &[]);
}

#[test]
fn choosing_is_a_yes_nobody_is_asked_to_confirm() {
    let chose = "2026-11-20T15:00:00Z";
    let facts = AppointmentFacts {
        time_origin: TimeOrigin::Chosen,
        ..after(
            appointment("2026-12-02T10:00", CASABLANCA),
            AppointmentEvent::Answered,
            chose,
            AppointmentState::Scheduled,
        )
    };
    let expected = [
        "host answered 11-20T15:00 to 12-02T10:00 normal",
        "participant tomorrow 12-01T10:00 to 12-02T08:00 high",
        "participant soon 12-02T08:00 to 12-02T10:00 high",
    ];
    assert_plan(&facts, chose, &expected);
    // Also where nobody remembers the event: the time itself says that it was chosen.
    let forgotten = AppointmentFacts { last_event: None, ..facts };
    assert_plan(&forgotten, chose, &expected[1..]);
}

#[test]
fn whoever_wants_other_times_is_not_reminded_and_the_host_hears_of_it() {
    let asked = "2026-11-20T15:00:00Z";
    let wants = AppointmentState::ChangeRequested;
    let facts = after(proposal(asked), AppointmentEvent::Answered, asked, wants);
    assert_plan(
        &facts,
        asked,
        &[
            "host answered 11-20T15:00 to 12-03T15:00 normal",
            "host unconfirmed 11-30T10:00 to 12-03T15:00 high",
            "host lapsed 12-03T15:00 to 12-06T15:00 normal",
        ],
    );
    for state in [AppointmentState::Declined, AppointmentState::Cancelled] {
        let ended = AppointmentFacts { state, last_event: None, ..facts.clone() };
        assert_plan(&ended, asked, &[]);
    }
}

#[test]
fn withdrawn_times_can_be_told_in_the_morning() {
    let late = "2026-11-30T22:00:00Z";
    let cancelled = AppointmentState::Cancelled;
    let facts = after(proposal(late), AppointmentEvent::Cancelled, late, cancelled);
    assert_plan(&facts, late, &["participant cancelled 12-01T08:00 to 12-03T15:00 high"]);
}

#[test]
fn whoever_takes_over_hears_of_it_once_and_of_nothing_older() {
    let (confirmed, taken) = ("2026-11-20T15:00:00Z", "2026-11-21T09:00:00Z");
    let answered = AppointmentEvent::Answered;
    let before =
        after(appointment("2026-12-01T10:00", CASABLANCA), answered, confirmed, AppointmentState::Confirmed);
    let (policy, zones) = (ReminderPolicy::default(), Zones::built_in());
    let told = |facts: &AppointmentFacts, now: &str| plan(facts, &policy, &zones, instant(now));
    let existing = dispatched(applied(&[], &diff(&[], &told(&before, confirmed))), instant(taken));

    let facts = AppointmentFacts {
        host_id: StaffId(Uuid::from_u128(5)),
        handed_over_at: Some(instant(taken)),
        last_event: LastEvent::recall(&existing),
        ..before
    };
    let change = diff(&existing, &told(&facts, taken));
    assert_eq!(lines(&change.insert), ["host handed_over 11-21T09:00 to 12-01T10:00 normal"]);
    let existing = dispatched(applied(&existing, &change), instant(taken));
    assert_eq!(recall_hand_over(&existing, facts.host_id), Some(instant(taken)));
    assert_eq!(
        recall_hand_over(&existing, StaffId(Uuid::from_u128(4))),
        None,
        "the former host took nothing over"
    );

    // Moved afterwards, it is not told again.
    let moved_at = "2026-11-22T09:00:00Z";
    let moved = AppointmentFacts {
        handed_over_at: recall_hand_over(&existing, facts.host_id),
        host_id: facts.host_id,
        ..after(
            appointment("2026-12-02T10:00", CASABLANCA),
            AppointmentEvent::Moved,
            moved_at,
            AppointmentState::Scheduled,
        )
    };
    let again = diff(&existing, &told(&moved, moved_at)).insert;
    assert!(again.iter().all(|wanted| wanted.key.purpose != ReminderPurpose::AppointmentHandedOver));
}

#[test]
fn nobody_is_reminded_of_somebody_who_is_no_longer_accompanied() {
    let made = "2026-11-20T14:00:00Z";
    for facts in [
        proposal(made),
        after(
            appointment("2026-12-01T10:00", CASABLANCA),
            AppointmentEvent::Scheduled,
            made,
            AppointmentState::Scheduled,
        ),
        after(
            appointment("2026-12-01T10:00", CASABLANCA),
            AppointmentEvent::Cancelled,
            made,
            AppointmentState::Cancelled,
        ),
    ] {
        assert!(!plan_at(&facts, made).is_empty());
        assert_plan(&AppointmentFacts { is_accompanied: false, ..facts }, made, &[]);
    }
}

#[test]
fn a_host_hears_once_that_the_centre_is_closed_then() {
    let told = "2026-11-21T09:00:00Z";
    let facts =
        AppointmentFacts { closed_at: Some(instant(told)), ..appointment("2026-12-01T10:00", CASABLANCA) };
    let plan = plan(&facts, &ReminderPolicy::default(), &Zones::built_in(), instant(told));
    let notices: Vec<_> = plan
        .iter()
        .filter(|one| one.key.purpose == ReminderPurpose::AppointmentCentreClosed)
        .cloned()
        .collect();
    assert_eq!(lines(&notices), ["host centre_closed 11-21T09:00 to 12-01T10:00 normal"]);
    let existing = applied(&[], &diff(&[], &notices));
    assert_eq!(recall_closing(&existing, facts.local_start, &facts.zone), Some(instant(told)));
    let moved = "2026-12-02T10:00:00".parse().unwrap();
    assert_eq!(recall_closing(&existing, moved, &facts.zone), None, "it was about another time");
}
