//! Registering devices, and whose they are.

use super::{dispatch, phone, push_service, registration, subscription};
use care::push::PushSettings;
use contract::ProblemCode;
use db::sql;
use muwakaba_tests::{Database, TestApp, both_databases};
use serde_json::{Value, json};

fn with_endpoint(mut body: Value, endpoint: &str) -> Value {
    body["endpoint"] = json!(endpoint);
    body
}

both_databases! {
    async fn a_device_is_registered_listed_refreshed_and_removed(app: TestApp) {
        let service = push_service(&app).await;
        let (first, made) = phone(&app, &service, &app.world.participant).await;
        let id = made.string("/id");
        assert_eq!(made.header("location"), format!("/v1/devices/{id}"));
        assert_eq!((made.string("/channel"), made.string("/push_service"), made.string("/state")),
            ("web_push".to_owned(), "127.0.0.1".to_owned(), "active".to_owned()));
        assert_eq!(made.json()["current"], true);
        assert!(!made.text().contains("/push/") && !made.text().contains(&first.auth), "{}", made.text());

        // The same endpoint again is the same device.
        let again = app.post("/v1/devices/web-push").by(&app.world.participant).json(registration(&first)).expect(200).await;
        assert_eq!((again.string("/id"), again.version()), (id.clone(), 2));

        // The browser replaced its subscription: what is sent now arrives there.
        let second = subscription(&app, &service).await;
        let path = format!("/v1/devices/{id}");
        app.put(&format!("{path}/web-push")).by(&app.world.participant).json(registration(&second)).expect(200).await;
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        dispatch(&app).await;
        let received = service.received();
        assert_eq!((received.len(), received[0].endpoint.as_str()), (1, second.endpoint.as_str()));

        let list = app.get("/v1/devices").by(&app.world.participant).expect(200).await;
        assert_eq!(list.json()["items"].as_array().unwrap().len(), 1);
        assert!(!list.text().contains("/push/"), "{}", list.text());

        // It is nobody else's.
        for other in [&app.world.other_participant, &app.world.mentor] {
            assert_eq!(app.get("/v1/devices").by(other).expect(200).await.json()["items"], json!([]));
            app.put(&format!("{path}/web-push")).by(other).json(registration(&second)).refused(ProblemCode::NotFound).await;
            app.delete(&path).by(other).refused(ProblemCode::NotFound).await;
        }
        app.delete(&path).by(&app.world.participant).expect(204).await;
        app.delete(&path).by(&app.world.participant).refused(ProblemCode::NotFound).await;
        app.put(&format!("{path}/web-push")).by(&app.world.participant).json(registration(&second)).refused(ProblemCode::NotFound).await;
        assert_eq!(app.get("/v1/devices").by(&app.world.participant).expect(200).await.json()["items"], json!([]));
    }

    async fn a_phone_that_changed_hands_is_the_new_owners_alone(app: TestApp) {
        let service = push_service(&app).await;
        let (subscription, _) = phone(&app, &service, &app.world.participant).await;
        app.post("/v1/devices/web-push").by(&app.world.other_participant).json(registration(&subscription)).expect(201).await;
        assert_eq!(app.get("/v1/devices").by(&app.world.participant).expect(200).await.json()["items"], json!([]));
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        dispatch(&app).await;
        assert!(service.received().is_empty(), "the former owner's appointment is not shown to the new one");
    }

    async fn an_app_may_choose_the_id(app: TestApp) {
        let service = push_service(&app).await;
        let id = uuid::Uuid::now_v7();
        let mut body = registration(&subscription(&app, &service).await);
        body["id"] = json!(id);
        let post = || app.post("/v1/devices/web-push").by(&app.world.participant);
        assert_eq!(post().json(body.clone()).expect(201).await.string("/id"), id.to_string());
        assert_eq!(post().json(body).expect(200).await.string("/id"), id.to_string());
        let mut other = registration(&subscription(&app, &service).await);
        other["id"] = json!(id);
        app.post("/v1/devices/web-push").by(&app.world.other_participant).json(other).refused(ProblemCode::AlreadyExists).await;
    }

    async fn the_same_request_under_one_key_gets_the_same_answer(app: TestApp) {
        let service = push_service(&app).await;
        let body = registration(&subscription(&app, &service).await);
        let post = || app.post("/v1/devices/web-push").by(&app.world.participant).header("idempotency-key", "d-1").json(body.clone());
        let first = post().expect(201).await;
        assert_eq!(first.body, post().expect(201).await.body);
    }

    async fn the_eleventh_device_takes_the_place_of_the_oldest(app: TestApp) {
        let service = push_service(&app).await;
        let (_, oldest) = phone(&app, &service, &app.world.participant).await;
        for _ in 0..10 {
            app.clock.advance(chrono::TimeDelta::seconds(1));
            phone(&app, &service, &app.world.participant).await;
        }
        let list = app.get("/v1/devices").by(&app.world.participant).expect(200).await;
        assert_eq!(list.json()["items"].as_array().unwrap().len(), 10);
        assert!(!list.text().contains(&oldest.string("/id")));
    }

    async fn nobody_registers_without_end(app: TestApp) {
        let service = push_service(&app).await;
        let body = registration(&subscription(&app, &service).await);
        let post = || app.post("/v1/devices/web-push").by(&app.world.participant).json(body.clone());
        for _ in 0..60 {
            assert!(post().send().await.status < 300);
        }
        let refused = post().send().await;
        assert_eq!(refused.status, 429, "{}", refused.text());
        assert!(!refused.header("retry-after").is_empty());
        app.post("/v1/devices/web-push").by(&app.world.other_participant).json(body.clone()).expect(201).await;
    }

    async fn a_session_that_ends_takes_its_device_along(app: TestApp) {
        let service = push_service(&app).await;
        phone(&app, &service, &app.world.participant).await;
        crate::appointments::schedule(&app, "2026-12-01T10:00:00").await;
        app.post("/v1/me/sign-out").by(&app.world.participant).expect(204).await;
        dispatch(&app).await;
        assert!(service.received().is_empty());
        app.get("/v1/devices").by(&app.world.participant).refused(ProblemCode::Unauthenticated).await;
    }

    async fn bad_subscriptions_name_the_field(app: TestApp) {
        let service = push_service(&app).await;
        let good = registration(&subscription(&app, &service).await);
        let post = |body: Value| app.post("/v1/devices/web-push").by(&app.world.participant).json(body);
        for (pointer, change) in [
            ("/keys/p256dh", json!({"p256dh": "A".repeat(87), "auth": good["keys"]["auth"]})),
            ("/keys/p256dh", json!({"p256dh": "B".repeat(87), "auth": good["keys"]["auth"]})),
            ("/keys/p256dh", json!({"p256dh": "", "auth": good["keys"]["auth"]})),
            ("/keys/auth", json!({"p256dh": good["keys"]["p256dh"], "auth": "short"})),
            ("/keys/auth", json!({"p256dh": good["keys"]["p256dh"], "auth": 7})),
            ("/keys/auth", json!({"p256dh": good["keys"]["p256dh"]})),
            ("/keys", json!(null)),
        ] {
            let mut body = good.clone();
            body["keys"] = change.clone();
            let problem = post(body).refused(ProblemCode::Invalid).await;
            assert!(problem.errors[0].pointer.starts_with(pointer.trim_end_matches("/auth")), "{change}: {:?}", problem.errors);
        }
        let problem = app.post("/v1/devices/fcm").by(&app.world.participant).json(json!({"token": "x".repeat(40)})).refused(ProblemCode::Invalid).await;
        assert_eq!((problem.errors[0].pointer.as_str(), problem.errors[0].code.as_str()), ("/token", "not_configured"));
        for path in ["/v1/devices/web-push", "/v1/devices/fcm"] {
            app.post(path).json(json!({})).refused(ProblemCode::Unauthenticated).await;
        }
    }
}

