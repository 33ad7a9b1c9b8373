//! From an appointment to the phone and back: real encryption, a push service on loopback, real buttons.

mod buttons;
mod canary;
mod delivery;
mod devices;
mod fcm;
mod journey;
mod later_version;
mod lists;
mod reach;
mod refused;
pub mod registration;
mod stale;
mod tags;
mod terminal_phone;
mod withdrawn;

use contract::{NotificationAction, push::PushPayload, time::Clock};
use muwakaba_demo::phone::push_service::{PushService, Received, Subscription};
use muwakaba_tests::{Answer, TestApp, world::SignedIn};
use serde_json::{Value, json};
use std::sync::Arc;

/// A push service on the test's clock.
pub async fn push_service(app: &TestApp) -> PushService {
    let clock: Arc<dyn Clock> = Arc::new(app.clock.clone());
    PushService::start(clock).await.expect("a push service")
}

/// A subscription for this service, as a browser makes it, not registered yet.
pub async fn subscription(app: &TestApp, service: &PushService) -> Subscription {
    let key = app.get("/v1/push/public-key").by(&app.world.participant.again(&app.app)).expect(200).await;
    service.subscribe(&key.string("/public_key")).expect("a subscription")
}

/// What an app sends to register it.
pub fn registration(subscription: &Subscription) -> Value {
    json!({
        "endpoint": subscription.endpoint,
        "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
    })
}

/// Gives this person a phone that is reached through `service`.
pub async fn phone(app: &TestApp, service: &PushService, person: &SignedIn) -> (Subscription, Answer) {
    let subscription = subscription(app, service).await;
    let answer = app
        .post("/v1/devices/web-push")
        .by(&person.again(&app.app))
        .json(registration(&subscription))
        .expect(201)
        .await;
    (subscription, answer)
}

/// Sends everything that is due by now.
pub async fn dispatch(app: &TestApp) -> notifications::dispatcher::Counts {
    app.app.push.dispatcher.clone().run_until_idle().await.expect("the dispatcher works")
}

/// What a message says.
pub fn read(received: &Received) -> PushPayload {
    serde_json::from_slice(&received.payload).expect("a payload")
}

/// The token of a button.
pub fn button(payload: &PushPayload, action: NotificationAction) -> String {
    payload.actions.iter().find(|button| button.action == action).expect("the button").token.clone()
}

/// Presses a button.
pub fn press(app: &TestApp, token: &str) -> muwakaba_tests::http::Request {
    app.post("/v1/actions").json(json!({"token": token}))
}

/// The participant's phone with the notice of a new appointment on it, and the path of that appointment.
pub async fn told(app: &TestApp, service: &PushService, local_start: &str) -> (PushPayload, String) {
    phone(app, service, &app.world.participant).await;
    let made = crate::appointments::schedule(app, local_start).await;
    dispatch(app).await;
    let received = service.received();
    (read(received.last().expect("a notification")), made.header("location").to_owned())
}

/// The plan of an appointment, as the mentor sees it: purpose and state.
pub async fn plan(app: &TestApp, path: &str) -> Vec<(String, String)> {
    let answer =
        app.get(&format!("{path}/reminders")).by(&app.world.mentor.again(&app.app)).expect(200).await.json();
    let text = |item: &Value, name: &str| item[name].as_str().expect("text").to_owned();
    answer["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| (text(item, "purpose"), text(item, "state")))
        .collect()
}
