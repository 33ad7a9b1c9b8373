//! Outages of the service: who declares them, and the time that check-ins get back for them.

mod declaring;
mod giving_back;
mod registration;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp, http::Request};
use serde_json::{Value, json};

/// That nobody could reach the service from then until then.
pub fn outage(local_starts: &str, local_ends: &str) -> Value {
    json!({"cause": "power", "local_starts": local_starts, "local_ends": local_ends})
}

/// The request that declares it.
pub fn declaring(app: &TestApp, person: &SignedIn, body: Value) -> Request {
    app.post("/v1/outages").by(&person.again(&app.app)).json(body)
}

/// Declares it by the manager.
pub async fn declared(app: &TestApp, local_starts: &str, local_ends: &str) -> Answer {
    declaring(app, &app.world.manager, outage(local_starts, local_ends)).expect(201).await
}

/// The request that withdraws one.
pub fn withdrawing(app: &TestApp, person: &SignedIn, declared: &Answer) -> Request {
    let path = format!("/v1/outages/{}/withdraw", declared.string("/id"));
    app.post(&path).by(&person.again(&app.app)).if_match(1)
}
