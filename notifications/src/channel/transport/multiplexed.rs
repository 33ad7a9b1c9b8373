//! HTTP/2 towards a service that is sent many small requests at once, such as FCM: a few connections, each shared by all.
//!
//! The general client (`hyper-util`) gives every request to its connection's task and every body to a task of its own.
//! Waking them costs more than all else that a small request needs. Here whoever sends puts the frames into the
//! connection itself, through `h2`; `docs/decisions/fcm.md` says what that saves.
//!
//! A connection is opened when it is first needed, and anew once it has ended, was idle for too long or let a request time
//! out. A request that the service says it has not looked at (RFC 9113 §8.7) is sent once more over a new connection.

mod gathered;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2::client::{Builder, SendRequest};
use h2::{Reason, RecvStream};
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{HeaderMap, Method, Request, Response, Uri};
use hyper::rt::Executor as _;
use hyper_util::rt::TokioExecutor;
use tokio::time::Instant;
use tower::Service as _;

use self::gathered::Gathered;
use super::TransportError;
use super::connect::{ConnectError, Connector, Stream};

/// Answers that have arrived and were not read yet; the default of 64 KiB would make the service wait for us.
const CONNECTION_WINDOW: u32 = 1 << 20;

/// The connections to one origin.
pub(super) struct Multiplexed {
    connector: Connector,
    lines: Vec<Line>,
    turn: AtomicUsize,
    idle_timeout: Duration,
}

/// One request, which may have to be sent twice.
pub(super) struct Post {
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The place of one connection.
#[derive(Default)]
struct Line {
    current: Mutex<Current>,
    /// Held by whoever opens the connection; the others wait for it.
    opening: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Current {
    open: Option<Open>,
    opened: u64,
}

struct Open {
    requests: SendRequest<Bytes>,
    used: Instant,
}

/// A connection as its line lent it out.
struct Lent {
    requests: SendRequest<Bytes>,
    /// Which of the line's connections it is.
    number: u64,
}

/// Why a request has no answer.
enum Failure {
    /// No connection could be opened.
    Connect(ConnectError),
    /// The service has not looked at the request: sending it again does it once.
    Unread(h2::Error),
    /// Nobody knows whether the service has looked at it.
    Broken(h2::Error),
}

impl Multiplexed {
    pub(super) fn new(connector: Connector, connections: usize, idle_timeout: Duration) -> Self {
        let lines = (0..connections.max(1)).map(|_| Line::default()).collect();
        Self { connector, lines, turn: AtomicUsize::new(0), idle_timeout }
    }

    /// Sends a POST; the head of its answer, and its body to be read.
    pub(super) async fn send(&self, post: Post) -> Result<Response<RecvStream>, TransportError> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.lines.len();
        // The remainder is below the length, so there always is one.
        let Some(line) = self.lines.get(turn) else { return Err(TransportError::Timeout) };
        let answer = match self.try_once(line, &post).await {
            Err(Failure::Unread(_)) => self.try_once(line, &post).await,
            other => other,
        };
        Ok(answer?)
    }

    /// A request timed out: the connection may lead nowhere any more, so the next one opens another.
    pub(super) fn suspect(&self) {
        for line in &self.lines {
            line.lock().open = None;
        }
    }

    async fn try_once(&self, line: &Line, post: &Post) -> Result<Response<RecvStream>, Failure> {
        let Lent { requests, number } = self.connection(line, &post.uri).await?;
        let mut requests = requests.ready().await.map_err(|error| line.ended(number, error))?;
        let ends_here = post.body.is_empty();
        let (answer, mut rest) =
            requests.send_request(post.head(), ends_here).map_err(|error| line.ended(number, error))?;
        if !ends_here {
            // A service may answer, or break off, before it has the body: the answer tells, and this error does not.
            let _told_by_the_answer = rest.send_data(post.body.clone(), true);
        }
        answer.await.map_err(|error| match is_unread(&error) {
            true => line.ended(number, error),
            false => Failure::Broken(error),
        })
    }

    async fn connection(&self, line: &Line, uri: &Uri) -> Result<Lent, Failure> {
        if let Some(lent) = line.lend(self.idle_timeout) {
            return Ok(lent);
        }
        let _turn = line.opening.lock().await;
        if let Some(lent) = line.lend(self.idle_timeout) {
            return Ok(lent);
        }
        let stream = self.connector.clone().call(uri.clone()).await.map_err(Failure::Connect)?;
        if !stream.is_plain() && !stream.speaks_http2() {
            let refusal = std::io::Error::other("the service does not speak HTTP/2");
            return Err(Failure::Connect(refusal.into()));
        }
        let requests = open(stream).await.map_err(Failure::Broken)?;
        let mut current = line.lock();
        current.opened += 1;
        let number = current.opened;
        current.open = Some(Open { requests: requests.clone(), used: Instant::now() });
        Ok(Lent { requests, number })
    }
}

/// Begins HTTP/2. The task that moves the bytes ends by itself, once nobody sends and no answer is awaited any more.
async fn open(stream: Stream) -> Result<SendRequest<Bytes>, h2::Error> {
    let (requests, connection) = Builder::new()
        .initial_connection_window_size(CONNECTION_WINDOW)
        .enable_push(false)
        .handshake(Gathered::new(stream))
        .await?;
    TokioExecutor::new().execute(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to a push service ended");
        }
    });
    Ok(requests)
}

impl Line {
    fn lend(&self, idle_timeout: Duration) -> Option<Lent> {
        let now = Instant::now();
        let mut current = self.lock();
        let number = current.opened;
        match &mut current.open {
            Some(open) if now.saturating_duration_since(open.used) < idle_timeout => {
                open.used = now;
                Some(Lent { requests: open.requests.clone(), number })
            }
            unused => {
                *unused = None;
                None
            }
        }
    }

    /// The connection takes no more requests; whoever comes next opens another.
    fn ended(&self, number: u64, error: h2::Error) -> Failure {
        let mut current = self.lock();
        if current.opened == number {
            current.open = None;
        }
        Failure::Unread(error)
    }

    fn lock(&self) -> MutexGuard<'_, Current> {
        // Each change is a single assignment, so what a panic elsewhere leaves is whole.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Post {
    fn head(&self) -> Request<()> {
        let mut head = Request::new(());
        *head.method_mut() = Method::POST;
        *head.uri_mut() = self.uri.clone();
        *head.headers_mut() = self.headers.clone();
        head.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(self.body.len()));
        head
    }
}

/// Whether the service says that it has not looked at the request: it is closing the connection in good order, or refuses
/// one more request on it.
fn is_unread(error: &h2::Error) -> bool {
    error.is_remote()
        && ((error.is_go_away() && error.reason() == Some(Reason::NO_ERROR))
            || (error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM)))
}

/// Reads until the body ends, breaks off or fills the limit.
pub(super) async fn read(mut body: RecvStream, limit: usize, read: &mut BytesMut) {
    while let Some(Ok(data)) = body.data().await {
        if body.flow_control().release_capacity(data.len()).is_err() {
            return;
        }
        let room = limit.saturating_sub(read.len());
        read.extend_from_slice(data.get(..room).unwrap_or(&data));
        if data.len() >= room {
            return;
        }
    }
}

impl From<Failure> for TransportError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Connect(ConnectError::Forbidden) => Self::Forbidden,
            Failure::Connect(ConnectError::Timeout) => Self::Timeout,
            Failure::Connect(error) => Self::Network(error.into()),
            Failure::Unread(error) => Self::Network(error.into()),
            Failure::Broken(error) => Self::Broken(error.into()),
        }
    }
}
