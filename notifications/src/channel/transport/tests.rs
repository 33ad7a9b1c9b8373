use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode, Version};
use http_body_util::Full;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::resolve::{Resolve, Resolving};
use super::{Protocol, Reply, Transport, TransportError, TransportOptions};
use crate::channel::circuit::CircuitLimits;
use crate::channel::test_service::{TestService, status_only};

const AUTHORITY: &[u8] = include_bytes!("tests/authority.der");
const SERVICE: &[u8] = include_bytes!("tests/service.der");
const SERVICE_KEY: &[u8] = include_bytes!("tests/service-key.der");

/// Gives the same addresses for every name.
#[derive(Debug)]
struct Fixed(Vec<SocketAddr>);

impl Resolve for Fixed {
    fn resolve<'a>(&'a self, _: &'a str, _: u16) -> Resolving<'a> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

fn open() -> TransportOptions {
    TransportOptions { allow_loopback: true, ..TransportOptions::default() }
}

async fn post(transport: &Transport, url: &str) -> Result<Reply, TransportError> {
    transport.post("origin", url.parse().unwrap(), HeaderMap::new(), Bytes::from_static(b"body")).await
}

#[tokio::test]
async fn a_post_is_answered_and_its_connection_kept() {
    let service = TestService::answering(StatusCode::CREATED).await;
    let transport = Transport::new(open()).unwrap();
    for _ in 0..20 {
        let reply = post(&transport, &service.url("/x")).await.unwrap();
        assert_eq!(reply.status, StatusCode::CREATED);
    }
    assert_eq!(service.connections(), 1);
    assert!(service.seen().iter().all(|seen| seen.body == "body" && seen.version == Version::HTTP_11));
}

#[tokio::test]
async fn only_the_beginning_of_a_long_answer_is_read() {
    let service = TestService::start(|_| Some(Response::new(Full::new(vec![b'x'; 1 << 20].into())))).await;
    let transport = Transport::new(open()).unwrap();
    assert_eq!(post(&transport, &service.url("/")).await.unwrap().body.len(), 4_096);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut service = JoinSet::new();
    service.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"body") {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
        }
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";
        stream.write_all(head).await.unwrap();
        stream.write_all(&[b'x'; 5_000]).await.unwrap();
        std::future::pending::<()>().await;
    });
    let transport = Transport::new(open()).unwrap();
    assert_eq!(post(&transport, &url).await.unwrap().body.len(), 4_096);
}

/// Answers a request with this head and lets the body drip, a byte at a time, without end.
async fn dripping(status: &'static str) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut service = JoinSet::new();
    service.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"body") {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
        }
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: 1000\r\n\r\nx");
        stream.write_all(head.as_bytes()).await.unwrap();
        std::future::pending::<()>().await;
    });
    (url, service)
}

#[tokio::test]
async fn a_message_is_taken_with_the_head_of_the_answer() {
    for (status, number) in [("201 Created", 201), ("400 Bad Request", 400)] {
        let (url, _service) = dripping(status).await;
        let options = TransportOptions { body_timeout: Duration::from_millis(100), ..open() };
        let reply = post(&Transport::new(options).unwrap(), &url).await.unwrap();
        assert_eq!((reply.status.as_u16(), &reply.body[..]), (number, &b"x"[..]));
    }
}

