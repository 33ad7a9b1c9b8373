//! Emergency access: who opens it, what it opens and for how long, and who hears of it.

mod opening;
mod reading;
mod registration;
mod telling;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, TestApp, http::Request, world::SignedIn};
use serde_json::{Value, json};

/// Why somebody opened one.
pub const REASON: &str = "Nobody else can be reached tonight";

/// Where one is opened to the notes of this participant.
pub fn path_of(participant: &SignedIn) -> String {
    format!("/v1/participants/{}/emergency-access", participant.id)
}

/// A request to open one to the notes of the world's participant.
pub fn opening(app: &TestApp, minutes: u16) -> Request {
    app.post(&path_of(&app.world.participant)).json(json!({"reason": REASON, "minutes": minutes}))
}

/// One that is running; its id.
pub async fn opened(app: &TestApp, minutes: u16) -> String {
    let manager = app.world.manager.again(&app.app);
    opening(app, minutes).by(&manager).expect(201).await.string("/id")
}

/// Where one is ended.
pub fn end_of(id: &str) -> String {
    format!("/v1/emergency-access/{id}/end")
}

/// An appointment of the world's participant with a note for everyone and one for the counsellor alone; the path of its notes.
pub async fn appointment_with_notes(app: &TestApp) -> String {
    let new = json!({
        "participant_id": app.world.participant.id, "host_id": app.world.counsellor.id, "kind": "psychological_counselling",
        "local_start": "2026-12-03T10:00:00", "duration_minutes": 45, "place": {"kind": "phone"},
    });
    let made = app.post("/v1/appointments").by(&app.world.counsellor).json(new).expect(201).await;
    let notes = format!("{}/notes", made.header("location"));
    for (visibility, body) in [("everyone", "Open note"), ("author", "Own note")] {
        let note = json!({"visibility": visibility, "body": body});
        app.post(&notes).by(&app.world.counsellor).json(note).expect(201).await;
    }
    notes
}

/// What the items of a list have in this field.
pub fn each(answer: &Answer, pointer: &str) -> Vec<Value> {
    let items = answer.json()["items"].as_array().expect("a list").clone();
    items.iter().map(|item| item.pointer(pointer).cloned().unwrap_or(Value::Null)).collect()
}
