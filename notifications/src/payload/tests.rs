use std::path::Path;

use contract::time::{LocalDateTime, ZoneName};
use contract::{AppointmentState, PlaceKind, ReminderId, ReminderPurpose, TimeOrigin, Urgency};
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::channel::web_push::TopicKey;
use crate::{
    plan::ReminderFacts,
    subjects::{SubjectFacts, appointment::TextFacts, samples},
};

fn facts(purpose: ReminderPurpose, state: AppointmentState, place_kind: PlaceKind) -> ReminderFacts {
    ReminderFacts {
        purpose,
        subject_id: Uuid::from_u128(0x0193_6f6e_4d00_7000_8000_0000_0000_0001),
        local_start: "2026-12-01T10:00:00".parse::<LocalDateTime>().unwrap(),
        zone: ZoneName::CASABLANCA,
        about: SubjectFacts::Appointment(TextFacts {
            state,
            time_origin: if state == AppointmentState::Proposed {
                TimeOrigin::Offered
            } else {
                TimeOrigin::Set
            },
            place_kind,
        }),
    }
}

fn due() -> Due {
    Due {
        id: ReminderId(Uuid::from_u128(0x0193_6f6e_4d00_7000_8000_0000_0000_0002)),
        recipient_id: Uuid::nil(),
        subject_id: Uuid::max(),
        is_repeated: false,
        urgency: Urgency::Normal,
        due_at: now(),
        expires_at: "2026-12-01T08:00:00Z".parse().unwrap(),
    }
}

fn now() -> Instant {
    "2026-11-30T10:00:00Z".parse().unwrap()
}

fn make(facts: &ReminderFacts, language: Language) -> PushPayload {
    let reminder = due();
    let tag = TopicKey::new(&[1; 32]).tag(reminder.recipient_id, reminder.subject_id);
    let zones = Zones::built_in();
    let told = Told { language, home: None, tag: &tag, renotify: true, now: now(), zones: &zones };
    PayloadMaker::new(ActionKey::new(&[2; 32])).make(&reminder, facts, &told)
}

/// The examples that app teams test with are what this code writes. `UPDATE_EXAMPLES=1` writes them anew.
fn compare(name: &str, written: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mobile-contract/examples/push").join(name);
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        std::fs::write(&path, format!("{written:#}\n")).unwrap();
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(*written, kept, "{name}");
}

#[test]
fn the_examples_of_the_contract_are_what_is_sent() {
    use AppointmentState::{Cancelled, Confirmed, Proposed, Scheduled};
    use ReminderPurpose::{
        AppointmentAnswered, AppointmentCancelled, AppointmentProposed, AppointmentTomorrow,
    };
    let examples = [
        ("tomorrow.ar.json", facts(AppointmentTomorrow, Scheduled, PlaceKind::Address), Language::Arabic),
        ("tomorrow.fr.json", facts(AppointmentTomorrow, Scheduled, PlaceKind::Phone), Language::French),
        ("tomorrow.zgh.json", facts(AppointmentTomorrow, Scheduled, PlaceKind::Video), Language::Amazigh),
        ("cancelled.en.json", facts(AppointmentCancelled, Cancelled, PlaceKind::Address), Language::English),
        ("proposed.ar.json", facts(AppointmentProposed, Proposed, PlaceKind::Address), Language::Arabic),
        ("answered.fr.json", facts(AppointmentAnswered, Confirmed, PlaceKind::Address), Language::French),
    ];
    for (name, facts, language) in examples {
        let payload = make(&facts, language);
        compare(name, &serde_json::from_slice(&to_bytes(&payload).unwrap()).unwrap());
    }
    let payload = make(&facts(AppointmentTomorrow, Scheduled, PlaceKind::Address), Language::Arabic);
    compare("wake-up.json", &serde_json::from_slice(&to_wake_up_bytes(&payload).unwrap()).unwrap());
}

#[test]
fn every_payload_fits_whatever_it_says() {
    let mut longest = 0;
    for &purpose in ReminderPurpose::ALL {
        for sample in samples(purpose) {
            let appointment = facts(purpose, AppointmentState::Scheduled, PlaceKind::Address);
            let facts = ReminderFacts { about: sample.facts, ..appointment };
            for &language in Language::ALL {
                let payload = make(&facts, language);
                assert_eq!(payload.subject.kind, purpose.subject_kind());
                longest = longest.max(to_bytes(&payload).unwrap().len());
                assert!(to_wake_up_bytes(&payload).unwrap().len() <= 300);
            }
        }
    }
    assert!((500..=MAX_PUSH_PAYLOAD).contains(&longest), "{longest}");
}

#[test]
fn each_button_has_a_token_of_its_own_that_opens_its_action_only() {
    let facts = facts(ReminderPurpose::AppointmentTomorrow, AppointmentState::Scheduled, PlaceKind::Address);
    let payload = make(&facts, Language::English);
    assert_eq!(payload.actions.len(), 2);
    let key = ActionKey::new(&[2; 32]);
    for action in &payload.actions {
        let token = key.verify(&action.token, now()).unwrap();
        assert_eq!((token.purpose, token.reminder_id), (TokenPurpose::Action(action.action), due().id));
        assert!(key.verify(&action.token, due().expires_at).is_err());
    }
    let receipt = key.verify(&payload.receipt_token, due().expires_at).unwrap();
    assert_eq!(receipt.purpose, TokenPurpose::Receipt);
}
