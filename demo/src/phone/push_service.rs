//! A push service of one's own on a loopback address: what the terminal phone receives through, and what end-to-end tests
//! look into. It does what a real one does and what its documentation says (RFC 8030, RFC 8292): it checks who sends, takes
//! the message, and hands it to the subscriber, who opens it with keys that the sender never had.
//!
//! A test can also make it fail on purpose ([`PushService::script`]) and wait for what arrives without sleeping.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::Bytes;
use contract::{IdSource, SystemIds, time::Clock};
use notifications::channel::web_push::{
    decrypt::decrypt,
    keys::{ReceiverKeys, UnusablePrivateKey},
    vapid::{VapidClaims, verify},
};
use std::{
    collections::{HashMap, VecDeque},
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{net::TcpListener, sync::Notify, task::JoinSet};

/// The longest message that a push service has to take (RFC 8030 §7.2), in bytes.
const MAX_BODY: usize = 4_096;

/// What an app hands to its server about a subscription.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Where messages go.
    pub endpoint: String,
    /// The public key that they are sealed for, base64url.
    pub p256dh: String,
    /// The authentication secret, base64url.
    pub auth: String,
}

/// A message that was taken and opened.
#[derive(Debug, Clone)]
pub struct Received {
    /// The endpoint it came to.
    pub endpoint: String,
    /// Who sent it.
    pub sender: VapidClaims,
    /// Every header that came with it.
    pub headers: HeaderMap,
    /// The message as it travelled.
    pub sealed: Bytes,
    /// What it says.
    pub payload: Vec<u8>,
}

impl Received {
    /// A header as text, empty if absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A failure on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// The HTTP status.
    pub status: StatusCode,
    /// Seconds in `Retry-After`.
    pub retry_after: Option<u32>,
}

impl Failure {
    /// Only a status.
    pub const fn status(status: StatusCode) -> Self {
        Self { status, retry_after: None }
    }
}

/// A running push service; it ends when dropped.
pub struct PushService {
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

struct Shared {
    origin: String,
    clock: Arc<dyn Clock>,
    subscriptions: Mutex<HashMap<String, Arc<Subscriber>>>,
    script: Mutex<VecDeque<Failure>>,
    outage: Mutex<Option<Failure>>,
    log: Mutex<Log>,
    changed: Notify,
}

struct Subscriber {
    keys: ReceiverKeys,
    sender: String,
}

#[derive(Default)]
struct Log {
    received: Vec<Received>,
    /// The status of every answer.
    answers: Vec<StatusCode>,
}

impl PushService {
    /// Starts one on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// If no port can be had.
    pub async fn start(clock: Arc<dyn Clock>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address: SocketAddr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            origin: format!("http://{address}"),
            clock,
            subscriptions: Mutex::default(),
            script: Mutex::default(),
            outage: Mutex::default(),
            log: Mutex::default(),
            changed: Notify::new(),
        });
        let router = Router::new().route("/push/{subscription}", post(take)).with_state(shared.clone());
        let mut server = JoinSet::new();
        server.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the push service on loopback has stopped");
            }
        });
        Ok(Self { shared, _server: server })
    }

    /// A new subscription with new keys, bound to the sender with this public key (RFC 8292 §4).
    ///
    /// # Errors
    /// If the system has no random numbers to give.
    pub fn subscribe(&self, sender: &str) -> Result<Subscription, UnusablePrivateKey> {
        Ok(self.subscribe_with(ReceiverKeys::generate()?, sender))
    }

    /// A new subscription with keys that the subscriber has already.
    pub fn subscribe_with(&self, keys: ReceiverKeys, sender: &str) -> Subscription {
        let name = SystemIds.next().simple().to_string();
        let subscription = Subscription {
            endpoint: format!("{}/push/{name}", self.shared.origin),
            p256dh: keys.p256dh(),
            auth: keys.auth_base64url(),
        };
        let subscriber = Arc::new(Subscriber { keys, sender: sender.to_owned() });
        lock(&self.shared.subscriptions).insert(name, subscriber);
        subscription
    }

    /// Ends a subscription, as when an app is removed: its endpoint answers 410 from now on.
    pub fn unsubscribe(&self, subscription: &Subscription) {
        if let Some((_, name)) = subscription.endpoint.rsplit_once('/') {
            lock(&self.shared.subscriptions).remove(name);
        }
    }

    /// Lets the next message meet this failure; several are met in their order.
    pub fn script(&self, failure: Failure) {
        lock(&self.shared.script).push_back(failure);
    }

    /// Lets every message meet this failure, until it is well again (`None`).
    pub fn set_outage(&self, failure: Option<Failure>) {
        *lock(&self.shared.outage) = failure;
    }

    /// The messages that were taken so far.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.log).received.clone()
    }

    /// The status of every answer so far.
    pub fn answers(&self) -> Vec<StatusCode> {
        lock(&self.shared.log).answers.clone()
    }

    /// Waits until this many messages were taken in all, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        loop {
            let mut change = pin!(self.shared.changed.notified());
            change.as_mut().enable();
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            change.await;
        }
    }
}

async fn take(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    request: axum::extract::Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let outcome = shared.judge(&name, &parts.headers, body).await;
    let (answer, received) = match outcome {
        Ok(received) => (StatusCode::CREATED.into_response(), Some(received)),
        Err(failure) => (failure.into_response(), None),
    };
    let mut log = lock(&shared.log);
    log.answers.push(answer.status());
    log.received.extend(received);
    drop(log);
    shared.changed.notify_waiters();
    answer
}

impl Shared {
    async fn judge(&self, name: &str, headers: &HeaderMap, body: Body) -> Result<Received, Failure> {
        let sealed =
            to_bytes(body, MAX_BODY).await.map_err(|_| Failure::status(StatusCode::PAYLOAD_TOO_LARGE))?;
        if let Some(failure) = lock(&self.script).pop_front() {
            return Err(failure);
        }
        if let Some(failure) = *lock(&self.outage) {
            return Err(failure);
        }
        let subscriber = lock(&self.subscriptions).get(name).cloned();
        let subscriber = subscriber.ok_or(Failure::status(StatusCode::GONE))?;
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let now = self.clock.now().to_chrono();
        let sender = verify(text("authorization"), &self.origin, Some(&subscriber.sender), now)
            .map_err(|_| Failure::status(StatusCode::FORBIDDEN))?;
        let has_ttl = text("ttl").parse::<u32>().is_ok();
        if !has_ttl || text("content-encoding") != "aes128gcm" {
            return Err(Failure::status(StatusCode::BAD_REQUEST));
        }
        let payload =
            decrypt(&sealed, &subscriber.keys).map_err(|_| Failure::status(StatusCode::BAD_REQUEST))?;
        let endpoint = format!("{}/push/{name}", self.origin);
        Ok(Received { endpoint, sender, headers: headers.clone(), sealed, payload })
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut answer = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer
    }
}

/// What is behind these locks is whole at every moment, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
