//! The whole way: sealed, signed, sent to a service on loopback, and its answer read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderValue, StatusCode};
use uuid::Uuid;

use crate::channel::endpoint::{Endpoint, EndpointPolicy};
use crate::channel::test_service::{Seen, TestService, status_only};
use crate::channel::transport::{Transport, TransportOptions};
use crate::channel::web_push::decrypt::decrypt;
use crate::channel::web_push::encrypt::{PaddedLength, SystemEphemeral};
use crate::channel::web_push::keys::{ReceiverKeys, SubscriptionKeys};
use crate::channel::web_push::request::{Topic, TopicKey, Urgency};
use crate::channel::web_push::vapid::{Contact, VapidKeys, VapidSigner, verify};
use crate::channel::web_push::{WebPush, WebPushMessage};
use crate::channel::{Channel as _, Outcome, RejectReason, RetryReason};

fn noon() -> DateTime<Utc> {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

/// A phone with a subscription at the test service, and the channel that sends to it.
struct World {
    channel: WebPush,
    public_key: String,
    receiver: ReceiverKeys,
    keys: SubscriptionKeys,
    topic: Topic,
}

impl World {
    fn new() -> Self {
        Self::with(TransportOptions { allow_loopback: true, ..TransportOptions::default() })
    }

    fn with(options: TransportOptions) -> Self {
        let (keys, _) = VapidKeys::generate().unwrap();
        let public_key = keys.public_key();
        let signer = VapidSigner::new(Arc::new(keys), Contact::parse("mailto:push@example.org").unwrap());
        let transport = Arc::new(Transport::new(options).unwrap());
        let receiver = ReceiverKeys::generate().unwrap();
        Self {
            channel: WebPush::new(transport, signer, SystemEphemeral, Arc::new(noon)),
            public_key,
            keys: SubscriptionKeys::parse(&receiver.p256dh(), &receiver.auth_base64url()).unwrap(),
            receiver,
            topic: TopicKey::new(&[1; 32]).tag(Uuid::nil(), Uuid::max()),
        }
    }

    async fn send(&self, service: &TestService, fallback_payload: Option<&[u8]>) -> Outcome {
        self.send_payload(service, b"{\"in\":\"tomorrow\"}", fallback_payload).await
    }

    async fn send_payload(&self, service: &TestService, payload: &[u8], fallback: Option<&[u8]>) -> Outcome {
        let policy = EndpointPolicy::standard().with_loopback(true);
        let endpoint = Endpoint::parse(&service.url("/push/secret"), &policy).unwrap();
        self.channel
            .send(WebPushMessage {
                endpoint: &endpoint,
                keys: &self.keys,
                payload,
                fallback_payload: fallback,
                time_to_live: Duration::from_secs(4_000),
                urgency: Urgency::High,
                topic: &self.topic,
            })
            .await
    }
}

#[tokio::test]
async fn a_message_arrives_as_the_standards_have_it() {
    let service = TestService::answering(StatusCode::CREATED).await;
    let world = World::new();
    assert_eq!(world.send(&service, None).await, Outcome::Delivered);
    assert_eq!(world.send(&service, None).await, Outcome::Delivered);
    let seen = service.seen();
    assert_eq!(seen.len(), 2);
    for seen in &seen {
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/push/secret"));
        for (name, value) in [
            ("ttl", "3600"),
            ("urgency", "high"),
            ("topic", world.topic.as_str()),
            ("content-encoding", "aes128gcm"),
            ("content-type", "application/octet-stream"),
            ("content-length", "1603"),
        ] {
            assert_eq!(seen.header(name), value, "{name}");
        }
        assert_eq!(decrypt(&seen.body, &world.receiver).unwrap(), b"{\"in\":\"tomorrow\"}");
        let origin = format!("http://{}", service.address);
        verify(seen.header("authorization"), &origin, Some(&world.public_key), noon()).unwrap();
    }
    assert_eq!(seen[0].header("authorization"), seen[1].header("authorization"), "signed once");
    assert_ne!(seen[0].body, seen[1].body);
}

#[tokio::test]
async fn every_answer_has_its_outcome() {
    use Outcome::{Delivered, Gone, Rejected};
    let retry = |reason| Outcome::Retry { after: None, reason };
    let unauthorised =
        Outcome::Retry { after: Some(Duration::from_mins(15)), reason: RetryReason::Unauthorised };
    let world = World::new();
    for (status, expected) in [
        (200, Delivered),
        (201, Delivered),
        (202, Delivered),
        (204, Delivered),
        (301, Rejected(RejectReason::ForbiddenEndpoint)),
        (302, Rejected(RejectReason::ForbiddenEndpoint)),
        (307, Rejected(RejectReason::ForbiddenEndpoint)),
        (308, Rejected(RejectReason::ForbiddenEndpoint)),
        (400, Rejected(RejectReason::Invalid)),
        (401, unauthorised),
        (403, unauthorised),
        (404, Gone),
        (405, Rejected(RejectReason::Invalid)),
        (408, retry(RetryReason::Timeout)),
        (410, Gone),
        (413, Rejected(RejectReason::TooLarge)),
        (429, retry(RetryReason::Throttled)),
        (500, retry(RetryReason::Unavailable)),
        (502, retry(RetryReason::Unavailable)),
        (503, retry(RetryReason::Unavailable)),
        (599, retry(RetryReason::Unavailable)),
    ] {
        let service = TestService::answering(StatusCode::from_u16(status).unwrap()).await;
        assert_eq!(world.send(&service, None).await, expected, "{status}");
        assert_eq!(service.seen().len(), 1, "{status} is asked once");
    }
}

#[tokio::test]
async fn what_the_service_asks_for_is_honoured_within_reason() {
    let world = World::new();
    for (status, asked, expected) in [
        (429, "120", 120),
        (503, "Tue, 01 Dec 2026 12:03:00 GMT", 180),
        (429, "999999999", 6 * 3_600),
        (403, "60", 15 * 60),
        (403, "3600", 3_600),
    ] {
        let service = TestService::start(move |_| {
            let mut response = status_only(StatusCode::from_u16(status).unwrap());
            response.headers_mut().insert("retry-after", HeaderValue::from_static(asked));
            Some(response)
        })
        .await;
        let Outcome::Retry { after, .. } = world.send(&service, None).await else { panic!("{status}") };
        assert_eq!(after, Some(Duration::from_secs(expected)), "{status} {asked}");
    }
}

fn takes_up_to(limit: usize) -> impl Fn(&Seen) -> Option<http::Response<http_body_util::Full<bytes::Bytes>>> {
    move |seen| {
        let fits = seen.body.len() <= limit;
        Some(status_only(if fits { StatusCode::CREATED } else { StatusCode::PAYLOAD_TOO_LARGE }))
    }
}

#[tokio::test]
async fn a_message_that_is_too_large_is_tried_once_more_and_smaller() {
    let world = World::new();
    let service = TestService::start(takes_up_to(1_000)).await;
    assert_eq!(world.send(&service, Some(b"look")).await, Outcome::Delivered);
    let seen = service.seen();
    assert_eq!(seen.iter().map(|seen| seen.body.len()).collect::<Vec<_>>(), [1_603, 403]);
    assert_eq!(decrypt(&seen[1].body, &world.receiver).unwrap(), b"look");

    let service = TestService::start(takes_up_to(100)).await;
    let too_large = Outcome::Rejected(RejectReason::TooLarge);
    assert_eq!(world.send(&service, Some(b"look")).await, too_large);
    assert_eq!(service.seen().len(), 2);
    assert_eq!(world.send(&service, None).await, too_large);
    assert_eq!(service.seen().len(), 3);
}

#[tokio::test]
async fn a_payload_that_does_not_fit_is_not_sent_at_all() {
    let service = TestService::answering(StatusCode::CREATED).await;
    let payload = vec![b'x'; PaddedLength::STANDARD.payload() + 1];
    let outcome = World::new().send_payload(&service, &payload, None).await;
    assert_eq!(outcome, Outcome::Rejected(RejectReason::TooLarge));
    assert_eq!(service.connections(), 0);
}

#[tokio::test]
async fn a_refused_signature_is_not_used_again() {
    let count = AtomicUsize::new(0);
    let service = TestService::start(move |_| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        Some(status_only(if first { StatusCode::FORBIDDEN } else { StatusCode::CREATED }))
    })
    .await;
    let world = World::new();
    assert!(!world.send(&service, None).await.is_terminal());
    assert_eq!(world.send(&service, None).await, Outcome::Delivered);
    let seen = service.seen();
    assert_ne!(seen[0].header("authorization"), seen[1].header("authorization"));
}

#[tokio::test]
async fn silence_and_absence_are_retried_and_forbidden_addresses_are_not() {
    let options = TransportOptions {
        allow_loopback: true,
        head_timeout: Duration::from_millis(100),
        ..TransportOptions::default()
    };
    let silent = TestService::start(|_| None).await;
    assert_eq!(World::with(options).send(&silent, None).await, Outcome::retry(RetryReason::Timeout));

    let service = TestService::answering(StatusCode::CREATED).await;
    let closed = World::with(TransportOptions::default());
    let outcome = closed.send(&service, None).await;
    assert_eq!(outcome, Outcome::Rejected(RejectReason::ForbiddenEndpoint));
    assert_eq!(service.connections(), 0);
}
