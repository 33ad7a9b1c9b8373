//! Readiness lists: what is said of papers and things, who is called when nothing moves, and what a manager sees of it.

mod history;
mod phones;
mod registration;
mod saying;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp};
use serde_json::{Value, json};

/// Where an item stands, as seen at this version.
pub fn setting(item: &str, state: &str, base: i64) -> Value {
    json!({"item": item, "state": state, "on": "2026-11-20", "base_version": base})
}

/// The path of the participant's list.
pub fn path(app: &TestApp) -> String {
    format!("/v1/participants/{}/readiness", app.world.participant.id)
}

/// Says it.
pub async fn say(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post(&path(app)).by(&person.again(&app.app)).json(body).expect(201).await
}

/// What this person reads.
pub async fn seen(app: &TestApp, person: &SignedIn) -> Value {
    app.get(&path(app)).by(&person.again(&app.app)).expect(200).await.json()
}

/// What a list says of an item.
pub fn of<'a>(list: &'a Value, item: &str) -> &'a Value {
    list["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .find(|one| one["item"] == json!(item))
        .expect("the item")
}
