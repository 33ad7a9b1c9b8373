//! Partners and referrals: what is asked of whom, with whose consent, how the partner answers, and what ends it.

mod asking;
mod life;
mod page;
mod partners;
mod phones;
mod registration;
mod steps;

pub use registration::FEATURE;

use muwakaba_tests::{Answer, SignedIn, TestApp};
use serde_json::{Value, json};

/// What is asked in these tests, a text with letters that a page must not take for its own.
pub const REQUEST: &str = "A place in the <sewing> course & a \"certificate\"";

/// A partner of the centre.
pub async fn partner(app: &TestApp) -> String {
    let body = json!({"name": "Association Al Amal", "offers": "A sewing course"});
    app.post("/v1/partners").by(&app.world.manager.again(&app.app)).json(body).expect(201).await.string("/id")
}

/// Something asked of this partner for the participant, who agrees.
pub fn new_referral(app: &TestApp, partner: &str) -> Value {
    json!({
        "participant_id": app.world.participant.id, "partner_id": partner, "given_name": "Zwawi", "request": REQUEST,
        "consent": {"wording_version": "2026-11", "language": "ar", "expires_at": "2027-03-01T00:00:00Z"},
    })
}

/// With these fields in the place of its own or beside them; without those that are null.
pub fn over(mut body: Value, fields: &Value) -> Value {
    let all = body.as_object_mut().unwrap();
    for (name, value) in fields.as_object().unwrap() {
        match value {
            Value::Null => all.remove(name),
            value => all.insert(name.clone(), value.clone()),
        };
    }
    body
}

/// Asks for it.
pub async fn ask(app: &TestApp, person: &SignedIn, body: Value) -> Answer {
    app.post("/v1/referrals").by(&person.again(&app.app)).json(body).expect(201).await
}

/// One that was asked for: its path.
pub async fn asked(app: &TestApp) -> String {
    let partner = partner(app).await;
    ask(app, &app.world.mentor, new_referral(app, &partner)).await.header("location").to_owned()
}

/// Does this with it as the mentor.
pub async fn step(app: &TestApp, path: &str, command: &str, version: i64, body: Option<Value>) -> Answer {
    let request =
        app.post(&format!("{path}/{command}")).by(&app.world.mentor.again(&app.app)).if_match(version);
    match body {
        Some(body) => request.json(body).expect(200).await,
        None => request.expect(200).await,
    }
}

/// Makes its link.
pub async fn sent(app: &TestApp, path: &str, version: i64) -> Answer {
    step(app, path, "send", version, None).await
}

/// What this person reads of it.
pub async fn seen(app: &TestApp, person: &SignedIn, path: &str) -> Value {
    app.get(path).by(&person.again(&app.app)).expect(200).await.json()
}

/// The participant takes their consent to it back.
pub async fn withdraw(app: &TestApp, id: &str) -> Answer {
    let body = json!({"participant_id": app.world.participant.id, "purpose": "referral", "subject_id": id});
    app.post("/v1/consents/withdraw").by(&app.world.participant.again(&app.app)).json(body).expect(200).await
}
