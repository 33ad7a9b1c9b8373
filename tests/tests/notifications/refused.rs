//! Devices whose push service refuses what is sent there: staff see that they may reach nobody, and the app is told to subscribe anew.

use super::{dispatch, phone, push_service, read, registration, subscription};
use http::StatusCode;
use muwakaba::background::tidy;
use muwakaba_demo::phone::push_service::Failure;
use muwakaba_tests::{TestApp, both_databases};
use serde_json::{Value, json};

/// So many new appointments, and what came of telling of them.
async fn told_of(app: &TestApp, days: std::ops::Range<u32>) -> String {
    let mut path = String::new();
    for day in days {
        let mentor = app.world.mentor.again(&app.app);
        let new = crate::appointments::new_appointment(app, &format!("2027-01-{day:02}T10:00:00"));
        path = app
            .post("/v1/appointments")
            .by(&mentor)
            .json(new)
            .expect(201)
            .await
            .header("location")
            .to_owned();
        dispatch(app).await;
    }
    path
}

async fn reach(app: &TestApp, path: &str) -> Value {
    let mentor = app.world.mentor.again(&app.app);
    let plan = app.get(&format!("{path}/reminders")).by(&mentor).expect(200).await.json();
    let items = plan["items"].as_array().unwrap().iter();
    let to_come = |item: &&Value| item["recipient_kind"] == "participant" && item["state"] == "planned";
    items.clone().find(to_come).expect("something to come")["reach"].clone()
}

async fn device(app: &TestApp) -> Value {
    let person = app.world.participant.again(&app.app);
    app.get("/v1/devices").by(&person).expect(200).await.json()["items"][0].clone()
}

both_databases! {
    async fn whose_push_service_refuses_everything_is_doubtful_until_it_takes_something(app: TestApp) {
        let service = push_service(&app).await;
        let (address, _) = phone(&app, &service, &app.world.participant).await;
        for status in [StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN] {
            service.set_outage(Some(Failure::status(status)));
            let path = told_of(&app, if status == StatusCode::FORBIDDEN { 11..13 } else { 1..3 }).await;
            assert_eq!((reach(&app, &path).await, &device(&app).await["subscribe_anew"]), (json!("push"), &json!(false)), "twice is chance");
            let path = told_of(&app, if status == StatusCode::FORBIDDEN { 13..14 } else { 3..4 }).await;
            assert_eq!((reach(&app, &path).await, &device(&app).await["subscribe_anew"]), (json!("doubtful"), &json!(true)));

            // The address that was refused is no news; the app learns that from the answer.
            let person = app.world.participant.again(&app.app);
            let known = app.post("/v1/devices/web-push").by(&person).json(registration(&address)).expect(200).await.json();
            assert_eq!(known["subscribe_anew"], json!(true));

            service.set_outage(None);
            let path = told_of(&app, if status == StatusCode::FORBIDDEN { 14..15 } else { 4..5 }).await;
            assert_eq!((reach(&app, &path).await, &device(&app).await["subscribe_anew"]), (json!("push"), &json!(false)), "it takes messages");
        }
    }

    async fn a_new_address_begins_anew(app: TestApp) {
        let service = push_service(&app).await;
        let (_, made) = phone(&app, &service, &app.world.participant).await;
        service.set_outage(Some(Failure::status(StatusCode::BAD_REQUEST)));
        told_of(&app, 1..4).await;
        assert_eq!(device(&app).await["subscribe_anew"], json!(true));
        let counted = {
            let mut tx = app.app.db.read().await.unwrap();
            notifications::device::refused(&mut tx).await.unwrap()
        };
        assert!(counted.refused == 1 && counted.devices == 1 && !counted.are_many(), "{counted:?}");
        tidy(&app.app).await.expect("tidied up");

        service.set_outage(None);
        let person = app.world.participant.again(&app.app);
        let anew = registration(&subscription(&app, &service).await);
        let path = format!("/v1/devices/{}/web-push", made.string("/id"));
        let told = app.put(&path).by(&person).json(anew).expect(200).await.json();
        assert_eq!(told["subscribe_anew"], json!(false));
        let path = told_of(&app, 5..6).await;
        assert_eq!(reach(&app, &path).await, json!("push"));
        assert_eq!(read(service.received().last().unwrap()).time.local.to_string(), "2027-01-05T10:00:00");
    }
}
