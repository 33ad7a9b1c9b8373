//! The HTTP client through which every push leaves.
//!
//! It is built for few origins and many small requests: connections are kept and shared, and each origin has a limit of
//! requests at once and a circuit that opens while the service is down. It is also the second gate against endpoints
//! that lead somewhere they should not (the first is [`super::endpoint`]): the connector looks at every address before
//! it connects. It follows no redirect, uses no proxy and reads only a little of any answer.

mod connect;
mod multiplexed;
mod resolve;
#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use h2::RecvStream;
use http::response::Parts;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

pub use self::connect::ConnectError;
use self::connect::Connector;
use self::multiplexed::{Multiplexed, Post};
pub use self::resolve::{Resolve, SystemResolver};
use super::bounded::OriginMap;
use super::circuit::{Circuit, CircuitLimits, CircuitOpen};

/// How many origins have a limit and a circuit of their own at once.
const KEPT_ORIGINS: usize = 256;
/// How long the body of a message that was taken is waited for. It was taken with the head (RFC 8030 §5); a body that is read to its
/// end only leaves the connection to the next message.
const COURTESY: Duration = Duration::from_millis(100);

/// How the client behaves. The defaults suit real push services.
#[derive(Debug, Clone)]
pub struct TransportOptions {
    /// For a connection: resolving, TCP and TLS together.
    pub connect_timeout: Duration,
    /// For a request: waiting for a free place, connecting, sending, and the head of the answer.
    pub head_timeout: Duration,
    /// For the body of an answer that refuses: it says why. What has come by then is what counts.
    pub body_timeout: Duration,
    /// How long an unused connection is kept.
    pub idle_timeout: Duration,
    /// Requests to one origin at once. Over HTTP/1.1 this is the number of connections.
    pub concurrency_per_origin: usize,
    /// Bytes of an answer's body that are read; the rest is dropped with the connection.
    pub response_limit: usize,
    /// What is spoken.
    pub protocol: Protocol,
    /// Lets the connector reach 127.0.0.1 and ::1, for demonstrations and tests.
    pub allow_loopback: bool,
    /// Certificates trusted beside the system's, for a private push service or a test.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// When an origin's circuit opens.
    pub circuit: CircuitLimits,
}

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(2),
            idle_timeout: Duration::from_mins(1),
            concurrency_per_origin: 64,
            response_limit: 4 * 1_024,
            protocol: Protocol::Negotiated,
            allow_loopback: false,
            extra_roots: Vec::new(),
            circuit: CircuitLimits::default(),
        }
    }
}

/// What a transport speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/2 where the service offers it, else HTTP/1.1: for services of every kind.
    Negotiated,
    /// HTTP/2 from the first byte, over plaintext as well ("prior knowledge"), and never HTTP/1.1: for a service that is
    /// sent many small requests at once.
    Http2 {
        /// Connections per origin over which requests are spread. A single one is the work of a single task.
        connections: usize,
    },
}

