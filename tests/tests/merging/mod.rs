//! Two files that are about one person: merging them, reading them, and undoing it.

mod joining;
mod races;
mod registration;
mod undoing;

pub use registration::FEATURE;

use crate::people::register;
use muwakaba_tests::{Answer, TestApp, http::Request};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Every field of a file.
const FIELDS: [&str; 22] = [
    "name",
    "name_arabic",
    "name_latin",
    "file_number",
    "birth_year",
    "sex",
    "host_wish",
    "phone",
    "email",
    "language",
    "zone",
    "province",
    "reads",
    "speaks",
    "interpreter_wanted",
    "needs",
    "minor_until",
    "guardian",
    "push_wanted",
    "programme_edition",
    "programme_axes",
    "release",
];

/// Everything is kept of this file.
pub fn all_of_this() -> Value {
    Value::Object(FIELDS.iter().map(|field| ((*field).to_owned(), json!("this"))).collect::<Map<_, _>>())
}

/// The same, but these fields of the other one.
pub fn but(fields: &[&str]) -> Value {
    let mut kept = all_of_this();
    for field in fields {
        kept[*field] = json!("other");
    }
    kept
}

/// A second file of the participant.
pub async fn second(app: &TestApp) -> Uuid {
    second_with(app, json!({})).await
}

/// The same with these fields.
pub async fn second_with(app: &TestApp, fields: Value) -> Uuid {
    let mut body = json!({"name": "Zwawi Canaria the second", "language": "fr", "phone": "+212600000077"});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    register(app, body).await.string("/id").parse().unwrap()
}

/// Merges the other file into this one.
pub fn merge(app: &TestApp, this: Uuid, other: Uuid, kept: Value) -> Request {
    let body = json!({"other_id": other, "kept": kept});
    let manager = app.world.manager.again(&app.app);
    app.post(&format!("/v1/participants/{this}/merge")).by(&manager).header("if-match", "*").json(body)
}

/// Undoes it.
pub fn unmerge(app: &TestApp, merged: Uuid) -> Request {
    let manager = app.world.manager.again(&app.app);
    app.post(&format!("/v1/participants/{merged}/unmerge")).by(&manager).header("if-match", "*")
}

/// The file as the manager reads it.
pub async fn file(app: &TestApp, id: Uuid) -> Value {
    app.get(&format!("/v1/participants/{id}")).by(&app.world.manager.again(&app.app)).expect(200).await.json()
}

/// Puts an appointment with the world's mentor ahead of this file.
pub async fn schedule(app: &TestApp, participant: Uuid, at: &str) -> Answer {
    let body = json!({
        "participant_id": participant, "host_id": app.world.mentor.id, "kind": "social_counselling",
        "local_start": at, "duration_minutes": 30, "place": {"kind": "address", "details": "Rue Tarik, second floor"},
        "guidance": "Bring the blue folder",
    });
    app.post("/v1/appointments").by(&app.world.manager.again(&app.app)).json(body).expect(201).await
}

/// The appointments of this file that are still to take place.
pub async fn ahead(app: &TestApp, participant: Uuid) -> Vec<Value> {
    let path = format!("/v1/appointments?participant_id={participant}");
    let list = app.get(&path).by(&app.world.manager.again(&app.app)).expect(200).await.json();
    let items = list["items"].as_array().unwrap().iter();
    items
        .filter(|one| ["scheduled", "confirmed"].contains(&one["state"].as_str().unwrap()))
        .cloned()
        .collect()
}
