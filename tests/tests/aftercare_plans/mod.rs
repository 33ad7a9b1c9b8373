//! Plans: starting, changing, what time does, what happens in people's lives, conversations, and what phones have.

mod changing;
mod lives;
mod passing;
mod phones;
mod registration;
mod sessions;
mod starting;

pub use registration::FEATURE;

use crate::plan_templates;
use muwakaba_tests::{Answer, SignedIn, TestApp, http::Request};
use serde_json::{Value, json};

/// The first day of most plans here: a Tuesday, eight days after a test begins.
pub const FIRST: &str = "2026-12-01";

/// A request that starts a plan of the world's participant.
pub fn new_plan(app: &TestApp, template: &str) -> Value {
    json!({"participant_id": app.world.participant.id, "plan_template_id": template, "starts_on": FIRST})
}

/// The id of a template of the centre's.
pub async fn template(app: &TestApp) -> String {
    plan_templates::make(app, &app.world.manager, &plan_templates::content()).await.string("/id")
}

/// Starts one.
pub async fn start(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post("/v1/plans").by(&person.again(&app.app)).json(body).expect(201).await
}

/// One of the usual kind, by its path.
pub async fn usual(app: &TestApp) -> String {
    let template = template(app).await;
    path_of(&start(app, &app.world.mentor, new_plan(app, &template)).await)
}

/// Its path.
pub fn path_of(answer: &Answer) -> String {
    format!("/v1/plans/{}", answer.string("/id"))
}

/// What this person reads there.
pub async fn seen(app: &TestApp, person: &SignedIn, path: &str) -> Value {
    app.get(path).by(&person.again(&app.app)).expect(200).await.json()
}

/// This command by this person.
pub fn command(app: &TestApp, person: &SignedIn, path: &str, command: &str, version: i64) -> Request {
    app.post(&format!("{path}/{command}")).by(&person.again(&app.app)).if_match(version)
}

/// The days on which its check-ins open.
pub fn days(plan: &Value) -> Vec<String> {
    let check_ins = plan["check_ins"].as_array().unwrap();
    check_ins.iter().map(|one| one["on"].as_str().unwrap().to_owned()).collect()
}

/// The weeks of its conversations.
pub fn weeks(plan: &Value) -> Vec<String> {
    let sessions = plan["sessions"].as_array().unwrap();
    sessions.iter().map(|one| one["week"].as_str().unwrap().to_owned()).collect()
}

/// On which days the check-ins that can still be answered really open, as they are read themselves.
pub async fn opening(app: &TestApp) -> Vec<String> {
    let path = format!("/v1/participants/{}/check-ins?limit=200", app.world.participant.id);
    let listed = seen(app, &app.world.manager, &path).await;
    let mut days: Vec<String> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["state"] != json!("cancelled"))
        .map(|one| one["local_opens"].as_str().unwrap()[..10].to_owned())
        .collect();
    days.sort();
    days
}
