//! The access token: fetched once, shared, renewed in time, replaced when refused.

use std::sync::Arc;
use std::time::Duration;

use muwakaba_tests::fcm_double::{Behaviour, FcmFailure};
use notifications::channel::{Channel, Outcome, RetryReason};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Bench, PHONE, channel, message};

/// Sends messages to the registered phone from as many tasks at once.
async fn send_at_once(bench: &Bench, count: usize) -> Vec<Outcome> {
    let now = bench.clock.now();
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let channel = Arc::clone(&bench.channel);
        tasks.spawn(async move { channel.send(message(PHONE, now)).await });
    }
    tasks.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_senders_at_once_fetch_one_token() {
    let bench = Bench::new().await;
    // The first to ask is kept waiting, so that all the others come while there is no token.
    bench.double.script_token_endpoint(Behaviour::Delay(Duration::from_millis(100)));
    let outcomes = send_at_once(&bench, 200).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Delivered), "{outcomes:?}");
    assert_eq!(bench.double.wait_for(200).await.len(), 200);
    assert_eq!((bench.double.accepted_count(), bench.double.token_requests()), (200, 1));
}

#[tokio::test]
async fn a_token_serves_until_shortly_before_it_runs_out() {
    let bench = Bench::new().await;
    assert_eq!(bench.send().await, Outcome::Delivered);
    bench.clock.advance(3599 - 121);
    assert_eq!(bench.send().await, Outcome::Delivered);
    assert_eq!(bench.double.token_requests(), 1);
    bench.clock.advance(1);
    assert_eq!(bench.send().await, Outcome::Delivered);
    assert_eq!(bench.double.token_requests(), 2);
    assert_eq!(bench.double.received_count(), 3, "no message was refused on the way");
}

