//! Attempts that reached nobody, and how long somebody has been without contact.

mod attempts;
mod phones;
mod registration;
mod standing;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp};
use serde_json::{Value, json};

/// An attempt to reach the participant, half an hour before the test begins.
pub fn new_attempt(app: &TestApp) -> Value {
    json!({
        "participant_id": app.world.participant.id,
        "kind": "called",
        "aim": "next_step",
        "local_at": "2026-11-23T09:30:00",
        "note": "Nobody picked up",
    })
}

/// Records it.
pub async fn tried(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post("/v1/contact-attempts").by(&person.again(&app.app)).json(body).expect(201).await
}

/// How it stands with the participant, as the manager reads it.
pub async fn stands(app: &TestApp) -> Value {
    let path = format!("/v1/participants/{}/contacts", app.world.participant.id);
    crate::visits::seen(app, &app.world.manager, &path).await
}
