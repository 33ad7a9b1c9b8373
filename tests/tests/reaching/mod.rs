//! How people are reached: in which order, at which numbers, who is called because no app tells them, and who has no phone at all.

mod calls;
mod devices;
mod phones;
mod registration;
mod ways;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp, http::Request};
use serde_json::{Value, json};

/// Where all of it is read.
pub fn path(app: &TestApp) -> String {
    format!("/v1/participants/{}/contact-ways", app.world.participant.id)
}

/// A neighbour's number.
pub fn new_way() -> Value {
    json!({"kind": "phone", "whose": "neighbour", "number": "+212600000001", "good_from": "17:00", "good_until": "20:00"})
}

/// How the participant is reached, as this person reads it.
pub async fn ways(app: &TestApp, person: &SignedIn) -> Value {
    crate::visits::seen(app, person, &path(app)).await
}

/// Adds one.
pub async fn add(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post(&path(app)).by(&person.again(&app.app)).json(body).expect(200).await
}

/// A command about them.
pub fn command(app: &TestApp, person: &SignedIn, name: &str, body: Value) -> Request {
    app.post(&format!("{}/{name}", path(app))).by(&person.again(&app.app)).json(body)
}

/// Says in which order they want to be reached.
pub async fn order(app: &TestApp, person: &SignedIn, order: &[&str]) -> Answer {
    let version = ways(app, person).await["version"].as_i64().unwrap();
    command(app, person, "order", json!({"order": order})).if_match(version).expect(200).await
}

/// Writes this number into their file.
pub async fn file_number(app: &TestApp, number: &str) {
    let file = format!("/v1/participants/{}", app.world.participant.id);
    let version = crate::visits::seen(app, &app.world.manager, &file).await["version"].as_i64().unwrap();
    let body = json!({"phone": number});
    app.patch(&file).by(&app.world.manager.again(&app.app)).if_match(version).json(body).expect(200).await;
}
