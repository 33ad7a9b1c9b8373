//! The accept loop.

use super::{
    activity::{Activity, Watched},
    answer::{Holds, RunningBody},
    memory::Memory,
    places::Places,
};
use crate::{
    constant::Shared,
    limits::{CONNECTION_WINDOW, Limits, PART, PART_OF_STREAM, READ_AHEAD, STREAM_WINDOW},
    proxies::Proxies,
};
use axum::{
    Router,
    body::{Body, HttpBody as _},
    http::{Request, Response, Version},
};
use contract::{Problem, ProblemCode};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use kernel::door::Introduction;
use kernel::door::Source;
use std::{future::poll_fn, io, net::SocketAddr, pin::pin, sync::Arc, task::Poll, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

/// How long to wait before accepting again after the system refused, as when it has no file descriptors left.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// A listening socket and how to treat those who come.
pub struct Listener {
    /// The socket.
    pub socket: TcpListener,
    /// The limits.
    pub limits: Arc<Limits>,
    /// The proxies in front of the service.
    pub proxies: Arc<Proxies>,
}

struct Served {
    memory: Memory,
    router: Router,
    limits: Arc<Limits>,
    proxies: Arc<Proxies>,
    stop: CancellationToken,
}

/// Accepts and serves connections until `stop` is cancelled. Then it accepts no more, lets running requests finish for as
/// long as the limits allow, and cuts off what is left.
pub async fn accept(listener: Listener, router: Router, stop: CancellationToken) {
    let Listener { socket, limits, proxies } = listener;
    let (places, connections, cut) = (Places::default(), TaskTracker::new(), CancellationToken::new());
    let served = Arc::new(Served {
        memory: Memory::default(),
        router,
        limits: limits.clone(),
        proxies,
        stop: stop.clone(),
    });
    while let Some(accepted) = stop.run_until_cancelled(socket.accept()).await {
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                refused_by_system(&error).await;
                continue;
            }
        };
        let source = peer.ip().to_canonical();
        let counted = (!served.proxies.is_trusted(source)).then_some(source);
        let Some(place) = places.take(counted, &limits) else {
            turn_away(&stream);
            continue;
        };
        let (served, cut) = (served.clone(), cut.clone());
        connections.spawn(async move {
            cut.run_until_cancelled(serve(stream, peer, &served)).await;
            drop(place);
        });
    }
    drop(socket);
    connections.close();
    if tokio::time::timeout(limits.shutdown, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "cut off what would not finish");
        cut.cancel();
        connections.wait().await;
    }
}

async fn refused_by_system(error: &io::Error) {
    // Whoever hung up before being accepted is no trouble of ours.
    let is_theirs = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    );
    if !is_theirs {
        tracing::error!(%error, "cannot accept connections");
        tokio::time::sleep(AFTER_REFUSAL).await;
    }
}

/// Says that there is no place, as far as that can be done without waiting for a caller who may not listen.
fn turn_away(stream: &TcpStream) {
    ::metrics::counter!("muwakaba_connections_refused_total").increment(1);
    let body = serde_json::to_string(&Problem::new(ProblemCode::Unavailable)).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         retry-after: 1\r\ncache-control: no-store, no-transform\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.try_write(answer.as_bytes());
}

async fn serve(stream: TcpStream, peer: SocketAddr, served: &Served) {
    let limits = &*served.limits;
    // Answers are written whole; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let activity = Activity::new(Instant::now());
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // Time-outs of heads and unused connections are watched below, for both versions alike.
    // The library's own `Date` goes by a clock that it asks once a second and never sets back; ours is set by a layer.
    builder
        .http1()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(READ_AHEAD);
    builder
        .http2()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(u32::try_from(READ_AHEAD).unwrap_or(u32::MAX));
    let introduction = Introduction::due(limits.streams, limits.streams_of_strangers);
    let service = service_fn(|request: Request<Incoming>| {
        let running = activity.begin();
        let part = if request.version() == Version::HTTP_2 { PART_OF_STREAM } else { PART };
        let source = Source(served.proxies.source(peer.ip(), request.headers()));
        let memory = served.memory.take(source.0, head_size(&request), limits.memory_per_source);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(source);
        request.extensions_mut().insert(introduction.clone());
        let (router, turns, most) = (served.router.clone(), introduction.clone(), limits.memory_per_source);
        async move {
            let Some(mut memory) = memory else { return Err(no_memory()) };
            let Some(turn) = turns.turn().await else { return Err(no_memory()) };
            let answer = match router.oneshot(request).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            };
            if !memory.grow(own_size(&answer), most) {
                return Err(no_memory());
            }
            let holds = Holds { running, _memory: memory, _turn: turn };
            Ok(answer.map(|body| RunningBody::new(body, part, holds)))
        }
    });
    let io = Watched::new(TokioIo::new(stream), activity.clone());
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut stop = pin!(served.stop.cancelled());
    let mut stopping = false;
    let mut alarm = pin!(sleep_until(activity.deadline(limits)));
    poll_fn(|context| {
        if !stopping && stop.as_mut().poll(context).is_ready() {
            stopping = true;
            connection.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(ended) = connection.as_mut().poll(context) {
            if let Err(error) = ended {
                tracing::debug!(%error, "connection ended early");
            }
            return Poll::Ready(());
        }
        let deadline = activity.deadline(limits);
        if alarm.deadline() != deadline {
            alarm.as_mut().reset(deadline);
        }
        if alarm.as_mut().poll(context).is_ready() {
            ::metrics::counter!("muwakaba_connections_timed_out_total").increment(1);
            activity.give_up();
            return Poll::Ready(());
        }
        Poll::Pending
    })
    .await;
}

/// The source has as much of our memory as it may have; it gets no answer.
#[derive(Debug, thiserror::Error)]
#[error("one source has too many requests that are not answered yet")]
struct NoMemory;

fn no_memory() -> NoMemory {
    ::metrics::counter!("muwakaba_requests_without_memory_total").increment(1);
    NoMemory
}

fn head_size(request: &Request<Incoming>) -> usize {
    let address = request.uri().path_and_query().map_or(0, |text| text.as_str().len());
    request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() + address
}

/// What an answer takes of our memory beside its head. What all answers share is nobody's.
fn own_size(answer: &Response<Body>) -> usize {
    if answer.extensions().get::<Shared>().is_some() {
        return 0;
    }
    let hint = answer.body().size_hint();
    usize::try_from(hint.upper().unwrap_or_else(|| hint.lower())).unwrap_or(usize::MAX)
}