#[tokio::test]
async fn time_outs_side_by_side_open_the_circuit_together() {
    let service = TestService::start(|_| None).await;
    let options = TransportOptions {
        head_timeout: Duration::from_millis(200),
        concurrency_per_origin: 8,
        circuit: CircuitLimits { failures_to_open: 15, ..CircuitLimits::default() },
        ..open()
    };
    let transport = Arc::new(Transport::new(options).unwrap());
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (transport, url) = (Arc::clone(&transport), service.url("/"));
        tasks.spawn(async move { post(&transport, &url).await });
    }
    // On a busy machine some may come so late that they meet the circuit.
    let is_refused = |one: &Result<Reply, TransportError>| {
        matches!(one, Err(TransportError::Timeout | TransportError::CircuitOpen(_)))
    };
    assert!(tasks.join_all().await.iter().all(is_refused));
    // Eight calls are no fifteen failures, but eight that hang beside one another are enough.
    let refused = post(&transport, &service.url("/")).await;
    assert!(matches!(refused, Err(TransportError::CircuitOpen(_))), "{refused:?}");
    assert!(service.seen().len() <= 8);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_a_journey() {
    let service = TestService::start(|seen| {
        assert_eq!(seen.path, "/first");
        let mut response = status_only(StatusCode::TEMPORARY_REDIRECT);
        response.headers_mut().insert("location", "/second".parse().unwrap());
        Some(response)
    })
    .await;
    let transport = Transport::new(open()).unwrap();
    assert_eq!(
        post(&transport, &service.url("/first")).await.unwrap().status,
        StatusCode::TEMPORARY_REDIRECT
    );
    assert_eq!(service.seen().len(), 1);
}

#[tokio::test]
async fn a_name_that_resolves_to_loopback_is_not_connected_to() {
    let service = TestService::answering(StatusCode::OK).await;
    let resolver = Arc::new(Fixed(vec![service.address]));
    let transport = Transport::with_resolver(TransportOptions::default(), resolver).unwrap();
    for host in ["localhost", "fcm.googleapis.com"] {
        for scheme in ["http", "https"] {
            let refused = post(&transport, &format!("{scheme}://{host}/x")).await;
            assert!(matches!(refused, Err(TransportError::Forbidden)), "{refused:?}");
        }
    }
    let refused = post(&transport, &service.url("/x")).await;
    assert!(matches!(refused, Err(TransportError::Forbidden)), "{refused:?}");
    assert_eq!(service.connections(), 0);
}

#[tokio::test]
async fn the_switch_opens_loopback_but_no_private_network() {
    let private = ["10.0.0.1:80", "192.168.0.1:80", "169.254.169.254:80", "[fd00::1]:80", "127.0.0.2:80"];
    let private: Vec<SocketAddr> = private.iter().map(|address| address.parse().unwrap()).collect();
    let service = TestService::answering(StatusCode::OK).await;

    let transport = Transport::with_resolver(open(), Arc::new(Fixed(private.clone()))).unwrap();
    let refused = post(&transport, "http://push.example.test/x").await;
    assert!(matches!(refused, Err(TransportError::Forbidden)), "{refused:?}");

    // Among several addresses the refused ones are passed over, without being tried.
    let mixed = [private, vec![service.address]].concat();
    let transport = Transport::with_resolver(open(), Arc::new(Fixed(mixed))).unwrap();
    assert_eq!(post(&transport, "http://push.example.test/x").await.unwrap().status, StatusCode::OK);
}

#[tokio::test]
async fn a_service_that_never_answers_costs_the_time_allowed() {
    let service = TestService::start(|_| None).await;
    let options = TransportOptions { head_timeout: Duration::from_millis(100), ..open() };
    let transport = Transport::new(options).unwrap();
    assert!(matches!(post(&transport, &service.url("/")).await, Err(TransportError::Timeout)));
}

#[tokio::test]
async fn a_place_that_does_not_come_free_is_waited_for_no_longer_than_that() {
    let service = TestService::answering(StatusCode::OK).await;
    let options =
        TransportOptions { head_timeout: Duration::from_millis(100), concurrency_per_origin: 1, ..open() };
    let transport = Transport::new(options).unwrap();
    let origin = transport.origin("origin");
    let taken = origin.places.acquire().await.unwrap();
    assert!(matches!(post(&transport, &service.url("/")).await, Err(TransportError::Timeout)));
    assert_eq!(service.connections(), 0);
    drop(taken);
    assert!(post(&transport, &service.url("/")).await.is_ok());
}

