//! Nobody is told what is no longer so: every command on an appointment, with its reminders in every state, and two phones a
//! person, of which one took the reminder and the other is still to be tried again.

mod steps;

use super::{dispatch, phone, push_service};
use chrono::TimeDelta;
use contract::{AppointmentState, PlaceKind, ReminderPurpose, ReminderState, TimeOrigin, push::PushPayload};
use db::sql;
use http::StatusCode;
use muwakaba_demo::phone::push_service::{Failure, PushService};
use muwakaba_tests::{TestApp, both_databases, world::SignedIn};
use notifications::{
    message::render,
    outbox::{self, Lease},
    plan::ReminderFacts,
    subjects::{SubjectFacts, appointment::TextFacts},
};
use serde_json::{Value, json};
use std::collections::HashMap;
use steps::{Step, carry_out};
use uuid::Uuid;

/// Two push services, with a phone of everybody at each.
struct Phones {
    sound: PushService,
    /// It answers 429 until it is well again.
    troubled: PushService,
    /// Whose phone it is, by its endpoint.
    owners: HashMap<String, Uuid>,
    /// How many messages were looked at.
    seen: (usize, usize),
}

impl Phones {
    async fn of(app: &TestApp, people: &[&SignedIn]) -> Self {
        let (sound, troubled) = (push_service(app).await, push_service(app).await);
        let mut owners = HashMap::new();
        for person in people {
            for service in [&sound, &troubled] {
                owners.insert(phone(app, service, person).await.0.endpoint, person.id);
            }
        }
        Self { sound, troubled, owners, seen: (0, 0) }
    }

    /// What came to a phone since this was last asked, and whose phone it is.
    fn news(&mut self) -> Vec<(Uuid, PushPayload)> {
        let (first, second) = (self.sound.received(), self.troubled.received());
        let new = first.iter().skip(self.seen.0).chain(second.iter().skip(self.seen.1));
        let news = new.map(|received| (self.owners[&received.endpoint], super::read(received))).collect();
        self.seen = (first.len(), second.len());
        news
    }

    fn is_well(&self, well: bool) {
        let trouble = Failure::status(StatusCode::TOO_MANY_REQUESTS);
        self.troubled.set_outage((!well).then_some(trouble));
    }
}

/// Brings the reminders that are due into this state, with a phone left that is still to be tried again, where that can be.
async fn bring_into(app: &TestApp, phones: &mut Phones, state: ReminderState) {
    use ReminderState::{Acted, Expired, Failed, Planned, Seen, Sending, Sent, Superseded};
    match state {
        Planned => return,
        Sending => {
            let mut tx = app.app.db.write().await.unwrap();
            outbox::claim(&mut tx, Lease::new(app.now(), TimeDelta::minutes(2)), 500).await.unwrap();
            return tx.commit().await.unwrap();
        }
        Failed => {
            for service in [&phones.sound, &phones.troubled] {
                service.set_outage(Some(Failure::status(StatusCode::BAD_REQUEST)));
            }
        }
        Sent | Seen | Acted | Superseded | Expired => phones.is_well(false),
    }
    dispatch(app).await;
    phones.sound.set_outage(None);
    phones.is_well(true);
    for (_, payload) in phones.news() {
        let event = match state {
            Seen => "seen",
            Acted => "acted",
            _ => continue,
        };
        let receipt = json!({"token": payload.receipt_token, "event": event});
        app.post("/v1/receipts").json(receipt).expect(204).await;
    }
    if matches!(state, Superseded | Expired) {
        // No path leads from `sent` to these; a row that got there some other way must not be sent either.
        let mut tx = app.app.db.write().await.unwrap();
        tx.query(sql!(
            "UPDATE reminder SET state = $1, expires_at = $2 WHERE state = 'sent' AND expires_at > $2"
        ))
        .bind(state)
        .bind(app.now())
        .execute()
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }
}

