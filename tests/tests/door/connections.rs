//! Connections that ask for nothing, and too many of them.

use super::{FOREVER, House, one_answer, rest, short};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use muwakaba::limits::Limits;
use std::time::{Duration, Instant};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};

const ALIVE: &str = "GET /healthz HTTP/1.1\r\nhost: door\r\n\r\n";

#[tokio::test]
async fn who_says_nothing_or_half_is_hung_up_on() {
    let house = House::with(Limits { idle: FOREVER * 9, ..short() }).await;
    for half in [
        "",
        "G",
        "GET /healthz HT",
        "GET /healthz HTTP/1.1\r\nhost: do",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let began = Instant::now();
        let answer = house.say(half).await;
        assert!(!answer.contains("200"), "{half:?}: {answer}");
        assert!(began.elapsed() >= Duration::from_millis(100), "{half:?} was given no time");
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_a_while_and_not_for_ever() {
    let house = House::with(short()).await;
    let mut stream = house.connect().await;
    for _ in 0..3 {
        stream.write_all(ALIVE.as_bytes()).await.unwrap();
        assert!(one_answer(&mut stream).await.starts_with("HTTP/1.1 204"));
    }
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn a_later_head_must_arrive_in_time_too() {
    let house = House::with(Limits { idle: FOREVER * 9, ..short() }).await;
    let mut stream = house.connect().await;
    stream.write_all(ALIVE.as_bytes()).await.unwrap();
    one_answer(&mut stream).await;
    stream.write_all(b"GET /healthz HT").await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn one_address_cannot_have_all_the_places() {
    let house = House::with(Limits { connections_per_source: 2, head: FOREVER, ..Limits::default() }).await;
    let (first, mut second) = (house.connect().await, house.connect().await);
    // The second is served, so the first has been counted.
    second.write_all(ALIVE.as_bytes()).await.unwrap();
    one_answer(&mut second).await;
    let refused = rest(&mut house.connect().await).await;
    super::assert_problem(&refused, "503", "unavailable");
    assert!(refused.contains("retry-after: 1"), "{refused}");
    drop(first);
    timeout(FOREVER, async { while !house.ask("GET", "/healthz", "").await.contains(" 204 ") {} })
        .await
        .expect("the place is given back");
}

#[tokio::test]
async fn http2_is_spoken_as_well() {
    let house = House::with(short()).await;
    let io = TokioIo::new(house.connect().await);
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let connection = tokio::task::spawn(connection);
    let request =
        http::Request::get("http://door/v1/appointments").body(Empty::<bytes::Bytes>::new()).unwrap();
    let answer = client.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(!answer.into_body().collect().await.unwrap().to_bytes().is_empty());
    // Nothing more is asked for: the service closes this one too, although the client keeps it open.
    let _ = timeout(FOREVER, connection).await.expect("the service hangs up");
}

#[tokio::test]
async fn stopping_waits_for_what_has_begun() {
    let mut house = House::with(Limits { shutdown: FOREVER, ..Limits::default() }).await;
    let mut waiting = house.connect().await;
    waiting.write_all(b"GET /test/wait HTTP/1.1\r\nhost: door\r\n\r\n").await.unwrap();
    house.begun.notified().await;
    let mut idle = house.connect().await;
    idle.write_all(ALIVE.as_bytes()).await.unwrap();
    one_answer(&mut idle).await;
    house.stop.cancel();
    assert_eq!(rest(&mut idle).await, "", "unused connections are closed at once");
    let closed = async { while TcpStream::connect(house.address).await.is_ok() {} };
    timeout(FOREVER, closed).await.expect("nobody new is let in");
    assert!(!house.served.is_finished());
    house.go_on.notify_one();
    assert!(rest(&mut waiting).await.starts_with("HTTP/1.1 204"));
    timeout(FOREVER, &mut house.served).await.expect("it ends").unwrap();
}

#[tokio::test]
async fn stopping_does_not_wait_for_ever() {
    let mut house = House::with(Limits { shutdown: Duration::from_millis(100), ..Limits::default() }).await;
    let mut waiting = house.connect().await;
    waiting.write_all(b"GET /test/wait HTTP/1.1\r\nhost: door\r\n\r\n").await.unwrap();
    house.begun.notified().await;
    house.stop.cancel();
    assert_eq!(rest(&mut waiting).await, "");
    timeout(FOREVER, &mut house.served).await.expect("it ends").unwrap();
}
