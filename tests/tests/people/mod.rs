//! Centres, staff, participants, who accompanies whom, and the log of who did what.

mod assignments;
mod audit_log;
mod centres;
mod faults;
mod files;
mod lists;
mod moving;
mod reading;
pub mod registration;
mod sealed;
mod staff;

use muwakaba_tests::{Answer, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

/// A participant whose every text can be told apart.
pub fn amina() -> Value {
    json!({
        "name": "Amina Canaribennani",
        "phone": "0612345678",
        "email": "amina.canary@example.org",
        "language": "fr",
        "zone": "Europe/Paris",
        "programme_edition": "Canary edition 18",
    })
}

/// Registers a participant of the world's centre.
pub async fn register(app: &TestApp, body: Value) -> Answer {
    app.post("/v1/participants").by(&app.world.manager).json(body).expect(201).await
}

/// Registers somebody of this name.
pub async fn register_named(app: &TestApp, name: &str) -> String {
    register(app, json!({"name": name, "language": "ar"})).await.string("/id")
}

/// Assigns a participant; the assignment's id.
pub async fn assign(app: &TestApp, participant: &str, staff: Uuid) -> String {
    app.post(&format!("/v1/participants/{participant}/assignments"))
        .by(&app.world.manager)
        .json(json!({"staff_id": staff}))
        .expect(201)
        .await
        .string("/id")
}

/// The texts at this place of every item of a list.
pub fn each(answer: &Answer, field: &str) -> Vec<String> {
    let json = answer.json();
    let items = json["items"].as_array().expect("a list");
    items.iter().map(|item| item[field].as_str().expect("a text").to_owned()).collect()
}
