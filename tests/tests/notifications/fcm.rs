//! Firebase Cloud Messaging: an empty wake-up, and the text over the app's own connection.

use super::{button, dispatch, press};
use care::push::{FcmAccess, PushSettings};
use chrono::TimeDelta;
use contract::{NotificationAction, ProblemCode, push::PushPayload, time::Clock};
use muwakaba_tests::{
    Database, TestApp,
    fcm_double::{Behaviour, FcmDouble, FcmFailure},
    world::CANARY_NAME,
};
use notifications::channel::fcm::FcmSettings;
use serde_json::json;
use std::sync::Arc;
use tempfile::TempDir;

const TOKEN: &str = "dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqxCanary";

struct Fixture {
    app: TestApp,
    double: FcmDouble,
}

impl Fixture {
    async fn start(database: Database) -> Self {
        let clock = contract::time::ManualClock::new(muwakaba_tests::app::START.parse().unwrap());
        let theirs = clock.clone();
        let double = FcmDouble::start(Arc::new(move || theirs.now().to_chrono())).await.unwrap();
        let directory = TempDir::new().unwrap();
        let service_account = directory.path().join("service-account.json");
        double.write_service_account(&service_account).unwrap();
        let settings =
            FcmSettings { base_url: double.base_url(), token_uri: Some(double.token_uri().to_owned()) };
        let push = PushSettings {
            allow_loopback: true,
            fcm: Some(FcmAccess { service_account, settings }),
            ..PushSettings::default()
        };
        let app = TestApp::start_on(database, push, clock).await;
        double.register(TOKEN);
        Self { app, double }
    }

    async fn phone(&self) -> String {
        let body = json!({"token": TOKEN});
        let made =
            self.app.post("/v1/devices/fcm").by(&self.app.world.participant).json(body).expect(201).await;
        assert!(!made.text().contains("Canary"), "{}", made.text());
        made.string("/id")
    }
}

async fn an_empty_wake_up_then_the_app_fetches_the_text(database: Database) {
    let Fixture { app, double } = Fixture::start(database).await.with_phone().await;
    let path = crate::appointments::schedule(&app, "2026-12-01T10:00:00").await.header("location").to_owned();
    assert_eq!(dispatch(&app).await.delivered, 1);
    let message = double.wait_for(1).await.remove(0);
    for canary in [CANARY_NAME, "Orangers", "appointment", "موعد", "2026", path.rsplit('/').next().unwrap()]
    {
        assert!(!message.body.contains(canary), "{canary}: {}", message.body);
    }
    let list = app.get("/v1/notifications").by(&app.world.participant).expect(200).await.json();
    let payload: PushPayload = serde_json::from_value(list["items"][0]["content"].clone()).unwrap();
    assert!(
        !message.body.contains(&payload.tag),
        "a wake-up is about nothing in particular: {}",
        message.body
    );
    press(&app, &button(&payload, NotificationAction::Confirm)).expect(200).await;
    assert_eq!(app.get(&path).by(&app.world.mentor).expect(200).await.string("/state"), "confirmed");
}

async fn an_uninstalled_app_is_forgotten(database: Database) {
    let Fixture { app, double } = Fixture::start(database).await.with_phone().await;
    double.unregister(TOKEN);
    crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
    assert_eq!(dispatch(&app).await.gone, 1);
    assert_eq!(
        app.get("/v1/devices").by(&app.world.participant).expect(200).await.json()["items"],
        json!([])
    );
}

async fn a_quota_is_waited_out_and_a_new_token_used(database: Database) {
    let fixture = Fixture::start(database).await;
    let id = fixture.phone().await;
    let Fixture { app, double } = fixture;
    double.script(Behaviour::FailWithRetryAfter(FcmFailure::QuotaExceeded, "120".to_owned()));
    crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
    assert_eq!(dispatch(&app).await.again, 1);
    // Meanwhile the app got another token: the next try goes there.
    let renewed = TOKEN.replace("Canary", "Renewed");
    double.register(&renewed);
    app.put(&format!("/v1/devices/{id}/fcm"))
        .by(&app.world.participant)
        .json(json!({"token": renewed}))
        .expect(200)
        .await;
    app.put(&format!("/v1/devices/{id}/web-push"))
        .by(&app.world.participant)
        .json(json!({}))
        .refused(ProblemCode::Invalid)
        .await;
    app.clock.advance(TimeDelta::seconds(131));
    assert_eq!(dispatch(&app).await.delivered, 1);
    let last = double.received().pop().unwrap();
    assert!(last.body.contains(&renewed), "{}", last.body);
}

impl Fixture {
    async fn with_phone(self) -> Self {
        self.phone().await;
        self
    }
}

macro_rules! on_both {
    ($($name:ident)+) => { $(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Database::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = Database::postgres().await else { return };
                super::$name(database).await;
            }
        }
    )+ };
}

on_both! {
    an_empty_wake_up_then_the_app_fetches_the_text
    an_uninstalled_app_is_forgotten
    a_quota_is_waited_out_and_a_new_token_used
}
