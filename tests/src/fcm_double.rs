//! A double of Firebase Cloud Messaging on a loopback address.
//!
//! It is a real HTTP server (HTTP/1.1 and HTTP/2 without TLS) with the two doors that the product knows: the OAuth token
//! endpoint, which verifies the signed assertion, and `messages:send`, which checks the access token, the registration
//! token and every field of the message, and answers in the shapes of the real service. It is written from Google's
//! documentation and shares no code with the product, so that a mistake on one side cannot hide on the other.
//!
//! A test scripts what goes wrong ([`Behaviour`], for one registration token, for the next request of any, or for the
//! token endpoint) and then looks at what arrived ([`FcmDouble::wait_for`], [`FcmDouble::received`]). The server ends
//! when the double is dropped.

mod answers;
mod project;
mod schema;
mod server;

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, Version};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

pub use answers::{Answer, FcmFailure, raw, web_page};

use self::project::Project;

/// Where the double takes the time from, for the life of its tokens.
pub type TimeSource = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What the double does with one request instead of the regular thing.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Answer with a failure.
    Fail(FcmFailure),
    /// Answer with a failure and a `Retry-After` header.
    FailWithRetryAfter(FcmFailure, String),
    /// Answer with anything.
    Raw {
        /// The HTTP status.
        status: u16,
        /// The `Content-Type`.
        content_type: String,
        /// The body.
        body: String,
    },
    /// Take the request and never answer.
    Silence,
    /// Break off without an answer.
    Disconnect,
    /// Wait, and then do the regular thing.
    Delay(Duration),
}

/// A request to `messages:send`, as it arrived.
#[derive(Debug, Clone)]
pub struct ReceivedMessage {
    /// The HTTP version.
    pub version: Version,
    /// The path.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, which need not be JSON.
    pub body: String,
}

impl ReceivedMessage {
    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// A running double.
pub struct FcmDouble {
    state: Arc<State>,
    address: SocketAddr,
    _server: JoinSet<()>,
}

/// What the server and the test share.
struct State {
    project: Project,
    token_uri: String,
    time: TimeSource,
    access_tokens: Mutex<HashMap<String, DateTime<Utc>>>,
    access_token_lifetime: AtomicU32,
    access_tokens_given: AtomicU64,
    grant_requests: AtomicU64,
    grant_script: Mutex<VecDeque<Behaviour>>,
    registered: Mutex<HashSet<String>>,
    everyone_is_registered: AtomicBool,
    script_by_token: Mutex<HashMap<String, VecDeque<Behaviour>>>,
    script: Mutex<VecDeque<Behaviour>>,
    latency_micros: AtomicU64,
    keep_messages: AtomicBool,
    messages: Mutex<Vec<ReceivedMessage>>,
    received: AtomicU64,
    accepted: AtomicU64,
    changed: Notify,
}

impl FcmDouble {
    /// Starts a double on a free port of 127.0.0.1, with a project and a key of its own.
    ///
    /// # Errors
    /// When no port can be had or no key be made.
    pub async fn start(time: TimeSource) -> io::Result<Self> {
        Self::start_on((Ipv4Addr::LOCALHOST, 0).into(), time).await
    }

    /// Starts a double on an address of the caller's choice.
    ///
    /// # Errors
    /// When the address is taken or no key can be made.
    pub async fn start_on(address: SocketAddr, time: TimeSource) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let project = Project::generate("muwakaba-double")
            .map_err(|_| io::Error::other("the double's RSA key could not be made"))?;
        let state = Arc::new(State {
            project,
            token_uri: format!("http://{address}/token"),
            time,
            access_tokens: Mutex::default(),
            access_token_lifetime: AtomicU32::new(3599),
            access_tokens_given: AtomicU64::new(0),
            grant_requests: AtomicU64::new(0),
            grant_script: Mutex::default(),
            registered: Mutex::default(),
            everyone_is_registered: AtomicBool::new(false),
            script_by_token: Mutex::default(),
            script: Mutex::default(),
            latency_micros: AtomicU64::new(0),
            keep_messages: AtomicBool::new(true),
            messages: Mutex::default(),
            received: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            changed: Notify::new(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(server::run(listener, Arc::clone(&state)));
        Ok(Self { state, address, _server: tasks })
    }

    /// The address to configure as FCM's.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the token endpoint.
    #[must_use]
    pub fn token_uri(&self) -> &str {
        &self.state.token_uri
    }

    /// The identifier of the double's project.
    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.state.project.id
    }

    /// The service account file of the double's project, as JSON.
    #[must_use]
    pub fn service_account(&self) -> String {
        self.state.project.service_account(&self.state.token_uri)
    }

    /// Writes the service account file, readable by its owner alone.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_service_account(&self, path: &Path) -> io::Result<()> {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        let mut file =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.write_all(self.service_account().as_bytes())
    }

