//! What holds for every appointment, policy and moment.

use std::collections::BTreeSet;

use chrono::NaiveTime;
use contract::{ReminderPurpose, time::LocalDateTime};
use proptest::prelude::*;

use super::*;
use crate::policy::{QuietHours, ReminderPolicy};

const ZONES: [&str; 5] =
    ["Africa/Casablanca", "Europe/Paris", "America/Toronto", "Asia/Riyadh", "Pacific/Auckland"];

fn zone() -> impl Strategy<Value = ZoneName> {
    proptest::sample::select(&ZONES[..]).prop_map(|name| name.parse().unwrap())
}

fn quiet_hours() -> impl Strategy<Value = Option<QuietHours>> {
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    prop_oneof![
        3 => Just(Some(QuietHours::default())),
        1 => Just(None),
        1 => Just(Some(QuietHours { from: at(0, 0), until: at(6, 30) })),
        1 => Just(Some(QuietHours { from: at(14, 0), until: at(10, 0) })),
    ]
}

fn policy() -> impl Strategy<Value = ReminderPolicy> {
    (quiet_hours(), any::<[bool; 4]>()).prop_map(|(quiet_hours, [notices, few, escalation, early])| {
        let mut policy = ReminderPolicy { quiet_hours, ..ReminderPolicy::default() };
        policy.appointments.notices.scheduled = notices;
        policy.appointments.escalation.answered = escalation;
        if few {
            policy.appointments.lead_times.remove(2);
        }
        if early {
            policy.appointments.escalation.unconfirmed_hours = Some(5);
        }
        policy
    })
}

/// A moment around one of the changes of the clock, or any other.
fn moment() -> impl Strategy<Value = Instant> {
    let from = instant("2026-01-01T00:00:00Z").as_seconds() / 60;
    let until = instant("2027-12-31T00:00:00Z").as_seconds() / 60;
    let around = proptest::sample::select(vec![
        "2026-02-15T02:00:00Z",
        "2026-09-20T02:00:00Z",
        "2027-03-28T01:00:00Z",
    ])
    .prop_map(|text| instant(text).as_seconds() / 60);
    prop_oneof![from..until, (around, -3_000_i64..3_000).prop_map(|(near, by)| near + by)]
        .prop_map(|minutes| Instant::from_seconds(minutes * 60).unwrap())
}

fn event() -> impl Strategy<Value = Option<AppointmentEvent>> {
    use AppointmentEvent::{Answered, Cancelled, Missed, Moved, Proposed, Scheduled};
    proptest::option::weighted(
        0.9,
        proptest::sample::select(vec![Scheduled, Proposed, Moved, Cancelled, Answered, Missed]),
    )
}

prop_compose! {
    /// An appointment, mostly in the coming days, and the moment at which it is planned.
    fn case()(
        now in moment(),
        ahead in prop_oneof![-2_880_i64..2_880, -2_880_i64..20_160],
        zones in (zone(), zone(), zone()),
        state in proptest::sample::select(AppointmentState::ALL),
        event in event(),
        ago in prop_oneof![Just(0_i64), 0_i64..5_760],
        former in proptest::option::of(-600_i64..2_880),
        origin in proptest::sample::select(TimeOrigin::ALL),
        spread in 0_i64..4_320,
        handed_over in proptest::option::weighted(0.2, 0_i64..2_880),
    ) -> (AppointmentFacts, Instant) {
        let rules = Zones::built_in();
        let local = rules.to_local(now.saturating_add(MINUTE * ahead as i32), &zones.0).unwrap();
        let facts = appointment(&local.to_string(), zones.0.as_str());
        let at = now.saturating_sub(MINUTE * ago as i32);
        let former_start = former.map(|minutes| now.saturating_add(MINUTE * minutes as i32));
        let last_event = event.map(|event| LastEvent { event, at, former_start });
        let last = facts.starts_at.saturating_add(MINUTE * spread as i32);
        let facts = AppointmentFacts {
            state,
            counts_as_absence: state == AppointmentState::DidNotCome,
            time_origin: origin,
            last_offered_start: (origin == TimeOrigin::Offered).then_some(last),
            last_event,
            handed_over_at: handed_over.map(|minutes| now.saturating_sub(MINUTE * minutes as i32)),
            participant_zone: zones.1,
            host_zone: zones.2,
            ..facts
        };
        (facts, now)
    }
}

