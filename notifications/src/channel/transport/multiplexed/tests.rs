//! Against a service that speaks HTTP/2 itself (`h2`), since a well-behaved server library does none of this on demand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::server::{Connection, SendResponse};
use http::{HeaderMap, Response, StatusCode};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::channel::transport::{Protocol, Reply, Transport, TransportError, TransportOptions};

/// What the service does with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// It answers.
    Answers,
    /// It answers, and lets that be the last on this connection.
    AnswersAndLeaves,
    /// It refuses what is too long by its head alone, and takes no more of it.
    AnswersTheHead,
    /// It says that it has not looked at the request.
    Refuses,
    /// It breaks off in the middle.
    BreaksOff,
    /// It does nothing.
    IsSilent,
}

struct Service {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    /// Serves for as long as the service is kept.
    _tasks: JoinSet<()>,
}

impl Service {
    /// A service that treats its first connection in the first manner, the second in the second, and every further one in
    /// the last.
    async fn start(manners: &'static [Manner]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted, arrived) = (Arc::clone(&connections), Arc::clone(&requests));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut served = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let number = counted.fetch_add(1, Ordering::SeqCst);
                let manner = *manners.get(number).or(manners.last()).unwrap();
                served.spawn(serve(stream, manner, Arc::clone(&arrived)));
            }
        });
        Self { address, connections, requests, _tasks: tasks }
    }

    async fn post(&self, transport: &Transport) -> Result<Reply, TransportError> {
        self.post_body(transport, Bytes::from_static(b"body")).await
    }

    async fn post_body(&self, transport: &Transport, body: Bytes) -> Result<Reply, TransportError> {
        let uri = format!("http://{}/messages", self.address).parse().unwrap();
        transport.post("service", uri, HeaderMap::new(), body).await
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(stream: TcpStream, manner: Manner, arrived: Arc<AtomicUsize>) {
    let mut connection: Connection<TcpStream, Bytes> = h2::server::handshake(stream).await.unwrap();
    let mut unanswered: Vec<SendResponse<Bytes>> = Vec::new();
    while let Some(Ok((_request, mut respond))) = connection.accept().await {
        arrived.fetch_add(1, Ordering::SeqCst);
        match manner {
            Manner::Answers | Manner::AnswersAndLeaves => {
                let mut body = respond.send_response(Response::new(()), false).unwrap();
                body.send_data(Bytes::from_static(b"taken"), true).unwrap();
                if manner == Manner::AnswersAndLeaves {
                    connection.graceful_shutdown();
                }
            }
            Manner::AnswersTheHead => {
                let mut answer = Response::new(());
                *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
                respond.send_response(answer, true).unwrap();
            }
            Manner::Refuses => respond.send_reset(Reason::REFUSED_STREAM),
            Manner::BreaksOff => respond.send_reset(Reason::INTERNAL_ERROR),
            Manner::IsSilent => unanswered.push(respond),
        }
    }
}

fn transport() -> Transport {
    with(TransportOptions::default())
}

fn with(options: TransportOptions) -> Transport {
    let protocol = Protocol::Http2 { connections: 1 };
    Transport::new(TransportOptions { protocol, allow_loopback: true, ..options }).unwrap()
}

#[tokio::test]
async fn everybody_shares_one_connection() {
    let service = Arc::new(Service::start(&[Manner::Answers]).await);
    let transport = Arc::new(transport());
    let mut senders = JoinSet::new();
    for _ in 0..200 {
        let (service, transport) = (Arc::clone(&service), Arc::clone(&transport));
        senders.spawn(async move { service.post(&transport).await.unwrap() });
    }
    for reply in senders.join_all().await {
        assert_eq!((reply.status, &*reply.body), (StatusCode::OK, &b"taken"[..]));
    }
    assert_eq!((service.connections(), service.requests()), (1, 200));
}

#[tokio::test]
async fn a_service_that_leaves_in_good_order_is_called_again() {
    let service = Service::start(&[Manner::AnswersAndLeaves]).await;
    let transport = transport();
    for _ in 0..5 {
        assert_eq!(service.post(&transport).await.unwrap().status, StatusCode::OK);
    }
    assert!(service.connections() > 1);
}

#[tokio::test]
async fn an_answer_counts_although_the_body_was_not_taken() {
    let service = Service::start(&[Manner::AnswersTheHead]).await;
    // Longer than the service lets us send before it has read some of it.
    let body = Bytes::from(vec![0; 300_000]);
    let transport = transport();
    for _ in 0..3 {
        let reply = service.post_body(&transport, body.clone()).await.unwrap();
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
    assert_eq!(service.requests(), 3);
}

#[tokio::test]
async fn what_the_service_has_not_looked_at_is_sent_once_more() {
    let service = Service::start(&[Manner::Refuses, Manner::Answers]).await;
    assert_eq!(service.post(&transport()).await.unwrap().status, StatusCode::OK);
    assert_eq!((service.connections(), service.requests()), (2, 2));
}

#[tokio::test]
async fn it_is_not_sent_a_third_time() {
    let service = Service::start(&[Manner::Refuses]).await;
    let refused = service.post(&transport()).await;
    assert!(matches!(refused, Err(TransportError::Network(_))), "{refused:?}");
    assert_eq!(service.requests(), 2);
}

#[tokio::test]
async fn what_the_service_may_have_carried_out_is_not_repeated_here() {
    let service = Service::start(&[Manner::BreaksOff, Manner::Answers]).await;
    let broken = service.post(&transport()).await;
    assert!(matches!(broken, Err(TransportError::Broken(_))), "{broken:?}");
    assert_eq!(service.requests(), 1);
}

#[tokio::test]
async fn a_connection_that_lets_a_request_time_out_is_given_up() {
    let service = Service::start(&[Manner::IsSilent, Manner::Answers]).await;
    let options =
        TransportOptions { head_timeout: Duration::from_millis(200), ..TransportOptions::default() };
    let transport = with(options);
    let silent = service.post(&transport).await;
    assert!(matches!(silent, Err(TransportError::Timeout)), "{silent:?}");
    assert_eq!(service.post(&transport).await.unwrap().status, StatusCode::OK);
    assert_eq!(service.connections(), 2);
}

#[tokio::test]
async fn a_connection_nobody_used_for_too_long_is_not_trusted() {
    let service = Service::start(&[Manner::Answers]).await;
    let transport = with(TransportOptions { idle_timeout: Duration::ZERO, ..TransportOptions::default() });
    for _ in 0..3 {
        assert_eq!(service.post(&transport).await.unwrap().status, StatusCode::OK);
    }
    assert_eq!(service.connections(), 3);
}
