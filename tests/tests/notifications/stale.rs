//! Devices that were not heard of for long: they are tried, and those who rely on them can see that they may not reach anybody.

use super::{dispatch, phone, push_service, read};
use chrono::TimeDelta;
use muwakaba::background::tidy;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

/// The participant's devices.
async fn devices(app: &TestApp) -> Vec<Value> {
    let person = app.world.participant.again(&app.app);
    let list = app.get("/v1/devices").by(&person).expect(200).await.json();
    list["items"].as_array().expect("a list").clone()
}

/// How the reminders to the participant that are still to come will reach them, as the mentor sees it.
async fn reach(app: &TestApp, path: &str) -> Vec<Value> {
    let mentor = app.world.mentor.again(&app.app);
    let plan = app.get(&format!("{path}/reminders")).by(&mentor).expect(200).await.json();
    let items = plan["items"].as_array().expect("a list").iter();
    let mut reach: Vec<Value> = items
        .filter(|item| item["recipient_kind"] == "participant" && item["state"] == "planned")
        .map(|item| item["reach"].clone())
        .collect();
    reach.dedup();
    reach
}

async fn days_pass(app: &TestApp, days: i64) {
    app.clock.advance(TimeDelta::days(days));
    tidy(&app.app).await.expect("tidied up");
}

both_databases! {
    async fn a_silent_phone_is_doubtful_for_those_who_rely_on_it(app: TestApp) {
        let service = push_service(&app).await;
        let path = crate::appointments::schedule(&app, "2027-02-01T10:00:00").await.header("location").to_owned();
        assert_eq!(reach(&app, &path).await, [json!("in_app")]);
        dispatch(&app).await;
        phone(&app, &service, &app.world.participant).await;
        days_pass(&app, 29).await;
        assert_eq!((&devices(&app).await[0]["state"], reach(&app, &path).await), (&json!("active"), vec![json!("push")]));
        days_pass(&app, 1).await;
        let stale = devices(&app).await[0].clone();
        assert_eq!((&stale["state"], &stale["version"]), (&json!("stale"), &json!(2)));
        assert_eq!(reach(&app, &path).await, [json!("doubtful")]);
        tidy(&app.app).await.expect("tidied up");
        assert_eq!(devices(&app).await[0]["version"], 2, "marked once");

        // Whoever wants no push is not reached by any phone.
        let person = app.world.participant.again(&app.app);
        app.patch("/v1/me").by(&person).if_match(1).json(json!({"push_wanted": false})).expect(200).await;
        assert_eq!(reach(&app, &path).await, [json!("in_app")]);
    }

    async fn a_receipt_is_a_sign_of_life(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        days_pass(&app, 31).await;
        assert_eq!(devices(&app).await[0]["state"], "stale");
        let mentor = app.world.mentor.again(&app.app);
        let new = crate::appointments::new_appointment(&app, "2027-02-01T10:00:00");
        app.post("/v1/appointments").by(&mentor).json(new).expect(201).await;
        dispatch(&app).await;
        let payload = read(service.received().last().expect("a stale device is still tried"));
        let receipt = json!({"token": payload.receipt_token, "event": "seen"});
        app.post("/v1/receipts").json(receipt.clone()).expect(204).await;
        let heard = devices(&app).await[0].clone();
        assert_eq!((&heard["state"], &heard["refreshed_at"]), (&json!("active"), &json!(app.now().to_string())));
        app.post("/v1/receipts").json(receipt).expect(204).await;
        assert_eq!(devices(&app).await[0], heard);
        days_pass(&app, 29).await;
        assert_eq!(devices(&app).await[0]["state"], "active");
    }

    async fn of_two_phones_nobody_knows_which_one_showed_it(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        phone(&app, &service, &app.world.participant).await;
        days_pass(&app, 31).await;
        let mentor = app.world.mentor.again(&app.app);
        let new = crate::appointments::new_appointment(&app, "2027-02-01T10:00:00");
        app.post("/v1/appointments").by(&mentor).json(new).expect(201).await;
        dispatch(&app).await;
        let payload = read(service.received().last().expect("a notification"));
        app.post("/v1/receipts").json(json!({"token": payload.receipt_token, "event": "seen"})).expect(204).await;
        let states: Vec<_> = devices(&app).await.iter().map(|device| device["state"].clone()).collect();
        assert_eq!(states, [json!("stale"), json!("stale")]);
    }
}
