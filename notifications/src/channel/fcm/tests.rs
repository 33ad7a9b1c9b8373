//! The pure parts: the message's bytes, the judgement of answers, the key file. What needs a server is tested from
//! outside, against a double of FCM.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::answer::judge;
use super::message::body;
use super::{
    ErrorCode, Fcm, FcmMessage, FcmSettings, FcmSettingsError, Priority, ServiceAccount, ServiceAccountError,
    transport_options,
};
use crate::channel::transport::Transport;
use crate::channel::{Outcome, RejectReason, RetryReason};

fn now() -> DateTime<Utc> {
    "2026-12-01T10:00:00Z".parse().unwrap()
}

fn message<'a>(time_to_live: Duration) -> FcmMessage<'a> {
    FcmMessage {
        token: "a-token",
        collapse_key: "a-topic",
        time_to_live,
        priority: Priority::High,
        now: now(),
    }
}

fn json_of(message: &FcmMessage<'_>) -> Value {
    serde_json::from_slice(&body(message).unwrap()).unwrap()
}

#[test]
fn the_whole_message_is_a_wake_up_and_an_address() {
    let text = String::from_utf8(body(&message(Duration::from_secs(5400))).unwrap()).unwrap();
    insta::assert_snapshot!(text, @r#"{"message":{"token":"a-token","data":{"v":"1"},"android":{"collapse_key":"a-topic","priority":"HIGH","ttl":"5400s"},"apns":{"headers":{"apns-collapse-id":"a-topic","apns-expiration":"1796124600","apns-priority":"5","apns-push-type":"background"},"payload":{"aps":{"content-available":1}}}}}"#);
}

#[test]
fn the_life_of_a_message_stays_within_what_fcm_takes() {
    let life = |time_to_live| {
        let json = json_of(&message(time_to_live));
        let text = |place| json.pointer(place).and_then(Value::as_str).unwrap().to_owned();
        (text("/message/android/ttl"), text("/message/apns/headers/apns-expiration"))
    };
    assert_eq!(life(Duration::ZERO), ("0s".to_owned(), "0".to_owned()));
    assert_eq!(life(Duration::from_millis(999)), ("0s".to_owned(), "0".to_owned()));
    assert_eq!(life(Duration::from_millis(1999)), ("1s".to_owned(), (now().timestamp() + 1).to_string()));
    assert_eq!(life(Duration::MAX), ("2419200s".to_owned(), (now().timestamp() + 2_419_200).to_string()));
}

#[test]
fn the_normal_priority_is_written_as_fcm_spells_it() {
    let message = FcmMessage { priority: Priority::Normal, ..message(Duration::from_secs(1)) };
    assert_eq!(json_of(&message).pointer("/message/android/priority"), Some(&json!("NORMAL")));
}

proptest! {
    #[test]
    fn any_token_and_key_arrive_as_they_are(token in "\\PC{0,200}", collapse_key in ".{0,64}", seconds in 0_u64..3_000_000) {
        let message = FcmMessage { token: &token, collapse_key: &collapse_key, ..message(Duration::from_secs(seconds)) };
        let json = json_of(&message);
        prop_assert_eq!(json.pointer("/message/token").and_then(Value::as_str), Some(token.as_str()));
        for place in ["/message/android/collapse_key", "/message/apns/headers/apns-collapse-id"] {
            prop_assert_eq!(json.pointer(place).and_then(Value::as_str), Some(collapse_key.as_str()));
        }
    }

    #[test]
    fn no_answer_makes_the_judge_stumble(status in 100_u16..1000, body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let status = StatusCode::from_u16(status).unwrap();
        let verdict = judge(status, None, &body);
        prop_assert_ne!(verdict.outcome, Outcome::Gone, "only FCM's own words may forget a device");
        prop_assert_eq!(verdict.outcome == Outcome::Delivered, status.is_success());
    }
}

fn failure(code: u16, status: &str, message: &str, details: &Value) -> Vec<u8> {
    json!({"error": {"code": code, "status": status, "message": message, "details": details}})
        .to_string()
        .into_bytes()
}

fn fcm_error(code: &str) -> Value {
    json!({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code})
}

fn violation(field: &str) -> Value {
    json!({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": field}]})
}

const fn retry(after: Option<u64>, reason: RetryReason) -> Outcome {
    let after = match after {
        Some(seconds) => Some(Duration::from_secs(seconds)),
        None => None,
    };
    Outcome::Retry { after, reason }
}

#[test]
fn every_documented_code_has_its_outcome() {
    // status, code, Retry-After in seconds, expected
    let table = [
        (500, ErrorCode::UnspecifiedError, None, retry(None, RetryReason::Unavailable)),
        (400, ErrorCode::UnspecifiedError, None, Outcome::Rejected(RejectReason::Invalid)),
        (400, ErrorCode::InvalidArgument, None, Outcome::Rejected(RejectReason::Invalid)),
        (404, ErrorCode::Unregistered, None, Outcome::Gone),
        (403, ErrorCode::SenderIdMismatch, None, Outcome::Rejected(RejectReason::Misconfigured)),
        (429, ErrorCode::QuotaExceeded, None, retry(Some(60), RetryReason::Throttled)),
        (429, ErrorCode::QuotaExceeded, Some(5), retry(Some(60), RetryReason::Throttled)),
        (429, ErrorCode::QuotaExceeded, Some(300), retry(Some(300), RetryReason::Throttled)),
        (503, ErrorCode::Unavailable, None, retry(None, RetryReason::Unavailable)),
        (503, ErrorCode::Unavailable, Some(7), retry(Some(7), RetryReason::Unavailable)),
        (500, ErrorCode::Internal, None, retry(None, RetryReason::Unavailable)),
        (500, ErrorCode::Internal, Some(30), retry(Some(30), RetryReason::Unavailable)),
        (401, ErrorCode::ThirdPartyAuthError, None, retry(Some(900), RetryReason::Unauthorised)),
    ];
    for (status, code, retry_after, expected) in table {
        let body = failure(status, "WHATEVER", "", &json!([fcm_error(code.as_str())]));
        let verdict =
            judge(StatusCode::from_u16(status).unwrap(), retry_after.map(Duration::from_secs), &body);
        assert_eq!(
            (verdict.outcome, verdict.code),
            (expected, Some(code)),
            "{status} {code:?} {retry_after:?}"
        );
        assert!(!verdict.access_token_refused, "{code:?} says nothing about our access token");
    }
    for code in ErrorCode::ALL {
        assert!(table.iter().any(|row| row.1 == code), "{code:?} is not in the table");
    }
}

#[test]
fn an_invalid_argument_forgets_the_device_only_when_it_is_the_token() {
    let invalid = Outcome::Rejected(RejectReason::Invalid);
    let told = "The registration token is not a valid FCM registration token";
    let code = fcm_error("INVALID_ARGUMENT");
    let table = [
        ("named field", "", json!([code, violation("message.token")]), Outcome::Gone),
        ("other field", "", json!([code, violation("message.android.ttl")]), invalid),
        ("other field, whatever the text says", told, json!([violation("message.data[0].value")]), invalid),
        (
            "both",
            "",
            json!([{"@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [{"field": "message.token"}, {"field": "message.data"}]}]),
            invalid,
        ),
        ("the documented text", told, json!([code]), Outcome::Gone),
        ("the text without FCM's own detail", told, json!([]), invalid),
        ("another text", "Android message is too big", json!([code]), invalid),
    ];
    for (name, text, details, expected) in table {
        let verdict = judge(StatusCode::BAD_REQUEST, None, &failure(400, "INVALID_ARGUMENT", text, &details));
        assert_eq!(verdict.outcome, expected, "{name}");
    }
}

#[test]
fn without_a_code_of_fcm_the_status_decides() {
    let misconfigured = Outcome::Rejected(RejectReason::Misconfigured);
    let table = [
        (302, Outcome::Rejected(RejectReason::ForbiddenEndpoint)),
        (400, Outcome::Rejected(RejectReason::Invalid)),
        (401, retry(Some(900), RetryReason::Unauthorised)),
        (403, retry(Some(900), RetryReason::Unauthorised)),
        (404, misconfigured),
        (405, misconfigured),
        (408, retry(None, RetryReason::Timeout)),
        (413, Outcome::Rejected(RejectReason::TooLarge)),
        (418, Outcome::Rejected(RejectReason::Invalid)),
        (429, retry(Some(60), RetryReason::Throttled)),
        (500, retry(None, RetryReason::Unavailable)),
        (502, retry(None, RetryReason::Unavailable)),
        (599, retry(None, RetryReason::Unavailable)),
    ];
    let bodies = [
        Vec::new(),
        b"<!DOCTYPE html><title>Error</title>".to_vec(),
        b"[]".to_vec(),
        b"{\"error\":null}".to_vec(),
        br#"{"error":{"details":"no list"}}"#.to_vec(),
        failure(0, "SOMETHING_ELSE", "", &json!([fcm_error("NOT_YET_DOCUMENTED")])),
    ];
    for (status, expected) in table {
        for body in &bodies {
            let verdict = judge(StatusCode::from_u16(status).unwrap(), None, body);
            assert_eq!(verdict.outcome, expected, "{status} {}", String::from_utf8_lossy(body));
            assert_eq!(verdict.access_token_refused, status == 401);
        }
    }
}

#[test]
fn a_project_that_does_not_exist_forgets_no_device() {
    let body = failure(404, "NOT_FOUND", "Requested entity was not found.", &json!([]));
    let verdict = judge(StatusCode::NOT_FOUND, None, &body);
    assert_eq!(verdict.outcome, Outcome::Rejected(RejectReason::Misconfigured));
}

/// A key file as Google writes it. The key is made for this test run.
fn key_file() -> Value {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use base64::Engine;
    let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
    json!({
        "type": "service_account",
        "project_id": "a-project",
        "private_key_id": "key-1",
        "private_key": format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n"),
        "client_email": "sender@a-project.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    })
}

fn parse(file: &Value) -> Result<ServiceAccount, ServiceAccountError> {
    ServiceAccount::parse(file.to_string().as_bytes())
}

#[test]
fn a_faulty_key_file_is_told_by_the_name_of_its_field() {
    let good = key_file();
    for field in ["type", "project_id", "private_key", "client_email", "token_uri"] {
        let mut file = good.clone();
        file.as_object_mut().unwrap().remove(field);
        let error = parse(&file).unwrap_err();
        assert!(matches!(error, ServiceAccountError::Missing(name) if name == field), "{field}: {error}");
    }
    let faulty = [
        ("type", json!("authorized_user")),
        ("project_id", json!("../other")),
        ("project_id", json!("")),
        ("private_key", json!(7)),
        ("private_key", json!("SECRET-CANARY")),
        (
            "private_key",
            json!("-----BEGIN PRIVATE KEY-----\nU0VDUkVULUNBTkFSWQ==\n-----END PRIVATE KEY-----\n"),
        ),
        ("private_key_id", json!(null)),
        ("client_email", json!("nobody")),
        ("token_uri", json!("http://oauth2.googleapis.com/token")),
        ("token_uri", json!("http://127.0.0.1.example.org/token")),
        ("token_uri", json!("http://127.0.0.1@example.org/token")),
        ("token_uri", json!("oauth2.googleapis.com")),
    ];
    for (field, value) in faulty {
        let mut file = good.clone();
        file.as_object_mut().unwrap().insert(field.to_owned(), value.clone());
        let error = parse(&file).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(
            matches!(error, ServiceAccountError::Invalid { field: name, .. } if name == field),
            "{field}: {text}"
        );
        assert!(text.contains(field) && !text.contains("CANARY"), "{text}");
    }
    for text in ["", "{", "[]", "\"text\"", "null"] {
        let error = ServiceAccount::parse(text.as_bytes()).unwrap_err();
        assert!(matches!(error, ServiceAccountError::NotJson { .. }), "{text:?}: {error}");
    }
}

#[test]
fn a_good_key_file_is_read_and_never_printed() {
    let file = key_file();
    let account = parse(&file).unwrap();
    assert_eq!(account.project_id(), "a-project");
    assert_eq!(format!("{account:?}"), "ServiceAccount { project_id: \"a-project\", .. }");
    let printed = format!("{:?}", message(Duration::from_secs(1)));
    assert!(!printed.contains("a-token") && !printed.contains("a-topic"), "{printed}");
}

#[tokio::test]
async fn settings_that_would_send_in_the_clear_are_refused() {
    let file = key_file();
    let with = |base_url: &str, token_uri: Option<&str>| {
        let settings =
            FcmSettings { base_url: base_url.to_owned(), token_uri: token_uri.map(ToOwned::to_owned) };
        let transport = Arc::new(Transport::new(transport_options()).unwrap());
        Fcm::new(parse(&file).unwrap(), &settings, transport).map(|_| ())
    };
    for good in
        ["https://fcm.googleapis.com", "https://fcm.googleapis.com/", "http://127.0.0.1:9", "http://[::1]:9"]
    {
        assert!(with(good, Some("http://127.0.0.1:9/token")).is_ok(), "{good}");
    }
    for bad in [
        "http://fcm.googleapis.com",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "https://fcm.googleapis.com/v1",
        "",
    ] {
        assert!(matches!(with(bad, None), Err(FcmSettingsError::BaseUrl)), "{bad}");
    }
    let refused = with("https://fcm.googleapis.com", Some("http://example.org/token"));
    assert!(matches!(refused, Err(FcmSettingsError::TokenUri)));
}
