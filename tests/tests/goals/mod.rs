//! Goals and their steps: who writes them, how far they come, in which order they stand, and what phones have of them.

mod course;
mod phones;
mod races;
mod registration;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp, http::Request};
use serde_json::{Value, json};

/// Something that the participant wants to reach.
pub fn new_goal(app: &TestApp) -> Value {
    json!({"participant_id": app.world.participant.id, "what": "Drive a taxi again"})
}

/// Writes a goal down.
pub async fn set(app: &TestApp, person: &SignedIn) -> Answer {
    app.post("/v1/goals").by(&person.again(&app.app)).json(new_goal(app)).expect(201).await
}

/// Adds a step to the goal at this path.
pub async fn add_step(app: &TestApp, person: &SignedIn, goal: &str, what: &str) -> Answer {
    let path = format!("{goal}/steps");
    app.post(&path).by(&person.again(&app.app)).json(json!({"what": what})).expect(201).await
}

/// The request for something that is done with the goal or step at this path.
pub fn asked(
    app: &TestApp,
    person: &SignedIn,
    path: &str,
    command: &str,
    version: i64,
    body: Value,
) -> Request {
    let request = match command {
        "correct" => app.patch(path),
        _ => app.post(&format!("{path}/{command}")),
    };
    request.by(&person.again(&app.app)).if_match(version).json(body)
}

/// Where the participant's goals are.
pub fn picture_path(app: &TestApp) -> String {
    format!("/v1/participants/{}/goals", app.world.participant.id)
}

/// Where a step is that was made.
pub fn step_path(made: &Answer) -> String {
    format!("/v1/goal-steps/{}", made.string("/id"))
}

/// The texts of a picture's goals, each with those of its steps.
pub fn texts(picture: &Value) -> Vec<(String, Vec<String>)> {
    let text = |of: &Value| of["what"].as_str().unwrap().to_owned();
    let goals = picture["goals"].as_array().unwrap().iter();
    goals
        .map(|one| (text(&one["goal"]), one["steps"].as_array().unwrap().iter().map(text).collect()))
        .collect()
}
