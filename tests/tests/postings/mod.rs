//! Who works at another centre as well: who may post whom, what it opens, and that all of it ends with the posting.

mod ending;
mod making;
mod phones;
mod races;
mod registration;
mod running;
mod seams;

pub use registration::FEATURE;

use muwakaba_tests::{SignedIn, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

/// Where somebody is posted.
pub fn path_of(staff: &SignedIn) -> String {
    format!("/v1/staff/{}/postings", staff.id)
}

/// Posts the world's mentor to the other centre, from today; the posting's id.
pub async fn posted(app: &TestApp, until: Option<&str>) -> String {
    let manager = app.world.manager.again(&app.app);
    let mut body = json!({"centre_id": app.world.other_centre, "from": "2026-11-23"});
    if let Some(until) = until {
        body["until"] = json!(until);
    }
    app.post(&path_of(&app.world.mentor)).by(&manager).json(body).expect(201).await.string("/id")
}

/// Ends one, as the manager of the centre to which it is.
pub fn end(app: &TestApp, posting: &str, body: Value) -> muwakaba_tests::http::Request {
    let manager = app.world.other_manager.again(&app.app);
    app.post(&format!("/v1/postings/{posting}/end")).by(&manager).json(body)
}

/// Assigns the participant of the other centre to somebody.
pub fn assign_foreign(app: &TestApp, staff: Uuid) -> muwakaba_tests::http::Request {
    let manager = app.world.other_manager.again(&app.app);
    let path = format!("/v1/participants/{}/assignments", app.world.foreign_participant.id);
    app.post(&path).by(&manager).json(json!({"staff_id": staff}))
}

/// An appointment of the participant of the other centre with the world's mentor.
pub fn with_the_mentor(app: &TestApp, local_start: &str) -> Value {
    json!({
        "participant_id": app.world.foreign_participant.id,
        "host_id": app.world.mentor.id,
        "kind": "social_counselling",
        "local_start": local_start,
        "duration_minutes": 45,
        "place": {"kind": "phone"},
    })
}