/// Whether the recipient's own clock shows a quiet hour.
fn at_night(reminder: &PlannedReminder, facts: &AppointmentFacts, policy: &ReminderPolicy) -> bool {
    let home = match reminder.key.recipient.kind {
        PersonKind::Participant => &facts.participant_zone,
        PersonKind::Staff => &facts.host_zone,
    };
    let local: LocalDateTime = Zones::built_in().to_local(reminder.due_at, home).unwrap();
    policy.quiet_hours.is_some_and(|hours| hours.contain(local.time()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_plan_is_in_time_and_in_order((facts, now) in case(), policy in policy()) {
        let plan = plan(&facts, &policy, &Zones::built_in(), now);
        let keys: BTreeSet<_> = plan.iter().map(|reminder| &reminder.key).collect();
        prop_assert_eq!(keys.len(), plan.len(), "a key appears twice");
        prop_assert!(plan.is_sorted_by_key(|reminder| reminder.due_at));
        for reminder in &plan {
            let purpose = reminder.key.purpose;
            prop_assert!(reminder.due_at >= now, "{purpose} is due in the past");
            prop_assert!(reminder.due_at < reminder.expires_at, "{purpose} is never useful");
            let afterwards = [
                ReminderPurpose::AppointmentMissed,
                ReminderPurpose::AppointmentCancelled,
                ReminderPurpose::AppointmentLapsed,
            ];
            prop_assert!(reminder.expires_at <= facts.last_start() || afterwards.contains(&purpose), "{purpose} outlives the start");
            prop_assert_eq!(reminder.facts.purpose, purpose);
        }
    }

    #[test]
    fn no_phone_rings_at_night_unless_the_morning_is_too_late((facts, now) in case(), policy in policy()) {
        for reminder in plan(&facts, &policy, &Zones::built_in(), now) {
            if !at_night(&reminder, &facts, &policy) {
                continue;
            }
            // The longest night of these policies has 20 hours.
            let soon = |start: Instant| start.since(reminder.due_at) < TimeDelta::hours(21);
            let former = facts.last_event.and_then(|last| last.former_start);
            let purpose = reminder.key.purpose;
            let is_notice = AppointmentEvent::told_by(purpose).is_some()
                || purpose == ReminderPurpose::AppointmentHandedOver;
            prop_assert!(is_notice, "{purpose} at night");
            let happened = [facts.last_event.map(|last| last.at), facts.handed_over_at];
            prop_assert!(reminder.due_at == now || happened.contains(&Some(reminder.due_at)));
            prop_assert!(soon(facts.last_start()) || soon(facts.starts_at) || former.is_some_and(soon));
        }
    }

    #[test]
    fn each_lead_is_useful_until_the_next((facts, now) in case(), policy in policy()) {
        let plan = plan(&facts, &policy, &Zones::built_in(), now);
        let leads: Vec<_> = plan
            .iter()
            .filter(|reminder| reminder.key.recipient.kind == PersonKind::Participant)
            .filter(|reminder| AppointmentEvent::told_by(reminder.key.purpose).is_none())
            .collect();
        for pair in leads.windows(2) {
            prop_assert_eq!(pair[0].expires_at, pair[1].due_at);
        }
        if let Some(last) = leads.last() {
            prop_assert_eq!(last.expires_at, facts.starts_at);
            prop_assert!(facts.state.is_open() && facts.time_origin != TimeOrigin::Offered);
        }
        if facts.state != AppointmentState::Scheduled || facts.time_origin == TimeOrigin::Chosen {
            let only = [ReminderPurpose::AppointmentTomorrow, ReminderPurpose::AppointmentSoon];
            prop_assert!(leads.iter().all(|lead| only.contains(&lead.key.purpose)));
        }
    }

    /// Planned again later, with nothing new, nothing changes: what was due has been sent and is not sent again.
    #[test]
    fn planning_again_later_changes_nothing((facts, now) in case(), policy in policy(), later in 0_i32..20_160) {
        let zones = Zones::built_in();
        let existing = applied(&[], &diff(&[], &plan(&facts, &policy, &zones, now)));
        let later = now.saturating_add(MINUTE * later);
        let existing = dispatched(existing, later);
        let again = diff(&existing, &plan(&facts, &policy, &zones, later));
        // What would come in the night by now is not wanted any more: whoever has it keeps it, and no other phone is told then.
        let again = Diff { recall: Vec::new(), ..again };
        prop_assert!(again.is_empty(), "{again:?}");
    }
}
