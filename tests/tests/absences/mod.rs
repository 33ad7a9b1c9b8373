//! Absences: who says them, what the stand-in gets, and that it ends.

mod registration;
mod saying;
mod standing_in;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

/// Of the week in which the tests begin, from this day until that one.
pub fn days(from: &str, until: &str, stand_in: Option<Uuid>) -> Value {
    let mut body = json!({"from": from, "until": until});
    if let Some(stand_in) = stand_in {
        body["stand_in_id"] = json!(stand_in);
    }
    body
}

/// Where absences of this person are said.
pub fn path_of(person: &SignedIn) -> String {
    format!("/v1/staff/{}/absences", person.id)
}

/// The manager says it.
pub async fn said(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post(&path_of(person)).by(&app.world.manager.again(&app.app)).json(body).expect(201).await
}
