//! A push service for measurements: it takes whatever is posted to it, counts, and answers at once.
//!
//! Everything that `make bench` measures sends to this program, so that all have the same receiver. It speaks HTTP/1.1
//! and HTTP/2 with prior knowledge on one loopback port and uses one thread, which leaves the rest of the machine to
//! what is being measured. It looks at no header and decrypts nothing.
//!
//! | request | answer | stands for |
//! | --- | --- | --- |
//! | `POST /push/…` | 201, empty | a Web Push service (RFC 8030 section 5) |
//! | `POST /v1/projects/…/messages:send` | 200, a message name | FCM HTTP v1 |
//! | `POST /token` | 200, an access token | the OAuth 2 token endpoint of FCM's service accounts |
//! | `GET /count` | 200, `{"posts": n, "bytes": n}` | what arrived since the start, tokens not counted |
//!
//! `push_sink [ADDRESS]` listens on `127.0.0.1:0` unless told otherwise, prints its base URL as its only line, and runs
//! until it is stopped.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What has arrived since the start.
#[derive(Default)]
struct Arrived {
    posts: AtomicU64,
    bytes: AtomicU64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(&address).await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;

    let arrived = Arc::new(Arrived::default());
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let arrived = Arc::clone(&arrived);
        connections.spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&arrived)));
            // A sender that breaks off shows in the count; there is no one here to tell.
            let _broken_off = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(request: Request<Incoming>, arrived: Arc<Arrived>) -> hyper::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if head.method == Method::GET && path == "/count" {
        let (posts, bytes) = (arrived.posts.load(Ordering::Relaxed), arrived.bytes.load(Ordering::Relaxed));
        return Ok(json(format!(r#"{{"posts":{posts},"bytes":{bytes}}}"#)));
    }
    if head.method != Method::POST {
        return Ok(empty(StatusCode::NOT_FOUND));
    }
    let is_push = path.starts_with("/push/");
    let is_message = path.starts_with("/v1/projects/") && path.ends_with("/messages:send");
    let is_token = path == "/token";

    let length = body.collect().await?.to_bytes().len();
    if is_token {
        return Ok(json(r#"{"access_token":"measured","expires_in":3600,"token_type":"Bearer"}"#));
    }
    if !is_push && !is_message {
        return Ok(empty(StatusCode::NOT_FOUND));
    }
    arrived.posts.fetch_add(1, Ordering::Relaxed);
    arrived.bytes.fetch_add(length.try_into().unwrap_or(u64::MAX), Ordering::Relaxed);
    Ok(if is_push { empty(StatusCode::CREATED) } else { json(r#"{"name":"projects/p/messages/1"}"#) })
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

fn json(text: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(text.into()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