/// Server-side request forgery: an endpoint is an address that this service will call.
const REFUSED: &[(&str, &str)] = &[
    ("http://updates.push.services.mozilla.com/wpush/v2/x", "scheme"),
    ("ftp://updates.push.services.mozilla.com/x", "scheme"),
    ("file:///etc/passwd", "scheme"),
    ("gopher://127.0.0.1:6379/_", "scheme"),
    ("http://127.0.0.1:9/push/x", "scheme"),
    ("http://[::1]:9/push/x", "scheme"),
    ("https://127.0.0.1/x", "address_literal"),
    ("https://[::1]/x", "address_literal"),
    ("https://[::ffff:127.0.0.1]/x", "address_literal"),
    ("https://[64:ff9b::7f00:1]/x", "address_literal"),
    ("https://2130706433/x", "address_literal"),
    ("https://0x7f.1/x", "address_literal"),
    ("https://0177.0.0.1/x", "address_literal"),
    ("https://10.0.0.1/x", "address_literal"),
    ("https://169.254.169.254/latest/meta-data", "address_literal"),
    ("https://localhost/x", "host"),
    ("https://metadata.google.internal/x", "host"),
    ("https://push.example.org/x", "host"),
    ("https://fcm.googleapis.com.example.org/x", "host"),
    ("https://evil-fcm.googleapis.com/x", "host"),
    ("https://push.apple.com/x", "host"),
    ("https://fcm.googleapis.com:8443/x", "port"),
    ("https://fcm.googleapis.com:22/x", "port"),
    ("https://user:password@fcm.googleapis.com/x", "user_info"),
    ("https://fcm.googleapis.com@10.0.0.1/x", "user_info"),
    ("https://fcm.googleapis.com/x#y", "fragment"),
    ("https://fcm.googleapis.com\\@10.0.0.1/x", "malformed"),
    ("https://fcm.googleapis.com/ x", "malformed"),
    ("https://fcm.googleapis.com/\r\nHost: x", "malformed"),
    ("//fcm.googleapis.com/x", "malformed"),
    ("not a url", "malformed"),
];

async fn endpoints_are_checked(database: Database) {
    let app = TestApp::start_with(database, PushSettings::default()).await;
    let service = push_service(&app).await;
    let good = registration(&subscription(&app, &service).await);
    let post = |endpoint: &str| {
        app.post("/v1/devices/web-push")
            .by(&app.world.participant)
            .json(with_endpoint(good.clone(), endpoint))
    };
    for (endpoint, code) in REFUSED {
        let problem = post(endpoint).refused(ProblemCode::Invalid).await;
        let fault = &problem.errors[0];
        assert_eq!((fault.pointer.as_str(), fault.code.as_str()), ("/endpoint", *code), "{endpoint}");
        let detail = fault.detail.clone() + &problem.detail.unwrap_or_default();
        assert!(!detail.contains(endpoint), "the address is not repeated: {detail}");
    }
    post(&format!("https://fcm.googleapis.com/{}", "x".repeat(2_100))).refused(ProblemCode::Invalid).await;
    let mut tx = app.app.db.read().await.unwrap();
    assert_eq!(tx.query(sql!("SELECT count(*) FROM device")).scalar::<i64>().await.unwrap(), 0);
    drop(tx);
    for endpoint in [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-par02p.notify.windows.com/w/?token=abc",
    ] {
        post(endpoint).expect(201).await;
    }
}

mod endpoints {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() {
        endpoints_are_checked(Database::sqlite().await).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        let Some(database) = Database::postgres().await else { return };
        endpoints_are_checked(database).await;
    }
}