/// Whether somebody may be told this of an appointment that stands like this.
fn fits(purpose: ReminderPurpose, state: AppointmentState, origin: TimeOrigin) -> bool {
    use AppointmentState::{
        Cancelled, ChangeRequested, Confirmed, Declined, DidNotCome, Proposed, Scheduled,
    };
    let is_agreed = matches!(state, Scheduled | Confirmed | ChangeRequested) && origin != TimeOrigin::Offered;
    match purpose {
        ReminderPurpose::AppointmentScheduled
        | ReminderPurpose::AppointmentMoved
        | ReminderPurpose::AppointmentInSevenDays
        | ReminderPurpose::AppointmentInThreeDays
        | ReminderPurpose::AppointmentTomorrow
        | ReminderPurpose::AppointmentSoon => is_agreed,
        ReminderPurpose::AppointmentProposed => state == Proposed,
        ReminderPurpose::AppointmentCancelled => state == Cancelled,
        ReminderPurpose::AppointmentUnconfirmed => matches!(state, Proposed | Scheduled | ChangeRequested),
        ReminderPurpose::AppointmentAnswered => {
            matches!(state, Confirmed | Declined | ChangeRequested)
                || (state, origin) == (Scheduled, TimeOrigin::Chosen)
        }
        ReminderPurpose::AppointmentMissed => state == DidNotCome,
        ReminderPurpose::AppointmentLapsed => matches!(state, Proposed | ChangeRequested),
        ReminderPurpose::AppointmentHandedOver => state.is_open(),
        _ => false,
    }
}

fn word<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("a word")
}

/// Sends what is due, and looks at every message: it must be what the appointment, as it stands, would have somebody told.
async fn nothing_false_is_sent(app: &TestApp, phones: &mut Phones, about: &str) {
    app.clock.advance(TimeDelta::minutes(3));
    dispatch(app).await;
    let manager = app.world.manager.again(&app.app);
    for (owner, payload) in phones.news() {
        let path = format!("/v1/appointments/{}", payload.subject.id);
        let now = app.get(&path).by(&manager).expect(200).await.json();
        let (state, origin): (AppointmentState, TimeOrigin) =
            (word(&now["state"]), word(&now["time_origin"]));
        let is_absence = payload.purpose == ReminderPurpose::AppointmentMissed;
        assert!(
            !is_absence || now["outcome"]["counts_as_absence"] == true,
            "{about}: an absence that is none"
        );
        assert!(fits(payload.purpose, state, origin), "{about}: {} of what is {state}", payload.purpose);
        let concerns = [&now["participant_id"], &now["host_id"]];
        assert!(concerns.contains(&&json!(owner)), "{about}: {} to somebody else", payload.purpose);
        let place_kind: PlaceKind = word(&now["place"]["kind"]);
        let facts = ReminderFacts {
            purpose: payload.purpose,
            subject_id: payload.subject.id,
            local_start: word(&now["local_start"]),
            zone: word(&now["zone"]),
            about: SubjectFacts::Appointment(TextFacts { state, time_origin: origin, place_kind }),
        };
        let text = render(&facts, payload.language, None, app.now(), &app.app.zones);
        assert_eq!((payload.title, payload.body), (text.title, text.body), "{about}: {}", payload.purpose);
    }
}

/// What happened before the reminders went out, and what happens while a phone still waits for them.
fn cases() -> Vec<(Vec<Step>, Step)> {
    use Step::*;
    let mut cases = Vec::new();
    let mut of = |before: &[Step], then: &[Step]| {
        cases.extend(then.iter().map(|step| (before.to_vec(), *step)));
    };
    of(&[], &[Confirm, Decline, AskToMove, Propose, Move, MovePlace, MoveToHost, Cancel]);
    of(&[Propose], &[Choose, Propose, Move, AskToMove, Decline, Cancel]);
    of(&[Confirm], &[Decline, AskToMove, Propose, Move, MovePlace, MoveToHost, Cancel]);
    of(&[AskToMove], &[Confirm, Decline, Propose, Move, MoveToHost, Cancel]);
    of(&[Move], &[Move, Confirm, Cancel]);
    of(&[Start, Absent], &[CorrectToTookPlace, CorrectToAccepted, CorrectToHost]);
    of(&[Start], &[TookPlace, Absent, Accepted, HostAway]);
    cases
}

