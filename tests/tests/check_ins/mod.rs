//! Check-ins: planning them, answering, what time does, what phones have, and whom to call.

mod agreeing;
mod answering;
mod correcting;
mod custom;
mod passing;
mod phones;
mod planning;
mod races;
mod registration;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp, http::Request};
use serde_json::{Value, json};

/// A week from the beginning of a test on: it opens at nine, is due two days later at eight, and closes two days after that.
pub fn new_check_ins(app: &TestApp, days: &[&str]) -> Value {
    let days: Vec<Value> = days.iter().map(|day| json!({"day": day})).collect();
    json!({
        "participant_id": app.world.participant.id,
        "rule": {"opens": "09:00", "due": {"days_after": 2, "time": "20:00"}, "closes": {"days_after": 4, "time": "20:00"}},
        "check_ins": days,
    })
}

/// With these fields in the place of its own or beside them.
pub fn over(mut body: Value, fields: &Value) -> Value {
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

/// Plans them.
pub async fn plan(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post("/v1/check-ins").by(&person.again(&app.app)).json(body).expect(201).await
}

/// One that is open when the test begins, by its path.
pub async fn open(app: &TestApp) -> String {
    let planned = plan(app, &app.world.mentor, new_check_ins(app, &["2026-11-23"])).await;
    format!("/v1/check-ins/{}", planned.string("/items/0/id"))
}

/// What this person reads of it.
pub async fn seen(app: &TestApp, person: &SignedIn, path: &str) -> Value {
    app.get(path).by(&person.again(&app.app)).expect(200).await.json()
}

/// Answers to all that has to be answered of what came with the service.
pub fn answers(mood: &str) -> Value {
    json!({"answers": [
        {"question_id": "how_are_you", "option": mood},
        {"question_id": "housing", "option": "settled"},
        {"question_id": "work", "option": "searching"},
        {"question_id": "worry", "option": "no"},
    ]})
}

/// This command by this person.
pub fn command(app: &TestApp, person: &SignedIn, path: &str, command: &str, version: i64) -> Request {
    app.post(&format!("{path}/{command}")).by(&person.again(&app.app)).if_match(version)
}

/// Saves answers.
pub fn save(app: &TestApp, person: &SignedIn, path: &str, version: i64, body: Value) -> Request {
    app.put(&format!("{path}/answers")).by(&person.again(&app.app)).if_match(version).json(body)
}

/// The causes of what is open in the mentor's list.
pub async fn raised(app: &TestApp) -> Vec<String> {
    let mut causes = crate::work_items::causes(app, &app.world.mentor).await;
    causes.sort();
    causes
}