    /// Registers an app installation by its registration token.
    pub fn register(&self, registration_token: &str) {
        lock(&self.state.registered).insert(registration_token.to_owned());
    }

    /// Makes an app installation unknown, as after its removal from the phone.
    pub fn unregister(&self, registration_token: &str) {
        lock(&self.state.registered).remove(registration_token);
    }

    /// Takes every well-formed registration token for registered; for measurements with many thousands.
    pub fn register_everyone(&self) {
        self.state.everyone_is_registered.store(true, Ordering::Relaxed);
    }

    /// Adds a behaviour for the next request to one registration token. Several are taken in their order.
    pub fn script_for(&self, registration_token: &str, behaviour: Behaviour) {
        lock(&self.state.script_by_token)
            .entry(registration_token.to_owned())
            .or_default()
            .push_back(behaviour);
    }

    /// Adds a behaviour for the next request to any registration token.
    pub fn script(&self, behaviour: Behaviour) {
        lock(&self.state.script).push_back(behaviour);
    }

    /// Adds a behaviour for the next request to the token endpoint.
    pub fn script_token_endpoint(&self, behaviour: Behaviour) {
        lock(&self.state.grant_script).push_back(behaviour);
    }

    /// Lets every message wait for so long before its answer.
    pub fn set_latency(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.state.latency_micros.store(micros, Ordering::Relaxed);
    }

    /// Sets the life, in seconds, of the access tokens given out from now on.
    pub fn set_access_token_lifetime(&self, seconds: u32) {
        self.state.access_token_lifetime.store(seconds, Ordering::Relaxed);
    }

    /// Makes every access token that was given out invalid.
    pub fn revoke_access_tokens(&self) {
        lock(&self.state.access_tokens).clear();
    }

    /// Stops keeping the messages, so that a measurement needs no memory for them; they are still counted.
    pub fn only_count(&self) {
        self.state.keep_messages.store(false, Ordering::Relaxed);
    }

    /// The messages that arrived, in their order.
    #[must_use]
    pub fn received(&self) -> Vec<ReceivedMessage> {
        lock(&self.state.messages).clone()
    }

    /// How many messages arrived.
    #[must_use]
    pub fn received_count(&self) -> u64 {
        self.state.received.load(Ordering::Acquire)
    }

    /// How many messages were accepted.
    #[must_use]
    pub fn accepted_count(&self) -> u64 {
        self.state.accepted.load(Ordering::Acquire)
    }

    /// How many requests came to the token endpoint.
    #[must_use]
    pub fn token_requests(&self) -> u64 {
        self.state.grant_requests.load(Ordering::Acquire)
    }

    /// Waits until `count` messages have arrived in all, and returns those that were kept.
    pub async fn wait_for(&self, count: u64) -> Vec<ReceivedMessage> {
        loop {
            let mut change = pin!(self.state.changed.notified());
            change.as_mut().enable();
            if self.received_count() >= count {
                return self.received();
            }
            change.await;
        }
    }
}

impl State {
    fn now(&self) -> DateTime<Utc> {
        (self.time)()
    }

    /// Gives out an access token, with its life in seconds.
    fn give_access_token(&self) -> (String, u32) {
        let lifetime = self.access_token_lifetime.load(Ordering::Relaxed);
        let serial = self.access_tokens_given.fetch_add(1, Ordering::Relaxed);
        let token = format!("ya29.double-{serial}-{}", "x".repeat(180));
        lock(&self.access_tokens).insert(token.clone(), self.now() + TimeDelta::seconds(lifetime.into()));
        (token, lifetime)
    }

    fn accepts_access_token(&self, token: &str) -> bool {
        lock(&self.access_tokens).get(token).is_some_and(|expires| self.now() < *expires)
    }

    fn is_registered(&self, token: &str) -> bool {
        self.everyone_is_registered.load(Ordering::Relaxed) || lock(&self.registered).contains(token)
    }

    /// Notes a message. Whoever waits is told afterwards, so the note is there when they look.
    fn note(&self, message: impl FnOnce() -> ReceivedMessage) {
        if self.keep_messages.load(Ordering::Relaxed) {
            lock(&self.messages).push(message());
        }
        self.received.fetch_add(1, Ordering::Release);
        self.changed.notify_waiters();
    }

    fn next_behaviour(&self, registration_token: &str) -> Option<Behaviour> {
        let own = lock(&self.script_by_token).get_mut(registration_token).and_then(VecDeque::pop_front);
        own.or_else(|| lock(&self.script).pop_front())
    }

    fn latency(&self) -> Duration {
        Duration::from_micros(self.latency_micros.load(Ordering::Relaxed))
    }
}

/// A test that failed while holding a lock must not hide its own message behind a second failure.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
