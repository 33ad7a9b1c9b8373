//! A push service that remembers: for every message, whose subscription it came for and what its tag was. It listens on
//! loopback, in the process that survives, and answers 201 to everything (RFC 8030 section 5).
//!
//! A message counts as arrived once it has been read whole, before it is answered: whether the sender lives to read the
//! answer is what this is about.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Failure;

/// The tags of the messages that arrived for each subscription, in the order in which they came.
pub type Arrivals = HashMap<String, Vec<String>>;

/// The running push service.
pub struct Receiver {
    /// Its base URL.
    pub url: String,
    book: Arc<Book>,
    reached: watch::Receiver<usize>,
    /// Ends with this value.
    _connections: JoinSet<()>,
}

struct Book {
    arrivals: Mutex<Arrivals>,
    /// How many subscriptions have had a message.
    reached: watch::Sender<usize>,
}

impl Receiver {
    /// Starts listening on a port of its own.
    pub async fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (sender, reached) = watch::channel(0);
        let book = Arc::new(Book { arrivals: Mutex::default(), reached: sender });
        let mut connections = JoinSet::new();
        connections.spawn(listen(listener, Arc::clone(&book)));
        Ok(Self { url, book, reached, _connections: connections })
    }

    /// How many subscriptions have had a message.
    pub fn reached(&self) -> usize {
        *self.reached.borrow()
    }

    /// Waits until so many subscriptions have had one.
    pub async fn wait_for(&self, many: usize) -> Result<(), Failure> {
        self.reached.clone().wait_for(|reached| *reached >= many).await?;
        Ok(())
    }

    /// Everything that arrived so far.
    pub fn arrivals(&self) -> Arrivals {
        self.book.arrivals().clone()
    }
}

impl Book {
    fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, subscription: &str, tag: &str) {
        let mut arrivals = self.arrivals();
        arrivals.entry(subscription.to_owned()).or_default().push(tag.to_owned());
        let many = arrivals.len();
        drop(arrivals);
        // Two that come at once may get here in the other order; the number never falls.
        self.reached.send_if_modified(|reached| {
            let more = many > *reached;
            *reached = many.max(*reached);
            more
        });
    }
}

async fn listen(listener: TcpListener, book: Arc<Book>) {
    let mut connections = JoinSet::new();
    loop {
        // A connection that its sender gave up before it was taken is nothing to stop for.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let book = Arc::clone(&book);
        connections.spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&book)));
            // Senders are killed here on purpose, so connections break.
            let _broken_off = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(request: Request<Incoming>, book: Arc<Book>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let tag = head.headers.get("topic").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = Response::new(Full::default());
    *response.status_mut() = match body.collect().await {
        Ok(_) => {
            book.note(head.uri.path(), tag);
            StatusCode::CREATED
        }
        Err(_) => StatusCode::BAD_REQUEST,
    };
    Ok(response)
}
