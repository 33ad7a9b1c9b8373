//! The FCM channel against the double: real HTTP/2 over a loopback connection, real signatures.

mod failures;
mod sending;
mod tokens;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use muwakaba_tests::fcm_double::FcmDouble;
use notifications::channel::fcm::{
    Fcm, FcmMessage, FcmSettings, Priority, ServiceAccount, transport_options,
};
use notifications::channel::transport::{Transport, TransportOptions};
use notifications::channel::{Channel, Outcome};

/// A registration token in the form that FCM gives out.
const PHONE: &str = "dXJ0aGVyLWEtcGhvbmU:APA91bH-not-a-real-token_0123456789abcdefghijklmnopqrstuvwxyz";

/// A clock that stands still until it is moved.
#[derive(Clone)]
struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    fn new() -> Self {
        let start: DateTime<Utc> = "2026-12-01T10:00:00Z".parse().unwrap();
        Self(Arc::new(AtomicI64::new(start.timestamp())))
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).unwrap()
    }

    fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

/// The channel, the double that it talks to, and the clock of both.
struct Bench {
    clock: ManualClock,
    double: FcmDouble,
    channel: Arc<Fcm>,
}

impl Bench {
    /// A bench with one registered phone.
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(adjust: impl FnOnce(&mut TransportOptions)) -> Self {
        let clock = ManualClock::new();
        let time = clock.clone();
        let double = FcmDouble::start(Arc::new(move || time.now())).await.unwrap();
        double.register(PHONE);
        let channel = Arc::new(channel(&double, &double.service_account(), adjust));
        Self { clock, double, channel }
    }

    /// Sends one message to a registration token.
    async fn send_to(&self, token: &str) -> Outcome {
        self.channel.send(message(token, self.clock.now())).await
    }

    /// Sends one message to the registered phone.
    async fn send(&self) -> Outcome {
        self.send_to(PHONE).await
    }
}

fn channel(double: &FcmDouble, service_account: &str, adjust: impl FnOnce(&mut TransportOptions)) -> Fcm {
    let mut options = TransportOptions { allow_loopback: true, ..transport_options() };
    adjust(&mut options);
    let transport = Arc::new(Transport::new(options).unwrap());
    let account = ServiceAccount::parse(service_account.as_bytes()).unwrap();
    let settings = FcmSettings { base_url: double.base_url(), token_uri: None };
    Fcm::new(account, &settings, transport).unwrap()
}

fn message(token: &str, now: DateTime<Utc>) -> FcmMessage<'_> {
    FcmMessage {
        token,
        collapse_key: "Zq3s0n2rVb1kq9Xw7LJd8gT4",
        time_to_live: Duration::from_secs(7200),
        priority: Priority::High,
        now,
    }
}
