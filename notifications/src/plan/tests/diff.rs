use std::{collections::BTreeMap, slice::from_ref};

use contract::{ReminderPurpose, SubjectKind, Urgency};
use proptest::prelude::*;

use super::*;

fn wanted(purpose: ReminderPurpose, due: i64, state: AppointmentState) -> PlannedReminder {
    let facts = appointment("2026-12-01T10:00", "Africa/Casablanca");
    let recipient = Recipient { kind: PersonKind::Participant, id: facts.participant_id.0 };
    PlannedReminder {
        key: ReminderKey {
            recipient,
            subject_kind: SubjectKind::Appointment,
            subject_id: facts.id.0,
            purpose,
            occasion: "2026-12-01T10:00:00[Africa/Casablanca]".to_owned(),
        },
        centre_id: facts.centre_id,
        participant_id: facts.participant_id,
        facts: ReminderFacts {
            purpose,
            subject_id: facts.id.0,
            local_start: facts.local_start,
            zone: facts.zone,
            about: SubjectFacts::Appointment(TextFacts {
                state,
                time_origin: facts.time_origin,
                place_kind: facts.place_kind,
            }),
        },
        urgency: Urgency::Normal,
        delivery: Delivery::Push,
        due_at: Instant::from_seconds(due).unwrap(),
        expires_at: Instant::from_seconds(due + 100).unwrap(),
    }
}

fn existing(id: u128, like: &PlannedReminder, state: ReminderState) -> ExistingReminder {
    ExistingReminder {
        id: ReminderId(Uuid::from_u128(id)),
        key: like.key.clone(),
        state,
        is_closed: false,
        facts: like.facts.clone(),
        due_at: like.due_at,
        expires_at: like.expires_at,
    }
}

const SOON: ReminderPurpose = ReminderPurpose::AppointmentSoon;
const SCHEDULED: AppointmentState = AppointmentState::Scheduled;

#[test]
fn what_happens_to_one_reminder_in_each_state() {
    use ReminderState::{Acted, Expired, Failed, Planned, Seen, Sending, Sent, Superseded};
    let same = wanted(SOON, 1_000, SCHEDULED);
    let other = wanted(SOON, 2_000, AppointmentState::Confirmed);
    let what = |state, wanted: &[PlannedReminder]| {
        let diff = diff(&[existing(1, &same, state)], wanted);
        let count = [
            diff.insert.len(),
            diff.supersede.len(),
            diff.recall.len(),
            diff.reschedule.len(),
            diff.keep.len(),
        ];
        match count {
            [0, 0, 0, 0, 1] => "keep",
            [0, 1, 0, 0, 0] => "supersede",
            [0, 0, 1, 0, 1] => "recall",
            [0, 0, 0, 1, 0] => "reschedule",
            [1, 0, 0, 0, 1] => "insert another",
            _ => "?",
        }
    };
    let table = [
        // State, wanted as it is, wanted at another time and with other words, not wanted.
        (Planned, "keep", "reschedule", "supersede"),
        (Sending, "keep", "reschedule", "supersede"),
        (Sent, "keep", "recall", "recall"),
        (Seen, "keep", "recall", "recall"),
        (Acted, "keep", "recall", "recall"),
        (Failed, "keep", "keep", "keep"),
        (Superseded, "insert another", "insert another", "keep"),
        (Expired, "insert another", "insert another", "keep"),
    ];
    assert_eq!(table.len(), ReminderState::ALL.len());
    for (state, as_it_is, at_another_time, not_wanted) in table {
        let now = [what(state, from_ref(&same)), what(state, from_ref(&other)), what(state, &[])];
        assert_eq!(now, [as_it_is, at_another_time, not_wanted], "{state}");
    }
}

#[test]
fn one_in_hand_keeps_its_due_time() {
    let before = wanted(SOON, 1_000, SCHEDULED);
    let in_hand = existing(1, &before, ReminderState::Sending);
    let later = PlannedReminder { due_at: Instant::from_seconds(1_050).unwrap(), ..before.clone() };
    assert!(diff(from_ref(&in_hand), &[later]).is_empty());
    let confirmed = wanted(SOON, 2_000, AppointmentState::Confirmed);
    let change = diff(&[in_hand], from_ref(&confirmed)).reschedule;
    assert_eq!(change[0].due_at, before.due_at);
    assert_eq!((change[0].expires_at, &change[0].facts), (confirmed.expires_at, &confirmed.facts));
}

fn any_purpose() -> impl Strategy<Value = ReminderPurpose> {
    proptest::sample::select(&ReminderPurpose::ALL[..4])
}

fn any_wanted() -> impl Strategy<Value = PlannedReminder> {
    let state = proptest::sample::select(vec![SCHEDULED, AppointmentState::Confirmed]);
    (any_purpose(), 0_i64..3, state).prop_map(|(purpose, due, state)| wanted(purpose, due * 1_000, state))
}

fn any_existing() -> impl Strategy<Value = Vec<ExistingReminder>> {
    let one = (any_wanted(), proptest::sample::select(ReminderState::ALL));
    proptest::collection::vec(one, 0..8).prop_map(|reminders| {
        let numbered = reminders.iter().zip(1..);
        numbered.map(|((like, state), id)| existing(id, like, *state)).collect()
    })
}

proptest! {
    #[test]
    fn after_the_change_everything_wanted_exists_once_and_nothing_sent_was_touched(
        existing in any_existing(),
        wanted in proptest::collection::vec(any_wanted(), 0..6),
    ) {
        let change = diff(&existing, &wanted);
        let after = applied(&existing, &change);
        prop_assert!(diff(&after, &wanted).is_empty(), "comparing again finds something to do");

        let mut alive: BTreeMap<&ReminderKey, usize> = BTreeMap::new();
        let mut used: BTreeMap<&ReminderKey, usize> = BTreeMap::new();
        for reminder in &after {
            match reminder.state {
                ReminderState::Planned | ReminderState::Sending => *alive.entry(&reminder.key).or_default() += 1,
                ReminderState::Superseded | ReminderState::Expired => {}
                _ => *used.entry(&reminder.key).or_default() += 1,
            }
        }
        prop_assert!(alive.values().all(|count| *count == 1), "two live reminders with one key");
        prop_assert!(alive.keys().all(|key| !used.contains_key(key)), "what was sent would be sent again");
        for reminder in &wanted {
            prop_assert!(alive.contains_key(&reminder.key) || used.contains_key(&reminder.key), "a wanted one is missing");
        }
        for key in alive.keys() {
            prop_assert!(wanted.iter().any(|reminder| reminder.key == **key), "an unwanted one is alive");
        }
        for (before, after) in existing.iter().zip(&after) {
            if before.state.is_settled() {
                let untouched = ExistingReminder { is_closed: before.is_closed, ..after.clone() };
                prop_assert_eq!(before, &untouched, "a settled one was touched");
            }
        }
        let named = change.supersede.len() + change.reschedule.len() + change.keep.len();
        prop_assert_eq!(named, existing.len(), "each existing one is named once");
    }
}