#[tokio::test]
async fn a_short_lived_token_is_still_used_more_than_once() {
    let bench = Bench::new().await;
    bench.double.set_access_token_lifetime(20);
    bench.send().await;
    bench.clock.advance(14);
    assert_eq!(bench.send().await, Outcome::Delivered);
    assert_eq!(bench.double.token_requests(), 1);
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_message_sent_again() {
    let bench = Bench::new().await;
    bench.send().await;
    bench.double.revoke_access_tokens();
    assert_eq!(bench.send().await, Outcome::Delivered);
    assert_eq!(bench.double.token_requests(), 2);
    assert_eq!(bench.double.received_count(), 3);
    assert_eq!(bench.send().await, Outcome::Delivered);
    assert_eq!(bench.double.token_requests(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_refused_to_many_at_once_is_replaced_once() {
    let bench = Bench::new().await;
    bench.send().await;
    bench.double.revoke_access_tokens();
    let outcomes = send_at_once(&bench, 100).await;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Delivered), "{outcomes:?}");
    assert_eq!(bench.double.token_requests(), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_again_and_again_does_not_become_a_storm() {
    let bench = Bench::new().await;
    let unauthorised =
        Outcome::Retry { after: Some(Duration::from_secs(900)), reason: RetryReason::Unauthorised };
    for _ in 0..12 {
        bench.double.script(Behaviour::Fail(FcmFailure::Unauthenticated));
    }
    for _ in 0..11 {
        assert_eq!(bench.send().await, unauthorised);
    }
    assert_eq!(bench.double.received_count(), 12, "only the first message was tried twice");
    assert_eq!(bench.double.token_requests(), 2);

    bench.clock.advance(30);
    bench.double.script(Behaviour::Fail(FcmFailure::Unauthenticated));
    assert_eq!(bench.send().await, Outcome::Delivered, "later, a new token is tried again");
    assert_eq!(bench.double.token_requests(), 3);
}

#[tokio::test]
async fn trouble_at_apple_is_not_taken_for_a_refused_token() {
    let bench = Bench::new().await;
    bench.double.script(Behaviour::Fail(FcmFailure::ThirdPartyAuth));
    let outcome = bench.send().await;
    assert!(matches!(outcome, Outcome::Retry { reason: RetryReason::Unauthorised, .. }), "{outcome:?}");
    assert_eq!((bench.double.received_count(), bench.double.token_requests()), (1, 1));
}

#[tokio::test]
async fn a_token_endpoint_in_trouble_delays_every_message_and_is_asked_once() {
    let raw = |status, body: &str| Behaviour::Raw {
        status,
        content_type: "application/json".to_owned(),
        body: body.to_owned(),
    };
    let unavailable = Outcome::retry(RetryReason::Unavailable);
    let unauthorised =
        Outcome::Retry { after: Some(Duration::from_secs(900)), reason: RetryReason::Unauthorised };
    let table = [
        (raw(500, ""), unavailable),
        (raw(503, "<html>"), unavailable),
        (raw(200, "<html>"), unavailable),
        (raw(200, "{}"), unavailable),
        (raw(200, r#"{"access_token":"","token_type":"Bearer","expires_in":3599}"#), unavailable),
        (raw(200, r#"{"access_token":"a\nb","token_type":"Bearer","expires_in":3599}"#), unavailable),
        (raw(200, r#"{"access_token":"a","token_type":"mac","expires_in":3599}"#), unavailable),
        (raw(200, r#"{"access_token":"a","token_type":"Bearer","expires_in":-1}"#), unavailable),
        (raw(400, r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#), unauthorised),
        (raw(401, r#"{"error":"a_new_one"}"#), unauthorised),
        (
            Behaviour::FailWithRetryAfter(FcmFailure::Unavailable, "17".to_owned()),
            Outcome::Retry { after: Some(Duration::from_secs(17)), reason: RetryReason::Unavailable },
        ),
        (
            Behaviour::FailWithRetryAfter(FcmFailure::QuotaExceeded, "17".to_owned()),
            Outcome::Retry { after: Some(Duration::from_secs(17)), reason: RetryReason::Throttled },
        ),
        (Behaviour::Disconnect, Outcome::retry(RetryReason::Unanswered)),
    ];
    for (behaviour, expected) in table {
        let bench = Bench::new().await;
        bench.double.script_token_endpoint(behaviour.clone());
        for outcome in send_at_once(&bench, 20).await {
            assert_eq!(outcome, expected, "{behaviour:?}");
        }
        assert_eq!((bench.double.token_requests(), bench.double.received_count()), (1, 0), "{behaviour:?}");
        bench.clock.advance(5);
        assert_eq!(bench.send().await, Outcome::Delivered, "after {behaviour:?}");
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_keep_a_failure_alive() {
    let bench = Bench::new().await;
    bench.double.script_token_endpoint(Behaviour::Fail(FcmFailure::Internal));
    assert_eq!(bench.send().await, Outcome::retry(RetryReason::Unavailable));
    bench.clock.advance(-3600);
    assert_eq!(bench.send().await, Outcome::Delivered);
}

/// The double must not accept what Google would not, or the tests above prove nothing.
#[tokio::test]
async fn the_double_verifies_the_assertion() {
    let bench = Bench::new().await;
    let other = Bench::new().await;
    let file: Value = serde_json::from_str(&bench.double.service_account()).unwrap();
    let foreign: Value = serde_json::from_str(&other.double.service_account()).unwrap();
    let changes = [
        ("private_key", foreign["private_key"].clone()),
        ("client_email", json!("someone@else.example")),
        ("private_key_id", json!("another")),
        ("token_uri", json!(format!("{}/./token", bench.double.base_url()))),
    ];
    for (field, value) in changes {
        let mut file = file.clone();
        file[field] = value;
        let channel = channel(&bench.double, &file.to_string(), |_| {});
        let outcome = channel.send(message(PHONE, bench.clock.now())).await;
        assert_ne!(outcome, Outcome::Delivered, "{field}");
    }
    let channel = channel(&bench.double, &file.to_string(), |_| {});
    for hours in [-2, 2] {
        let skewed = bench.clock.now() + chrono::TimeDelta::hours(hours);
        let outcome = channel.send(message(PHONE, skewed)).await;
        assert!(
            matches!(outcome, Outcome::Retry { reason: RetryReason::Unauthorised, .. }),
            "{hours} {outcome:?}"
        );
    }
    assert_eq!(channel.send(message(PHONE, bench.clock.now())).await, Outcome::Delivered);
}