/// The client cannot be built: the system has no usable root certificates, or an extra one is malformed.
#[derive(Debug, thiserror::Error)]
#[error("the TLS client cannot be set up")]
pub struct TransportSetupError(#[from] rustls::Error);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The address is not one that we connect to.
    #[error("the host has no address that may be connected to")]
    Forbidden,
    /// The origin has failed too often lately; nothing was sent.
    #[error("the origin's circuit is open for {:?}", .0.retry_after)]
    CircuitOpen(CircuitOpen),
    /// Nothing came in the time allowed.
    #[error("no answer in time")]
    Timeout,
    /// No connection.
    #[error("the connection failed")]
    Network(#[source] Box<dyn StdError + Send + Sync>),
    /// A connection that broke before the answer came.
    #[error("the connection broke")]
    Broken(#[source] Box<dyn StdError + Send + Sync>),
}

/// An answer, as much of it as was read.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body's beginning, at most `response_limit` bytes.
    pub body: Bytes,
}

struct Origin {
    places: Semaphore,
    circuit: Mutex<Circuit>,
    /// When it last sent the head of an answer.
    heard: Mutex<Option<Instant>>,
    /// Its connections, where HTTP/2 alone is spoken; else the client keeps them.
    multiplexed: Option<Multiplexed>,
}

/// The client. It is shared by all who send; cloning it is not needed.
pub struct Transport {
    connector: Connector,
    client: Client<Connector, Full<Bytes>>,
    origins: OriginMap<Arc<Origin>>,
    options: TransportOptions,
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Transport").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Transport {
    /// A client that resolves names through the system.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(options: TransportOptions) -> Result<Self, TransportSetupError> {
        Self::with_resolver(options, Arc::new(SystemResolver))
    }

    /// A client with a resolver of one's own.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn with_resolver(
        options: TransportOptions,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, TransportSetupError> {
        let connector = Connector::new(resolver, &options)?;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .timer(TokioTimer::new())
            .pool_idle_timeout(options.idle_timeout)
            .pool_max_idle_per_host(options.concurrency_per_origin)
            .build(connector.clone());
        Ok(Self { connector, client, origins: OriginMap::new(KEPT_ORIGINS), options })
    }

    /// Sends a POST and reads the answer. `origin` names whose limit and circuit the request falls under; any status
    /// is an answer, and one of 500 or above counts against the circuit. The head is the answer: a body that comes slowly or
    /// breaks off changes nothing.
    ///
    /// # Errors
    /// Why there is no answer; see [`TransportError`].
    pub async fn post(
        &self,
        origin: &str,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Reply, TransportError> {
        let began = Instant::now();
        let deadline = began + self.options.head_timeout;
        let origin = self.origin(origin);
        let place = timeout_at(deadline, origin.places.acquire()).await;
        // Nobody closes the semaphore, so the inner result is never an error.
        let Ok(_place) = place else { return Err(TransportError::Timeout) };
        let ticket =
            origin.circuit().admit(Instant::now().into_std()).map_err(TransportError::CircuitOpen)?;

        let post = Post { uri, headers, body };
        let answer = match timeout_at(deadline, self.head(&origin, post)).await {
            Ok(answer) => answer,
            Err(_) => {
                origin.multiplexed.iter().for_each(Multiplexed::suspect);
                Err(TransportError::Timeout)
            }
        };
        let now = Instant::now();
        if answer.is_ok() {
            origin.heard(now);
        }
        let healthy = match &answer {
            Ok((head, _)) => !head.status.is_server_error(),
            // Our own refusal says nothing about the service.
            Err(TransportError::Forbidden) => true,
            Err(_) => false,
        };
        if healthy {
            origin.circuit().succeeded(ticket);
        } else {
            let hangs = matches!(answer, Err(TransportError::Timeout)) && origin.is_silent_since(began);
            let together = if hangs { self.under_way(&origin) } else { 1 };
            origin.circuit().failed_with(ticket, together, now.into_std());
        }
        let (head, body) = answer?;
        let body = self.body(&head, body).await;
        Ok(Reply { status: head.status, headers: head.headers, body })
    }

    /// How many requests to this origin have no answer yet.
    fn under_way(&self, origin: &Origin) -> u32 {
        let taken = self.options.concurrency_per_origin.saturating_sub(origin.places.available_permits());
        u32::try_from(taken).unwrap_or(u32::MAX).max(1)
    }

    /// Sends a request; the head of its answer, and its body as far as that has not come yet.
    async fn head(&self, origin: &Origin, post: Post) -> Result<(Parts, Incomplete), TransportError> {
        if let Some(multiplexed) = &origin.multiplexed {
            let (head, body) = multiplexed.send(post).await?.into_parts();
            return Ok((head, Incomplete::Multiplexed(body)));
        }
        let mut request = Request::new(Full::new(post.body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = post.uri;
        *request.headers_mut() = post.headers;
        let response = self.client.request(request).await.map_err(classify)?;
        let (head, body) = response.into_parts();
        Ok((head, Incomplete::General(body)))
    }

    /// The beginning of an answer's body, as much of it as comes in time.
    async fn body(&self, head: &Parts, body: Incomplete) -> Bytes {
        if body.is_over() {
            return Bytes::new();
        }
        let patience = if head.status.is_success() { COURTESY } else { self.options.body_timeout };
        let limit = self.options.response_limit;
        let mut read = BytesMut::new();
        // Late or broken off: what was read is what there is.
        let _cut_short = match body {
            Incomplete::Multiplexed(body) => {
                timeout(patience, multiplexed::read(body, limit, &mut read)).await.is_err()
            }
            Incomplete::General(body) => {
                timeout(patience, read_general(body, limit, &mut read)).await.is_err()
            }
        };
        read.freeze()
    }

    fn origin(&self, name: &str) -> Arc<Origin> {
        self.origins.get_or_insert_with(name, || {
            Arc::new(Origin {
                places: Semaphore::new(self.options.concurrency_per_origin),
                circuit: Mutex::new(Circuit::new(self.options.circuit)),
                heard: Mutex::default(),
                multiplexed: self.multiplexed(),
            })
        })
    }

    fn multiplexed(&self) -> Option<Multiplexed> {
        match self.options.protocol {
            Protocol::Negotiated => None,
            Protocol::Http2 { connections } => {
                Some(Multiplexed::new(self.connector.clone(), connections, self.options.idle_timeout))
            }
        }
    }
}

impl Origin {
    fn heard(&self, now: Instant) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    fn is_silent_since(&self, moment: Instant) -> bool {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).is_none_or(|heard| heard < moment)
    }

    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of an answer whose head has come.
enum Incomplete {
    General(Incoming),
    Multiplexed(RecvStream),
}

impl Incomplete {
    fn is_over(&self) -> bool {
        match self {
            Self::General(body) => body.is_end_stream(),
            Self::Multiplexed(body) => body.is_end_stream(),
        }
    }
}

/// Reads until the body ends, breaks off or fills the limit.
async fn read_general(mut body: Incoming, limit: usize, read: &mut BytesMut) {
    while let Some(Ok(frame)) = body.frame().await {
        let Ok(data) = frame.into_data() else { continue };
        let room = limit.saturating_sub(read.len());
        read.extend_from_slice(data.get(..room).unwrap_or(&data));
        if data.len() >= room {
            break;
        }
    }
}

fn classify(error: ClientError) -> TransportError {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
    while let Some(current) = cause {
        match current.downcast_ref::<ConnectError>() {
            Some(ConnectError::Forbidden) => return TransportError::Forbidden,
            Some(ConnectError::Timeout) => return TransportError::Timeout,
            _ => cause = current.source(),
        }
    }
    if error.is_connect() {
        TransportError::Network(error.into())
    } else {
        TransportError::Broken(error.into())
    }
}
