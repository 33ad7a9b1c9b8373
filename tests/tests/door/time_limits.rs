//! Bodies that drip, bodies that are honestly slow, and handlers that take too long.

use super::{FOREVER, House, assert_problem, rest, short};
use muwakaba::limits::Limits;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{interval, timeout},
};

/// A JSON body of this many bytes, and the head before it.
fn request(length: usize) -> (String, Vec<u8>) {
    let body = format!("{{\"text\":\"{}\"}}", "a".repeat(length - 11));
    let head = format!(
        "POST /test/body HTTP/1.1\r\nhost: door\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    (head, body.into_bytes())
}

/// Sends the body in pieces of this size, one every 20 ms, until it is sent or something is answered.
async fn trickle(stream: &mut TcpStream, body: &[u8], piece: usize) -> String {
    let (mut reading, mut writing) = stream.split();
    let mut ticks = interval(Duration::from_millis(20));
    let mut answer = Vec::new();
    let send = async {
        for piece in body.chunks(piece) {
            ticks.tick().await;
            if writing.write_all(piece).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = send => {}
        ended = timeout(FOREVER, reading.read_to_end(&mut answer)) => {
            let _ = ended.expect("an answer");
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_drip_is_given_up() {
    let house = House::with(short()).await;
    let (head, body) = request(4_000);
    let mut stream = house.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    // 50 bytes a second, where 400 are asked for.
    assert_problem(&trickle(&mut stream, &body, 1).await, "408", "too_slow");
}

#[tokio::test]
async fn a_body_that_stops_is_given_up() {
    let house = House::with(short()).await;
    let (head, body) = request(4_000);
    let mut stream = house.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    // What came fast at first earns no long pause.
    stream.write_all(&body[..3_000]).await.unwrap();
    assert_problem(&rest(&mut stream).await, "408", "too_slow");
}

#[tokio::test]
async fn an_honest_slow_body_gets_in() {
    // Longer than the grace and longer than a handler may take, but at the rate of honest 2G.
    let house = House::with(Limits { body_rate: 1_000, ..short() }).await;
    let (head, body) = request(2_000);
    let mut stream = house.connect().await;
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = trickle(&mut stream, &body, 50).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_handler_that_never_ends_is_given_up() {
    let house = House::with(short()).await;
    let answer = house.ask("GET", "/test/never", "").await;
    assert_problem(&answer, "503", "unavailable");
    assert!(answer.contains("retry-after: "), "{answer}");
}

#[tokio::test]
async fn who_does_not_take_the_answer_is_hung_up_on() {
    let house =
        House::with(Limits { exchange: Duration::from_millis(200), handling: FOREVER, ..Limits::default() })
            .await;
    assert_eq!(house.ask("GET", "/test/never", "").await, "");
}
