//! Each law of the simulation fails where it is broken: of the rows, by breaking them; of messages, by histories that never were.

use chrono::NaiveTime;
use contract::{ReminderPurpose, time::Instant};
use db::Tx;
use muwakaba_tests::{
    Database,
    simulation::{File, Recipient, Scene, Settings, Thing, fault, laws, run},
};

async fn every_law_can_be_broken(database: &Database) {
    let settings = Settings { seed: 11, people: 12, days: 150 };
    if let Err(failure) = run(database, settings).await {
        panic!("{failure}");
    }
    let now = at(muwakaba_tests::simulation::START).saturating_add(chrono::TimeDelta::days(settings.days));
    for law in laws() {
        let mut tx: Tx = database.db.write().await.expect("a transaction");
        let before = law.broken(&mut tx, now).await.expect("a law");
        assert!(before.is_empty(), "{}: before: {before:?}", law.name);
        assert_ne!(law.forge(&mut tx, now).await.expect("a forgery"), 0, "{}: nothing was forged", law.name);
        let after = law.broken(&mut tx, now).await.expect("a law");
        assert!(!after.is_empty(), "{}: it was broken, and nobody noticed", law.name);
        tx.abandon().await.expect("nothing of it stays");
    }
}

#[tokio::test]
async fn every_law_can_be_broken_on_sqlite() {
    every_law_can_be_broken(&Database::sqlite_in_memory_if_possible().await).await;
}

#[tokio::test]
async fn every_law_can_be_broken_on_postgres() {
    let Some(database) = Database::postgres().await else { return };
    every_law_can_be_broken(&database).await;
}

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn time(text: &str) -> NaiveTime {
    text.parse().expect("a time of day")
}

fn check_in() -> Thing {
    Thing::CheckIn {
        is_awaited: true,
        opens_at: at("2027-03-01T09:00:00Z"),
        closes_at: at("2027-03-05T20:00:00Z"),
    }
}

fn appointment(state: &str) -> Thing {
    let starts_at = at("2027-03-04T10:00:00Z");
    Thing::Appointment { state: state.to_owned(), starts_at, former_start: None }
}

fn scene(purpose: ReminderPurpose, thing: Thing) -> Scene {
    Scene {
        recipient: Recipient::Participant,
        purpose,
        at: at("2027-03-03T10:00:00Z"),
        time_of_day: time("10:00:00"),
        file: File::Open,
        thing,
    }
}

#[test]
fn a_message_that_was_wrong_is_found_out() {
    use ReminderPurpose as Why;
    let item = |is_open, cause: &str| Thing::WorkItem { is_open, cause: cause.to_owned() };
    let to_staff = |scene: Scene| Scene { recipient: Recipient::Staff, ..scene };
    let open = scene(Why::CheckInOpen, check_in());
    let tomorrow = scene(Why::AppointmentTomorrow, appointment("scheduled"));
    let urgent = to_staff(scene(Why::WorkItemUrgent, item(true, "call_wanted")));
    let hand_over =
        |purpose, state: &str| to_staff(scene(purpose, Thing::HandOver { state: state.to_owned() }));
    let asked = hand_over(Why::HandOverAsked, "asked");
    for right in [
        &open,
        &tomorrow,
        &urgent,
        &asked,
        // Who is to accompany somebody neither rests with the file nor ends with it.
        &Scene { file: File::Resting, ..asked.clone() },
        &Scene { file: File::Closed, ..asked.clone() },
        &hand_over(Why::HandOverAnswered, "accepted"),
        &hand_over(Why::HandOverAnswered, "refused"),
    ] {
        assert_eq!(fault(right), None, "{right:?}");
    }
    let at_night =
        |scene: &Scene, time_of_day: &str| Scene { time_of_day: time(time_of_day), ..scene.clone() };
    for quiet in ["21:00:00", "23:59:59", "00:00:00", "07:59:59"] {
        for loud in [&open, &tomorrow, &urgent, &asked] {
            assert_eq!(fault(&at_night(loud, quiet)), Some("it rang in quiet hours"), "{quiet} {loud:?}");
        }
    }
    for awake in ["08:00:00", "20:59:59"] {
        assert_eq!(fault(&at_night(&open, awake)), None);
    }
    // Only news of what is too near for the morning, and not much before it.
    let news = scene(Why::AppointmentCancelled, appointment("cancelled"));
    let night_before = Scene { at: at("2027-03-04T05:00:00Z"), ..at_night(&news, "05:00:00") };
    assert_eq!(fault(&night_before), Some("it rang in quiet hours"), "five hours are enough");
    let journey = Scene { at: at("2027-03-04T07:30:00Z"), ..at_night(&news, "07:30:00") };
    let early = Thing::Appointment {
        state: "cancelled".to_owned(),
        starts_at: at("2027-03-04T08:30:00Z"),
        former_start: None,
    };
    assert_eq!(fault(&Scene { thing: early, ..journey }), None);
    for (wrong, what) in [
        (Scene { file: File::Closed, ..open.clone() }, "it went to somebody whose file is closed"),
        (Scene { file: File::Resting, ..open.clone() }, "it went to somebody whose file rests"),
        (
            to_staff(Scene { file: File::Closed, ..tomorrow.clone() }),
            "it was about somebody whose file is closed",
        ),
        (
            to_staff(Scene { file: File::Resting, ..tomorrow.clone() }),
            "it was about somebody whose file rests",
        ),
        (Scene { file: File::Closed, ..urgent.clone() }, "it was about somebody whose file is closed"),
        (Scene { thing: Thing::Unknown, ..open.clone() }, "it was about something that is over"),
        (hand_over(Why::HandOverAsked, "withdrawn"), "it was about something that is over"),
        (hand_over(Why::HandOverAnswered, "ended"), "it was about something that is over"),
        (hand_over(Why::CompanionChanged, "refused"), "it was about something that is over"),
        (
            Scene { recipient: Recipient::Participant, file: File::Closed, ..asked },
            "it went to somebody whose file is closed",
        ),
        (
            Scene { thing: item(false, "call_wanted"), ..urgent.clone() },
            "it was about something that is over",
        ),
        (Scene { at: at("2027-03-05T20:00:00Z"), ..open.clone() }, "it was about something that is over"),
        (Scene { at: at("2027-03-01T08:59:59Z"), ..open }, "it was about something that is over"),
        (Scene { at: at("2027-03-04T10:00:00Z"), ..tomorrow }, "it was about something that is over"),
        (scene(Why::AppointmentTomorrow, appointment("cancelled")), "it was about something that is over"),
        (scene(Why::AppointmentCancelled, appointment("scheduled")), "it was about something that is over"),
        (
            to_staff(scene(Why::AppointmentMissed, appointment("attended"))),
            "it was about something that is over",
        ),
        (
            to_staff(scene(Why::VisitNextStep, Thing::Other { is_open: false })),
            "it was about something that is over",
        ),
    ] {
        assert_eq!(fault(&wrong), Some(what), "{wrong:?}");
    }
    // What staff must act on does not rest with the file, nor end with a death.
    let resting = Scene { file: File::Resting, ..urgent.clone() };
    let death = Scene { file: File::Closed, thing: item(true, "person_died"), ..urgent };
    assert_eq!((fault(&resting), fault(&death)), (None, None));
}
