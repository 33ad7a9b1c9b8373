//! Consents: what participants agree to and take back, who writes it down, what it ends, and what phones have of it.

mod effects;
mod giving;
mod guardians;
mod phones;
mod registration;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp};
use serde_json::{Value, json};

/// That the participant agrees to this.
pub fn consent(app: &TestApp, purpose: &str) -> Value {
    json!({
        "participant_id": app.world.participant.id, "purpose": purpose, "wording_version": "2026-11", "language": "ar",
    })
}

/// The same to this contact.
pub fn contact(app: &TestApp, subject: &str, whom: &str) -> Value {
    with(consent(app, "contact_employer"), &json!({"subject_id": subject, "whom": whom}))
}

/// The same to contact with this relative.
pub fn relative(app: &TestApp, subject: &str, whom: &str) -> Value {
    with(consent(app, "contact_relative"), &json!({"subject_id": subject, "whom": whom}))
}

/// Takes back the consent to this contact.
pub async fn withdraw_contact(app: &TestApp, person: &SignedIn, purpose: &str, subject: &str) -> Answer {
    let body = json!({"participant_id": app.world.participant.id, "purpose": purpose, "subject_id": subject});
    app.post("/v1/consents/withdraw").by(&person.again(&app.app)).json(body).expect(200).await
}

/// With these fields in the place of its own or beside them.
pub fn with(mut body: Value, fields: &Value) -> Value {
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

/// Gives it.
pub async fn give(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post("/v1/consents").by(&person.again(&app.app)).json(body).expect(200).await
}

/// Takes it back.
pub async fn withdraw(app: &TestApp, person: &SignedIn, purpose: &str) -> Answer {
    let body = json!({"participant_id": app.world.participant.id, "purpose": purpose});
    app.post("/v1/consents/withdraw").by(&person.again(&app.app)).json(body).expect(200).await
}
