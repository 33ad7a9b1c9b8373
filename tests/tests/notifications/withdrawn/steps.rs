//! What can happen to an appointment and to the people around it, through the API.

use chrono::{Days, NaiveDate};
use muwakaba_tests::{Answer, TestApp, world::SignedIn};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Confirm,
    Decline,
    AskToMove,
    Choose,
    Propose,
    Move,
    MovePlace,
    MoveToHost,
    Cancel,
    /// Time passes until it has begun.
    Start,
    TookPlace,
    Absent,
    Accepted,
    HostAway,
    CorrectToTookPlace,
    CorrectToAccepted,
    CorrectToHost,
    EndAssignment,
    CloseAccount,
    CloseFile,
}

/// One for each day: with the participant of the world, hosted by its mentor.
pub async fn appointment(app: &TestApp, day: u64) -> String {
    appointment_for(app, day, Step::EndAssignment).await
}

/// One that somebody will leave.
pub async fn appointment_for(app: &TestApp, day: u64, leaving: Step) -> String {
    let world = &app.world;
    let mut body = crate::appointments::new_appointment(app, &at(day, 10));
    match leaving {
        Step::CloseAccount => body["host_id"] = json!(world.counsellor.id),
        Step::CloseFile => {
            body["participant_id"] = json!(world.other_participant.id);
            body["host_id"] = json!(world.other_mentor.id);
        }
        _ => {}
    }
    let manager = world.manager.again(&app.app);
    app.post("/v1/appointments").by(&manager).json(body).expect(201).await.header("location").to_owned()
}

/// Who must not be told anything any more.
pub fn who_leaves(app: &TestApp, leaving: Step) -> Uuid {
    match leaving {
        Step::CloseAccount => app.world.counsellor.id,
        Step::CloseFile => app.world.other_participant.id,
        _ => app.world.mentor.id,
    }
}

fn at(day: u64, hour: u32) -> String {
    let first = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
    format!("{}T{hour:02}:00:00", first + Days::new(day))
}

/// Hours of the same day that are free.
fn free(now: &Value, hour: u32) -> String {
    let day = now["local_start"].as_str().unwrap().split_once('T').unwrap().0.to_owned();
    format!("{day}T{hour:02}:00:00")
}

pub async fn carry_out(app: &TestApp, path: &str, step: Step) {
    let world = &app.world;
    let manager = world.manager.again(&app.app);
    let seen = app.get(path).by(&manager).expect(200).await;
    let now = seen.json();
    let person = if now["participant_id"] == json!(world.participant.id) {
        &world.participant
    } else {
        &world.other_participant
    };
    let person = person.again(&app.app);
    let post = |by: &SignedIn, command: &str, body: Value| {
        app.post(&format!("{path}/{command}")).by(by).if_match(seen.version()).json(body).expect(200)
    };
    // Somewhere else each time.
    let hour = 11 + u32::try_from(seen.version() % 5).unwrap();
    match step {
        Step::Confirm => {
            drop(app.post(&format!("{path}/confirm")).by(&person).if_match(seen.version()).expect(200).await)
        }
        Step::Decline => drop(post(&person, "decline", json!({})).await),
        Step::AskToMove => drop(post(&person, "ask-to-move", json!({})).await),
        Step::Choose => {
            let slot = now["slots"][1]["id"].clone();
            post(&person, "choose", json!({"slot_id": slot})).await;
        }
        Step::Propose => {
            let slots = json!([{"local_start": free(&now, hour)}, {"local_start": free(&now, hour + 3)}]);
            post(&manager, "propose", json!({"slots": slots})).await;
        }
        Step::Move => drop(post(&manager, "move", json!({"local_start": free(&now, hour)})).await),
        Step::MovePlace => {
            let elsewhere = json!({"local_start": now["local_start"], "place": {"kind": "phone"}});
            post(&manager, "move", elsewhere).await;
        }
        Step::MoveToHost => {
            let other = json!({"local_start": now["local_start"], "host_id": world.counsellor.id});
            post(&manager, "move", other).await;
        }
        Step::Cancel => drop(post(&manager, "cancel", json!({})).await),
        Step::Start => {
            let start = format!("{}Z", free(&now, 10));
            app.clock.set(start.parse().unwrap());
        }
        Step::TookPlace | Step::Absent | Step::Accepted | Step::HostAway => {
            post(&manager, "record-outcome", outcome(step)).await;
        }
        Step::CorrectToTookPlace | Step::CorrectToAccepted | Step::CorrectToHost => {
            let mut body = outcome(step);
            body["reason"] = json!("As it was");
            post(&manager, "correct-outcome", body).await;
        }
        Step::EndAssignment => end_assignment(app, &manager).await,
        Step::CloseAccount => {
            let account = format!("/v1/staff/{}", world.counsellor.id);
            let body = json!({"active": false, "appointments_to": world.manager.id});
            app.patch(&account).by(&manager).if_match(1).json(body).expect(200).await;
        }
        Step::CloseFile => {
            let file = format!("/v1/participants/{}/withdraw", world.other_participant.id);
            app.post(&file).by(&manager).if_match(1).json(json!({"reason": "moved_away"})).expect(200).await;
        }
    }
}

/// How it ended, or really ended.
fn outcome(step: Step) -> Value {
    match step {
        Step::Absent => json!({"outcome": "did_not_come"}),
        Step::Accepted | Step::CorrectToAccepted => {
            json!({"outcome": "did_not_come", "side": "person", "accepted": true})
        }
        Step::HostAway | Step::CorrectToHost => json!({"outcome": "did_not_take_place", "side": "host"}),
        _ => json!({"outcome": "took_place"}),
    }
}

async fn end_assignment(app: &TestApp, manager: &SignedIn) {
    let history = format!("/v1/participants/{}/assignments", app.world.participant.id);
    let history: Answer = app.get(&history).by(manager).expect(200).await;
    let history = history.json();
    let mut assignments = history["items"].as_array().unwrap().iter();
    let of_mentor = assignments.find(|one| one["staff_id"] == json!(app.world.mentor.id)).unwrap();
    let end = format!("/v1/assignments/{}/end", of_mentor["id"].as_str().unwrap());
    app.post(&end).by(manager).expect(200).await;
}