#[tokio::test]
async fn an_origin_never_has_more_requests_than_its_limit() {
    let service = TestService::answering(StatusCode::OK).await;
    let transport = Transport::new(TransportOptions { concurrency_per_origin: 3, ..open() }).unwrap();
    let transport = Arc::new(transport);
    let mut tasks = JoinSet::new();
    for _ in 0..60 {
        let (transport, url) = (Arc::clone(&transport), service.url("/"));
        tasks.spawn(async move { post(&transport, &url).await.unwrap().status });
    }
    assert!(tasks.join_all().await.iter().all(|status| *status == StatusCode::OK));
    assert!(service.most_at_once() <= 3, "{}", service.most_at_once());
    assert!(service.connections() <= 3, "{}", service.connections());
}

#[tokio::test]
async fn a_service_in_trouble_is_left_alone() {
    let service = TestService::answering(StatusCode::SERVICE_UNAVAILABLE).await;
    let circuit = CircuitLimits { failures_to_open: 4, ..CircuitLimits::default() };
    let transport = Transport::new(TransportOptions { circuit, ..open() }).unwrap();
    for _ in 0..4 {
        let reply = post(&transport, &service.url("/")).await.unwrap();
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    let refused = post(&transport, &service.url("/")).await;
    assert!(
        matches!(refused, Err(TransportError::CircuitOpen(open)) if open.retry_after <= circuit.shortest_pause)
    );
    assert_eq!(service.seen().len(), 4);
    // Another origin has its own circuit.
    let uri = service.url("/").parse().unwrap();
    assert!(transport.post("another", uri, HeaderMap::new(), Bytes::new()).await.is_ok());
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_network_error() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let transport = Transport::new(open()).unwrap();
    assert!(matches!(post(&transport, &url).await, Err(TransportError::Network(_))));
    let transport = Transport::with_resolver(open(), Arc::new(Fixed(Vec::new()))).unwrap();
    let unresolved = post(&transport, "http://push.example.test/").await;
    assert!(matches!(unresolved, Err(TransportError::Network(_))));
}

#[tokio::test]
async fn prior_knowledge_speaks_http_2_over_plaintext() {
    let service = TestService::answering(StatusCode::OK).await;
    let options = TransportOptions { protocol: Protocol::Http2 { connections: 2 }, ..open() };
    let transport = Transport::new(options).unwrap();
    for _ in 0..4 {
        assert!(post(&transport, &service.url("/")).await.is_ok());
    }
    assert_eq!(service.connections(), 2);
    assert!(service.seen().iter().all(|seen| seen.version == Version::HTTP_2));
}

async fn tls_service(protocols: &[&[u8]]) -> TestService {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(SERVICE)],
            PrivateKeyDer::try_from(SERVICE_KEY.to_vec()).unwrap(),
        )
        .unwrap();
    tls.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let answer = Box::new(|_: &_| Some(status_only(StatusCode::CREATED)));
    TestService::start_with(Some(TlsAcceptor::from(Arc::new(tls))), answer).await
}

#[tokio::test]
async fn tls_is_negotiated_with_the_better_protocol_and_a_checked_certificate() {
    let trusting =
        || TransportOptions { extra_roots: vec![CertificateDer::from(AUTHORITY.to_vec())], ..open() };
    for (protocols, version) in [
        (&[&b"h2"[..], b"http/1.1"][..], Version::HTTP_2),
        (&[b"http/1.1"], Version::HTTP_11),
        (&[], Version::HTTP_11),
    ] {
        let service = tls_service(protocols).await;
        let resolver = Arc::new(Fixed(vec![service.address]));
        let transport = Transport::with_resolver(trusting(), resolver.clone()).unwrap();
        for _ in 0..3 {
            let reply = post(&transport, "https://push.example.test/x").await.unwrap();
            assert_eq!(reply.status, StatusCode::CREATED);
        }
        assert_eq!(service.connections(), 1);
        assert!(service.seen().iter().all(|seen| seen.version == version));

        let wrong_name = post(&transport, "https://other.example.test/x").await;
        assert!(matches!(wrong_name, Err(TransportError::Network(_))), "{wrong_name:?}");
        let transport = Transport::with_resolver(open(), resolver).unwrap();
        let untrusted = post(&transport, "https://push.example.test/x").await;
        assert!(matches!(untrusted, Err(TransportError::Network(_))), "{untrusted:?}");
        assert_eq!(service.seen().len(), 3);
    }
}
