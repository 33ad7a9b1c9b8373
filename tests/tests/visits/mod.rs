//! Visits: what somebody logs in the field, who reads it, what follows from it, and what phones have of it.

mod logging;
mod parts;
pub mod phones;
pub mod questions;
mod races;
mod reading;
mod registration;
mod steps;
mod together;
mod withdrawing;

pub use phones::{about, push, recorded, words};
pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp};
use serde_json::{Value, json};

/// A visit to the participant, an hour before the test begins.
pub fn new_visit(app: &TestApp) -> Value {
    json!({
        "participant_id": app.world.participant.id,
        "kind": "home",
        "local_start": "2026-11-23T09:00:00",
        "duration_minutes": 40,
        "readers": "staff",
        "narrative": "Lives with a brother for now",
    })
}

/// The same with a next step.
pub fn with_step(app: &TestApp, local_due: &str) -> Value {
    over(new_visit(app), &json!({"next_step": {"what": "Go to the district office", "local_due": local_due}}))
}

/// With these fields in the place of its own or beside them.
pub fn over(mut body: Value, fields: &Value) -> Value {
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

/// Logs it.
pub async fn log(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post("/v1/visits").by(&person.again(&app.app)).json(body).expect(201).await
}

/// The path of what was logged.
pub fn path_of(logged: &Answer) -> String {
    logged.header("location").to_owned()
}

/// What this person reads of it.
pub async fn seen(app: &TestApp, person: &SignedIn, path: &str) -> Value {
    app.get(path).by(&person.again(&app.app)).expect(200).await.json()
}
