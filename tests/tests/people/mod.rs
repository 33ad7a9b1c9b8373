//! Centres, staff, participants, who accompanies whom, and the log of who did what.

mod assignments;
mod audit_log;
mod centres;
mod faults;
mod fields;
mod files;
mod lists;
mod moving;
mod reading;
pub mod registration;
mod sealed;
mod similar;
mod staff;
mod status;

use muwakaba_tests::{Answer, TestApp, http::Request};
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

/// Commands something about where a participant's file stands, by the manager of the world's centre.
pub fn command(app: &TestApp, participant: Uuid, command: &str, body: Value) -> Request {
    let path = format!("/v1/participants/{participant}/{command}");
    app.post(&path).by(&app.world.manager.again(&app.app)).header("if-match", "*").json(body)
}

/// Closes the file of a participant of the world's centre.
pub async fn close_file(app: &TestApp, participant: Uuid) -> Answer {
    command(app, participant, "withdraw", json!({"reason": "asked_to_stop"})).expect(200).await
}

/// Opens it again.
pub async fn reopen_file(app: &TestApp, participant: Uuid) -> Answer {
    command(app, participant, "reopen", json!({"reason": "came_back"})).expect(200).await
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
