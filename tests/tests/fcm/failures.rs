//! Everything that can go wrong with a message, and what the caller is told.

use std::time::Duration;

use muwakaba_tests::fcm_double::{Behaviour, FcmFailure};
use notifications::channel::{Channel, Outcome, RejectReason, RetryReason};

use super::{Bench, PHONE, message};

const fn retry(after: Option<u64>, reason: RetryReason) -> Outcome {
    let after = match after {
        Some(seconds) => Some(Duration::from_secs(seconds)),
        None => None,
    };
    Outcome::Retry { after, reason }
}

fn expected(failure: FcmFailure) -> Outcome {
    match failure {
        FcmFailure::InvalidField | FcmFailure::TooBig | FcmFailure::UnknownCode => {
            Outcome::Rejected(RejectReason::Invalid)
        }
        FcmFailure::InvalidToken | FcmFailure::InvalidTokenField | FcmFailure::Unregistered => Outcome::Gone,
        FcmFailure::SenderIdMismatch => Outcome::Rejected(RejectReason::Misconfigured),
        FcmFailure::QuotaExceeded => retry(Some(60), RetryReason::Throttled),
        FcmFailure::Unspecified | FcmFailure::Unavailable | FcmFailure::Internal => {
            retry(None, RetryReason::Unavailable)
        }
        FcmFailure::ThirdPartyAuth | FcmFailure::PermissionDenied => {
            retry(Some(900), RetryReason::Unauthorised)
        }
        // A new access token helps, and the message goes out after all.
        FcmFailure::Unauthenticated => Outcome::Delivered,
    }
}

#[tokio::test]
async fn every_failure_of_fcm_has_its_outcome_and_hurts_no_other_message() {
    let bench = Bench::new().await;
    for failure in FcmFailure::ALL {
        bench.double.script_for(PHONE, Behaviour::Fail(failure));
        assert_eq!(bench.send().await, expected(failure), "{failure:?}");
        assert_eq!(bench.send().await, Outcome::Delivered, "after {failure:?}");
    }
}

#[tokio::test]
async fn retry_after_is_honoured_in_both_of_its_forms() {
    let bench = Bench::new().await;
    let table = [
        (FcmFailure::QuotaExceeded, "5", retry(Some(60), RetryReason::Throttled)),
        (FcmFailure::QuotaExceeded, "300", retry(Some(300), RetryReason::Throttled)),
        (
            FcmFailure::QuotaExceeded,
            "Tue, 01 Dec 2026 10:02:00 GMT",
            retry(Some(120), RetryReason::Throttled),
        ),
        (FcmFailure::Unavailable, "5", retry(Some(5), RetryReason::Unavailable)),
        (FcmFailure::Unavailable, "Tue, 01 Dec 2026 10:00:09 GMT", retry(Some(9), RetryReason::Unavailable)),
        (FcmFailure::Internal, "8", retry(Some(8), RetryReason::Unavailable)),
        (FcmFailure::Unavailable, "soon", retry(None, RetryReason::Unavailable)),
    ];
    for (failure, header, expected) in table {
        bench.double.script(Behaviour::FailWithRetryAfter(failure, header.to_owned()));
        assert_eq!(bench.send().await, expected, "{failure:?} {header}");
        // A success in between keeps the circuit out of this test.
        assert_eq!(bench.send().await, Outcome::Delivered);
    }
}

#[tokio::test]
async fn a_phone_that_removed_the_app_is_gone_and_a_mangled_token_as_well() {
    let bench = Bench::new().await;
    bench.double.unregister(PHONE);
    assert_eq!(bench.send().await, Outcome::Gone);
    assert_eq!(bench.send_to("short").await, Outcome::Gone);
    assert_eq!(bench.send_to("with spaces and \"quotes\" and more").await, Outcome::Gone);
}

#[tokio::test]
async fn an_empty_token_is_our_mistake_and_forgets_no_device() {
    let bench = Bench::new().await;
    assert_eq!(bench.send_to("").await, Outcome::Rejected(RejectReason::Invalid));
    assert_eq!(bench.double.accepted_count(), 0);
}

#[tokio::test]
async fn pages_that_are_not_from_fcm_never_forget_a_device() {
    let bench = Bench::new().await;
    let page = |status| Behaviour::Raw {
        status,
        content_type: "text/html".to_owned(),
        body: "<!DOCTYPE html><title>Error</title>".to_owned(),
    };
    let table = [
        (404, Outcome::Rejected(RejectReason::Misconfigured)),
        (403, retry(Some(900), RetryReason::Unauthorised)),
        (301, Outcome::Rejected(RejectReason::ForbiddenEndpoint)),
        (502, retry(None, RetryReason::Unavailable)),
        (429, retry(Some(60), RetryReason::Throttled)),
    ];
    for (status, expected) in table {
        bench.double.script(page(status));
        assert_eq!(bench.send().await, expected, "{status}");
    }
}

#[tokio::test]
async fn a_silent_service_costs_the_time_limit_and_no_more() {
    let bench = Bench::with(|options| options.head_timeout = Duration::from_millis(1500)).await;
    assert_eq!(bench.send().await, Outcome::Delivered);
    bench.double.script(Behaviour::Silence);
    assert_eq!(bench.send().await, retry(None, RetryReason::Timeout));
    assert_eq!(bench.double.wait_for(2).await.len(), 2);
    assert_eq!(bench.send().await, Outcome::Delivered, "the connection is still good");
}

#[tokio::test]
async fn a_silent_token_endpoint_costs_the_time_limit_and_no_more() {
    let bench = Bench::with(|options| options.head_timeout = Duration::from_millis(1500)).await;
    bench.double.script_token_endpoint(Behaviour::Silence);
    assert_eq!(bench.send().await, retry(None, RetryReason::Timeout));
    bench.clock.advance(5);
    assert_eq!(bench.send().await, Outcome::Delivered);
}

#[tokio::test]
async fn a_broken_connection_is_a_reason_to_try_again() {
    let bench = Bench::new().await;
    bench.double.script_for(PHONE, Behaviour::Disconnect);
    assert_eq!(bench.send().await, retry(None, RetryReason::Unanswered), "it may have been taken");
    assert_eq!(bench.send().await, Outcome::Delivered);
}

#[tokio::test]
async fn latency_is_waited_out() {
    let bench = Bench::new().await;
    bench.double.set_latency(Duration::from_millis(20));
    assert_eq!(bench.send().await, Outcome::Delivered);
}

#[tokio::test]
async fn a_service_that_is_away_is_a_reason_to_try_again() {
    let bench = Bench::new().await;
    let Bench { clock, double, channel } = bench;
    drop(double);
    assert_eq!(channel.send(message(PHONE, clock.now())).await, retry(None, RetryReason::Network));
}
