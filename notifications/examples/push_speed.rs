//! How fast messages are sealed and sent, and where the time goes.
//!
//! `cargo run --release -p notifications --example push_speed [seal] [web-push] [http1] [http2]`
//!
//! `seal` compares sealing with the two elliptic-curve operations that it cannot do without. The others send to a
//! service in the same process that only counts, so its share of the two cores is in the figures.

use std::convert::Infallible;
use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, PrivateKey, UnparsedPublicKey, agree};
use bytes::Bytes;
use chrono::DateTime;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use notifications::channel::endpoint::{Endpoint, EndpointPolicy};
use notifications::channel::transport::{Protocol, Transport, TransportOptions};
use notifications::channel::web_push::encrypt::{
    EphemeralSource as _, PaddedLength, SystemEphemeral, encrypt,
};
use notifications::channel::web_push::keys::{ReceiverKeys, SubscriptionKeys};
use notifications::channel::web_push::vapid::{Contact, VapidKeys, VapidSigner};
use notifications::channel::web_push::{TopicKey, Urgency, WebPush, WebPushMessage};
use notifications::channel::{Channel as _, Outcome};
use tokio::task::JoinSet;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

const MESSAGES: usize = 40_000;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), AnyError> {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let wants = |name: &str| chosen.is_empty() || chosen.iter().any(|choice| choice == name);
    if wants("seal") {
        seal()?;
    }
    if wants("web-push") {
        for senders in [32, 64] {
            web_push(senders).await?;
        }
    }
    if wants("http1") {
        plain(
            "http1, 64 at once",
            64,
            1_603,
            TransportOptions { allow_loopback: true, ..TransportOptions::default() },
        )
        .await?;
    }
    if wants("http2") {
        for connections in [1, 2, 4] {
            let options = TransportOptions {
                allow_loopback: true,
                protocol: Protocol::Http2 { connections },
                concurrency_per_origin: 400,
                ..TransportOptions::default()
            };
            plain(&format!("http2, {connections} connections, 400 at once"), 400, 250, options).await?;
        }
    }
    Ok(())
}

fn seal() -> Result<(), AnyError> {
    let receiver = ReceiverKeys::generate()?;
    let keys = SubscriptionKeys::parse(&receiver.p256dh(), &receiver.auth_base64url())?;
    let parsed = ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, keys.point()))?;
    let own = PrivateKey::generate(&ECDH_P256)?;
    let failed = || "the library failed";
    // The best of many short rounds: other work on the machine only ever makes a round slower.
    let best = |name: &str, work: &dyn Fn() -> Result<(), AnyError>| -> Result<(), AnyError> {
        let mut fastest = Duration::MAX;
        for _ in 0..400 {
            let start = Instant::now();
            for _ in 0..10 {
                work()?;
            }
            fastest = fastest.min(start.elapsed() / 10);
        }
        println!("{name:<44} {:>8.2} µs", fastest.as_secs_f64() * 1e6);
        Ok(())
    };
    best("new key pair", &|| {
        black_box(PrivateKey::generate(&ECDH_P256).map_err(|_| failed())?);
        Ok(())
    })?;
    best("agreement", &|| {
        agree(&own, parsed.clone(), failed(), |secret| Ok(black_box(secret.first().copied())))?;
        Ok(())
    })?;
    best("reading and checking a subscription's keys", &|| {
        black_box(SubscriptionKeys::from_bytes(*keys.point(), *keys.auth())?);
        Ok(())
    })?;
    best("both, with random salt (lower bound)", &|| {
        let ephemeral = SystemEphemeral.next().map_err(|_| failed())?;
        agree(&ephemeral.private_key, parsed.clone(), failed(), |secret| {
            Ok(black_box(secret.first().copied()))
        })?;
        Ok(())
    })?;
    best("sealing a message whole", &|| {
        let ephemeral = SystemEphemeral.next().map_err(|_| failed())?;
        black_box(encrypt(&[b'x'; 300], &keys, PaddedLength::STANDARD, &ephemeral)?);
        Ok(())
    })
}

