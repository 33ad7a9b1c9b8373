//! The door, through real sockets: what dawdles, is too large or comes from the wrong place is turned away, and everything
//! else gets in. Limits are shortened, so that the tests wait for the real thing and not for long.

mod answers;
mod background;
mod connections;
mod origins;
mod rates;
mod slow_readers;
mod starting;
mod time_limits;

use axum::{
    Router,
    http::StatusCode,
    routing::{get, post},
};
use kernel::door::Source;
use muwakaba::{
    limits::Limits,
    proxies::Proxies,
    serve::{Door, Listener, accept},
    service,
};
use muwakaba_tests::{Database, TestApp};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes; a test that waits this long has failed.
const FOREVER: Duration = Duration::from_secs(20);

/// More than any buffer on the way takes; all answers share it.
static LARGE: std::sync::LazyLock<bytes::Bytes> =
    std::sync::LazyLock::new(|| vec![b'x'; 16 * 1_024 * 1_024].into());

/// How many requests of `/test/hold` are being answered, or were.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// Limits for tests that are about something else.
fn short() -> Limits {
    Limits {
        head: Duration::from_millis(150),
        idle: Duration::from_millis(300),
        body_grace: Duration::from_millis(200),
        body_rate: 400,
        handling: Duration::from_millis(200),
        ..Limits::default()
    }
}

/// The service behind a door of its own, with a few routes that only misbehave.
struct House {
    app: TestApp,
    address: SocketAddr,
    stop: CancellationToken,
    /// Lets `/test/wait` answer.
    go_on: Arc<Notify>,
    /// Says that `/test/wait` has begun.
    begun: Arc<Notify>,
    served: JoinHandle<()>,
}

impl House {
    async fn with(limits: Limits) -> Self {
        Self::behind("https://muwakaba.example", limits, Proxies::default()).await
    }

    async fn behind(public_url: &str, limits: Limits, proxies: Proxies) -> Self {
        let app = TestApp::start(Database::sqlite().await).await;
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let door = Door::new(public_url, limits.clone(), true);
        let (go_on, begun) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let misbehaving = service::behind_door(misbehaving(go_on.clone(), begun.clone()), &door, &app.app);
        let routes = service::service(app.app.clone(), &door);
        // Only one of two routers can have a fallback.
        let routes = Router::new().nest("/test", misbehaving).fallback_service(routes);
        let listener = Listener { socket, limits: Arc::new(limits), proxies: Arc::new(proxies) };
        let stop = CancellationToken::new();
        let served = tokio::task::spawn(accept(listener, routes, stop.clone()));
        Self { app, address, stop, go_on, begun, served }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends these bytes and gives everything that comes until the service hangs up.
    async fn say(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_ref()).await.unwrap();
        rest(&mut stream).await
    }

    /// A request with these headers, and `Connection: close`.
    async fn ask(&self, method: &str, path: &str, headers: &str) -> String {
        self.say(format!("{method} {path} HTTP/1.1\r\nhost: door\r\nconnection: close\r\n{headers}\r\n"))
            .await
    }
}

fn misbehaving(go_on: Arc<Notify>, begun: Arc<Notify>) -> Router {
    Router::new()
        .route(
            "/hold",
            get(async || -> StatusCode {
                HELD.fetch_add(1, Ordering::SeqCst);
                std::future::pending().await
            }),
        )
        .route("/large", get(async || LARGE.clone()))
        .route("/own", get(async || vec![b'x'; 1_024 * 1_024]))
        .route("/some", get(async || vec![b'x'; 20_000]))
        .route("/panic", get(async || -> StatusCode { panic!("a canary: Fatima, 0612345678") }))
        .route("/never", get(async || -> StatusCode { std::future::pending().await }))
        .route("/source", get(async |source: Source| source.0.to_string()))
        .route(
            "/body",
            post(async |body: kernel::extract::Body<Anything>| {
                format!("{:?}", body.digest).len().to_string()
            }),
        )
        .route(
            "/wait",
            get(async move || {
                begun.notify_one();
                go_on.notified().await;
                StatusCode::NO_CONTENT
            }),
        )
}

/// A body that may say anything in one field.
#[derive(serde::Deserialize)]
struct Anything {
    #[serde(rename = "text")]
    _text: String,
}

impl validator::Validate for Anything {
    fn validate(&self) -> Result<(), validator::ValidationErrors> {
        Ok(())
    }
}

/// Everything until the other side hangs up, which it must.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let ended = timeout(FOREVER, stream.read_to_end(&mut bytes)).await.expect("the service hangs up");
    // A service that hangs up on unread bytes resets the connection.
    let _ = ended;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer with a body of known length, from a connection that stays open.
async fn one_answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        let read = timeout(FOREVER, stream.read_buf(&mut bytes)).await.expect("an answer").unwrap();
        assert!(read > 0, "hung up after: {text}");
    }
}

/// Asserts that the text is an answer with this status line and this problem.
#[track_caller]
fn assert_problem(answer: &str, status: &str, code: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    assert!(answer.contains("content-type: application/problem+json"), "{answer}");
    assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
}
