//! Needs and strengths: what is recorded, how far it comes, who reads it, and what phones have of it.

mod course;
mod phones;
mod picture;
mod registration;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp};
use serde_json::{Value, json};

/// Something that the participant needs.
pub fn new_need(app: &TestApp) -> Value {
    json!({"participant_id": app.world.participant.id, "area": "papers", "what": "A residence certificate"})
}

/// Something that they can lean on.
pub fn new_strength(app: &TestApp) -> Value {
    json!({"participant_id": app.world.participant.id, "area": "family", "what": "A sister who stands by them"})
}

/// Records a need.
pub async fn found(app: &TestApp, body: Value) -> Answer {
    app.post("/v1/needs").by(&app.world.mentor.again(&app.app)).json(body).expect(201).await
}

/// Does something with the need at this path.
pub async fn done(app: &TestApp, path: &str, command: &str, version: i64, body: Value) -> Answer {
    asked(app, &app.world.mentor, path, command, version, body).expect(200).await
}

/// The request for it.
pub fn asked(
    app: &TestApp,
    person: &SignedIn,
    path: &str,
    command: &str,
    version: i64,
    body: Value,
) -> muwakaba_tests::http::Request {
    let request = match command {
        "correct" => app.patch(path),
        _ => app.post(&format!("{path}/{command}")),
    };
    request.by(&person.again(&app.app)).if_match(version).json(body)
}

/// Where the participant's picture is.
pub fn picture_path(app: &TestApp) -> String {
    format!("/v1/participants/{}/needs", app.world.participant.id)
}

/// What is known of one area.
pub async fn area(app: &TestApp, person: &SignedIn, name: &str) -> Value {
    let picture = crate::visits::seen(app, person, &picture_path(app)).await;
    picture["areas"].as_array().unwrap().iter().find(|area| area["area"] == json!(name)).unwrap().clone()
}