async fn web_push(senders: usize) -> Result<(), AnyError> {
    let (address, _service) = start_service().await?;
    let (keys, _) = VapidKeys::generate()?;
    let signer = VapidSigner::new(Arc::new(keys), Contact::parse("mailto:push@example.org")?);
    let options = TransportOptions {
        allow_loopback: true,
        concurrency_per_origin: senders,
        ..TransportOptions::default()
    };
    let channel = WebPush::new(
        Arc::new(Transport::new(options)?),
        signer,
        SystemEphemeral,
        Arc::new(|| DateTime::UNIX_EPOCH),
    );
    let receiver = ReceiverKeys::generate()?;
    let (point, auth) = (receiver.p256dh(), receiver.auth_base64url());
    let topic_key = TopicKey::new(&[1; 32]);
    let (channel, point, auth, topic_key) =
        (Arc::new(channel), Arc::new(point), Arc::new(auth), Arc::new(topic_key));
    measure(&format!("web push, {senders} at once"), senders, move |number| {
        let (channel, point, auth, topic_key) =
            (Arc::clone(&channel), Arc::clone(&point), Arc::clone(&auth), Arc::clone(&topic_key));
        async move {
            // As a dispatcher does for every row: endpoint, keys and topic are read each time.
            let policy = EndpointPolicy::standard().with_loopback(true);
            let endpoint = Endpoint::parse(&format!("http://{address}/push/{number}"), &policy)?;
            let keys = SubscriptionKeys::parse(&point, &auth)?;
            let topic = topic_key.tag(uuid::Uuid::nil(), uuid::Uuid::from_u128(number as u128));
            let message = WebPushMessage {
                endpoint: &endpoint,
                keys: &keys,
                payload: &[b'x'; 300],
                fallback_payload: None,
                time_to_live: Duration::from_hours(1),
                urgency: Urgency::Normal,
                topic: &topic,
            };
            match channel.send(message).await {
                Outcome::Delivered => Ok(()),
                other => Err(format!("{other:?}").into()),
            }
        }
    })
    .await
}

async fn plain(name: &str, senders: usize, length: usize, options: TransportOptions) -> Result<(), AnyError> {
    let (address, _service) = start_service().await?;
    let transport = Arc::new(Transport::new(options)?);
    let body = Bytes::from(vec![b'x'; length]);
    let uri: http::Uri = format!("http://{address}/v1/projects/example/messages:send").parse()?;
    let origin: Arc<str> = format!("http://{address}").into();
    measure(name, senders, move |_| {
        let (transport, body, uri, origin) =
            (Arc::clone(&transport), body.clone(), uri.clone(), Arc::clone(&origin));
        async move {
            let mut headers = HeaderMap::with_capacity(4);
            headers.insert("authorization", HeaderValue::from_static("Bearer example"));
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            transport.post(&origin, uri, headers, body).await?;
            Ok(())
        }
    })
    .await
}

async fn measure<F>(
    name: &str,
    senders: usize,
    send: impl Fn(usize) -> F + Clone + Send + 'static,
) -> Result<(), AnyError>
where
    F: Future<Output = Result<(), AnyError>> + Send + 'static,
{
    let next = Arc::new(AtomicUsize::new(0));
    let (start, used) = (Instant::now(), processor_time());
    let mut tasks = JoinSet::new();
    for _ in 0..senders {
        let (next, send) = (Arc::clone(&next), send.clone());
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= MESSAGES {
                    return Ok::<_, AnyError>(());
                }
                send(number).await?;
            }
        });
    }
    while let Some(finished) = tasks.join_next().await {
        finished??;
    }
    let rate = MESSAGES as f64 / start.elapsed().as_secs_f64();
    let per_message = (processor_time() - used).as_secs_f64() * 1e6 / MESSAGES as f64;
    println!("{name:<44} {rate:>8.0} a second, {per_message:.1} µs of processor time each, service included");
    Ok(())
}

/// The processor time of this process, from /proc (in hundredths of a second); zero elsewhere.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<u64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    let ticks = fields.get(11).copied().unwrap_or(0) + fields.get(12).copied().unwrap_or(0);
    Duration::from_millis(ticks * 10)
}

async fn start_service() -> Result<(SocketAddr, JoinSet<()>), AnyError> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            connections.spawn(async move {
                let service = service_fn(|request: Request<Incoming>| async move {
                    let _ = request.into_body().collect().await;
                    let mut response = Response::new(Empty::<Bytes>::new());
                    *response.status_mut() = StatusCode::CREATED;
                    Ok::<_, Infallible>(response)
                });
                let mut builder = auto::Builder::new(TokioExecutor::new());
                builder.http2().max_concurrent_streams(1_000);
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok((address, tasks))
}