async fn sweep(app: &TestApp, state: ReminderState) {
    let world = &app.world;
    let mut phones = Phones::of(app, &[&world.participant, &world.mentor, &world.counsellor]).await;
    for (day, (before, command)) in (1..).zip(cases()) {
        let about = format!("{state}, {before:?}, then {command:?}");
        let made = steps::appointment(app, day).await;
        for step in before {
            carry_out(app, &made, step).await;
        }
        bring_into(app, &mut phones, state).await;
        phones.news();
        carry_out(app, &made, command).await;
        nothing_false_is_sent(app, &mut phones, &about).await;
    }
    assert!(phones.seen.0 > 10, "{state}: {:?} messages", phones.seen);
}

/// Somebody may not see the participant any more, or hosts them no more, or the participant is accompanied no more.
async fn sweep_leaving(app: &TestApp, state: ReminderState) {
    let world = &app.world;
    let people =
        [&world.participant, &world.mentor, &world.counsellor, &world.other_participant, &world.other_mentor];
    let mut phones = Phones::of(app, &people).await;
    for (day, leaving) in (1..).zip([Step::EndAssignment, Step::CloseAccount, Step::CloseFile]) {
        let about = format!("{state}, then {leaving:?}");
        let made = steps::appointment_for(app, day, leaving).await;
        carry_out(app, &made, Step::AskToMove).await;
        bring_into(app, &mut phones, state).await;
        phones.news();
        carry_out(app, &made, leaving).await;
        app.clock.advance(TimeDelta::minutes(3));
        dispatch(app).await;
        let gone = steps::who_leaves(app, leaving);
        let told: Vec<_> = phones
            .news()
            .into_iter()
            .filter(|(owner, _)| *owner == gone)
            .map(|(_, one)| one.purpose)
            .collect();
        assert_eq!(told, [], "{about}");
    }
}

/// Whom the reminders of a state are kept from.
macro_rules! in_every_state {
    ($($name:ident: $state:ident),+ $(,)?) => { $(
        mod $name {
            use super::*;
            both_databases! {
                async fn no_command_leaves_a_phone_with_what_is_no_longer_so(app: TestApp) {
                    sweep(&app, ReminderState::$state).await;
                }

                async fn nobody_is_told_of_people_whom_they_accompany_no_more(app: TestApp) {
                    sweep_leaving(&app, ReminderState::$state).await;
                }
            }
        }
    )+
        #[test]
        fn every_state_is_swept() {
            assert_eq!([$(ReminderState::$state),+].as_slice(), ReminderState::ALL);
        }
    };
}

in_every_state! {
    planned: Planned,
    sending: Sending,
    sent: Sent,
    seen: Seen,
    acted: Acted,
    superseded: Superseded,
    expired: Expired,
    failed: Failed,
}

both_databases! {
    async fn a_phone_that_was_busy_is_not_told_the_old_time(app: TestApp) {
        let mut phones = Phones::of(&app, &[&app.world.participant]).await;
        phones.is_well(false);
        let made = crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        dispatch(&app).await;
        assert_eq!(phones.news().len(), 1, "one phone has it");
        let path = made.header("location").to_owned();
        let moved = json!({"local_start": "2026-12-02T11:00"});
        app.post(&format!("{path}/move")).by(&app.world.mentor).if_match(1).json(moved).expect(200).await;
        phones.is_well(true);
        app.clock.advance(TimeDelta::minutes(1));
        dispatch(&app).await;
        let told: Vec<_> = phones.news().into_iter().map(|(_, one)| (one.purpose, one.time.local.to_string())).collect();
        let moved = (ReminderPurpose::AppointmentMoved, "2026-12-02T11:00:00".to_owned());
        assert_eq!(told, [moved.clone(), moved], "both phones, and the new time only");
    }

    async fn a_message_that_is_still_so_reaches_the_other_phone(app: TestApp) {
        let mut phones = Phones::of(&app, &[&app.world.participant]).await;
        phones.is_well(false);
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        dispatch(&app).await;
        phones.news();
        // Another appointment is another subject.
        crate::appointments::schedule(&app, "2026-12-03T10:00:00").await;
        phones.is_well(true);
        app.clock.advance(TimeDelta::minutes(1));
        dispatch(&app).await;
        assert_eq!(phones.news().len(), 3, "the one that waited, and the new one on both");
        let kinds: Vec<String> = {
            let mut tx = app.app.db.read().await.unwrap();
            tx.query(sql!("SELECT DISTINCT state FROM delivery")).scalars().await.unwrap()
        };
        assert_eq!(kinds, ["delivered"]);
    }
}
