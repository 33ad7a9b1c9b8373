//! What goes over the wire when all is well.

use std::collections::BTreeSet;

use http::Version;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use muwakaba_tests::fcm_double::FcmDouble;
use notifications::channel::Outcome;
use notifications::channel::fcm::ServiceAccount;
use serde_json::{Value, json};

use super::{Bench, PHONE};

#[tokio::test]
async fn a_message_arrives_over_http_2_with_nothing_personal_in_it() {
    let bench = Bench::new().await;
    assert_eq!(bench.send().await, Outcome::Delivered);

    let received = bench.double.wait_for(1).await;
    let [message] = received.as_slice() else { panic!("{received:?}") };
    assert_eq!(message.version, Version::HTTP_2);
    assert_eq!(message.path, "/v1/projects/muwakaba-double/messages:send");
    assert_eq!(message.headers.get(CONTENT_TYPE).unwrap(), "application/json");
    assert!(message.headers.get(AUTHORIZATION).unwrap().to_str().unwrap().starts_with("Bearer ya29."));
    let names: BTreeSet<_> = message.headers.keys().map(http::HeaderName::as_str).collect();
    assert_eq!(names, BTreeSet::from(["authorization", "content-length", "content-type"]));

    assert_eq!(bench.double.accepted_count(), 1);
}

#[tokio::test]
async fn no_field_can_come_in_unnoticed() {
    let bench = Bench::new().await;
    bench.send().await;
    let received = bench.double.wait_for(1).await;
    let mut places = Vec::new();
    for message in &received {
        collect("", &message.json(), &mut places);
    }
    insta::assert_snapshot!(places.join("\n"), @r#"
    /message/android/collapse_key = "Zq3s0n2rVb1kq9Xw7LJd8gT4"
    /message/android/priority = "HIGH"
    /message/android/ttl = "7200s"
    /message/apns/headers/apns-collapse-id = "Zq3s0n2rVb1kq9Xw7LJd8gT4"
    /message/apns/headers/apns-expiration = "1796126400"
    /message/apns/headers/apns-priority = "5"
    /message/apns/headers/apns-push-type = "background"
    /message/apns/payload/aps/content-available = 1
    /message/data/v = "1"
    /message/token = "dXJ0aGVyLWEtcGhvbmU:APA91bH-not-a-real-token_0123456789abcdefghijklmnopqrstuvwxyz"
    "#);
}

fn collect(place: &str, value: &Value, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| collect(&format!("{place}/{key}"), value, places))
        }
        _ => places.push(format!("{place} = {value}")),
    }
}

#[tokio::test]
async fn the_key_file_of_the_double_is_private_and_good() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service-account.json");
    bench.double.write_service_account(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(ServiceAccount::read(&path).unwrap().project_id(), bench.double.project_id());
    assert!(ServiceAccount::read(&folder.path().join("absent")).is_err());
}

/// Sends a document to the double by hand, over HTTP/1.1, with a token that is good.
async fn post(double: &FcmDouble, authorization: &str, document: &Value) -> (u16, Value) {
    let answer = reqwest::Client::new()
        .post(format!("{}/v1/projects/{}/messages:send", double.base_url(), double.project_id()))
        .header(AUTHORIZATION, authorization)
        .json(document)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn the_double_refuses_what_the_real_service_would() {
    let bench = Bench::new().await;
    bench.send().await;
    let received = bench.double.wait_for(1).await;
    let authorization = received[0].headers.get(AUTHORIZATION).unwrap().to_str().unwrap().to_owned();
    let field = |answer: &Value| {
        answer.pointer("/error/details/0/fieldViolations/0/field").cloned().unwrap_or_default()
    };

    let good = json!({"message": {"token": PHONE}});
    assert_eq!(post(&bench.double, &authorization, &good).await.0, 200);
    assert_eq!(post(&bench.double, "Bearer another", &good).await.0, 401);

    let faulty = [
        (json!({"message": {"token": PHONE, "body": "a secret"}}), "message"),
        (json!({"message": {"token": PHONE}, "to": "x"}), ""),
        (json!({"message": {"token": PHONE, "data": {"v": 1}}}), "message.data[0].value"),
        (json!({"message": {"token": PHONE, "data": {"google.x": "1"}}}), "message.data"),
        (json!({"message": {"token": PHONE, "data": {"v": "x".repeat(4096)}}}), "message.data"),
        (json!({"message": {"token": PHONE, "android": {"ttl": 60}}}), "message.android.ttl"),
        (json!({"message": {"token": PHONE, "android": {"ttl": "2419201s"}}}), "message.android.ttl"),
        (json!({"message": {"token": PHONE, "android": {"priority": "URGENT"}}}), "message.android.priority"),
        (
            json!({"message": {"token": PHONE, "apns": {"headers": {"apns-priority": 5}}}}),
            "message.apns.headers[0].value",
        ),
        (json!({"message": {"token": PHONE, "topic": "all"}}), "message"),
        (json!({"message": {}}), "message"),
        (json!([]), ""),
    ];
    for (document, place) in faulty {
        let (status, answer) = post(&bench.double, &authorization, &document).await;
        assert_eq!(
            (status, answer.pointer("/error/status")),
            (400, Some(&json!("INVALID_ARGUMENT"))),
            "{document}"
        );
        assert_eq!(field(&answer), json!(place), "{document} {answer}");
    }
}
