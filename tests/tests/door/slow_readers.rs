//! Answers that nobody takes are given up, over both versions of HTTP, and hold little memory until then.

use super::{FOREVER, HELD, House};
use bytes::Bytes;
use muwakaba::limits::Limits;
use std::{net::SocketAddr, sync::atomic::Ordering, time::Duration};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};

const READERS: usize = 200;
/// What all of them may cost this process, which holds both ends of every connection.
const BOUND: usize = 96 * 1_024 * 1_024;

fn impatient() -> Limits {
    Limits {
        body_grace: Duration::from_millis(300),
        answer_pause: Duration::from_millis(600),
        idle: FOREVER * 9,
        head: FOREVER * 9,
        connections_per_source: 2 * READERS + 8,
        ..Limits::default()
    }
}

/// What this process has in memory.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4_096
}

/// Asks for `path` over HTTP/1.1 and takes nothing; completes when the service hangs up.
async fn take_nothing(address: SocketAddr, path: &'static str) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: door\r\n\r\n").as_bytes()).await.unwrap();
    // Reading would be taking, so what tells that the other side is gone is that it cannot be written to.
    loop {
        match stream.try_write(b"\r\n") {
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return,
            _ => sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Asks eight times over HTTP/2 with windows of nothing; completes when the service hangs up. With `drip`, a byte may come now and
/// then.
async fn open_no_window(address: SocketAddr, path: &'static str, drip: bool) {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut builder = h2::client::Builder::new();
    let window = u32::from(drip);
    let (client, connection) =
        builder.initial_window_size(window).handshake::<_, Bytes>(stream).await.unwrap();
    let mut ended = tokio::task::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let mut answers = Vec::new();
    for _ in 0..8 {
        let request = http::Request::get(format!("http://door{path}")).body(()).unwrap();
        let (answer, _) = client.send_request(request, true).unwrap();
        answers.push(answer);
        client = client.ready().await.unwrap();
    }
    let mut bodies = Vec::new();
    for answer in answers {
        if let Ok(answer) = answer.await {
            bodies.push(answer.into_body());
        }
    }
    while drip && !ended.is_finished() {
        for body in &mut bodies {
            let _ = body.flow_control().release_capacity(1);
        }
        sleep(Duration::from_millis(50)).await;
    }
    let _ = (&mut ended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_hundred_readers_who_take_nothing_are_gone_in_time_and_cost_little() {
    let house = House::with(Limits { memory_per_source: usize::MAX, ..impatient() }).await;
    // What is made once is made before.
    house.ask("GET", "/openapi.json", "").await;
    let before = resident();
    let mut readers = JoinSet::new();
    for number in 0..READERS {
        readers.spawn(take_nothing(house.address, "/test/large"));
        let path = if number % 2 == 0 { "/openapi.json" } else { "/v1/appointments" };
        readers.spawn(open_no_window(house.address, path, number % 4 < 2));
    }
    let mut most = 0;
    let gone = async {
        while readers.join_next().await.is_some() {
            most = most.max(resident());
        }
    };
    timeout(FOREVER, gone).await.expect("nobody is served for ever who takes nothing");
    let cost = most.saturating_sub(before);
    assert!(cost < BOUND, "they cost {cost} bytes");
    assert!(house.ask("GET", "/healthz", "").await.starts_with("HTTP/1.1 204"), "others are served");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_source_holds_so_much_memory_and_no_more() {
    let limits = Limits { body_grace: FOREVER, answer_pause: FOREVER, ..impatient() };
    let most = limits.memory_per_source;
    let house = House::with(limits).await;
    let before = resident();
    // Each answer is a mebibyte of its own, and eight are asked for on each connection.
    let many = 4 * most / (8 * 1_024 * 1_024);
    let mut connections = Vec::new();
    let mut answered = 0;
    for _ in 0..many {
        let (some, connection) =
            timeout(FOREVER, answers_without_window(house.address)).await.expect("an answer or its refusal");
        answered += some;
        connections.push(connection);
    }
    assert!(answered <= most / (1_024 * 1_024), "{answered} answers of one source at once");
    let cost = resident().saturating_sub(before);
    assert!(cost < BOUND, "they cost {cost} bytes");
    drop(connections);
}

/// Asks eight times over HTTP/2 with windows of nothing; how many answers began, and what keeps them open.
async fn answers_without_window(address: SocketAddr) -> (usize, impl Drop) {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut builder = h2::client::Builder::new();
    let (client, connection) = builder.initial_window_size(0).handshake::<_, Bytes>(stream).await.unwrap();
    let mut running = JoinSet::new();
    running.spawn(async move { drop(connection.await) });
    let mut answers = Vec::new();
    let mut client = client;
    for _ in 0..8 {
        let Ok(ready) = client.clone().ready().await else { break };
        client = ready;
        let request = http::Request::get("http://door/test/own").body(()).unwrap();
        answers.extend(client.send_request(request, true).map(|(answer, _)| answer));
    }
    let mut bodies = Vec::new();
    for answer in answers {
        bodies.extend(answer.await.map(http::Response::into_body));
    }
    let began = bodies.len();
    running.spawn(async move {
        let _bodies = (bodies, client);
        std::future::pending::<()>().await;
    });
    (began, running)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_an_answer_slowly_gets_all_of_it() {
    let house = House::with(impatient()).await;
    let stream = TcpStream::connect(house.address).await.unwrap();
    let mut builder = h2::client::Builder::new();
    let (client, connection) =
        builder.initial_window_size(1_024).handshake::<_, Bytes>(stream).await.unwrap();
    tokio::task::spawn(connection);
    let request = http::Request::get("http://door/test/some").body(()).unwrap();
    let (answer, _) = client.ready().await.unwrap().send_request(request, true).unwrap();
    let mut body = answer.await.unwrap().into_body();
    let mut taken = 0;
    while let Some(data) = body.data().await {
        let length = data.expect("it is not cut off").len();
        taken += length;
        // About ten times the least rate.
        sleep(Duration::from_millis(100)).await;
        body.flow_control().release_capacity(length).unwrap();
    }
    assert_eq!(taken, 20_000);
}

/// Has `/test/hold` asked twelve times on one connection, after another request with this access token, if any. Waits until
/// so many as expected are being answered, and gives the number of those that are once no more are begun.
async fn held_at_once(house: &House, access_token: Option<&str>, expected: usize) -> usize {
    let before = HELD.load(Ordering::SeqCst);
    let stream = TcpStream::connect(house.address).await.unwrap();
    let (client, mut connection) = h2::client::handshake(stream).await.unwrap();
    let mut ping = connection.ping_pong().unwrap();
    let connected = tokio::task::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let mut answers = Vec::new();
    if let Some(token) = access_token {
        let me = http::Request::get("http://door/v1/me").header("authorization", format!("Bearer {token}"));
        let (answer, _): (_, h2::SendStream<Bytes>) =
            client.send_request(me.body(()).unwrap(), true).unwrap();
        assert_eq!(answer.await.unwrap().status(), 200);
        client = client.ready().await.unwrap();
    }
    for _ in 0..12 {
        let request = http::Request::get("http://door/test/hold").body(()).unwrap();
        answers.push(client.send_request(request, true).unwrap().0);
        client = client.ready().await.unwrap();
    }
    // What was sent before a ping has arrived when it is answered.
    while HELD.load(Ordering::SeqCst) - before < expected {
        ping.ping(h2::Ping::opaque()).await.unwrap();
    }
    for _ in 0..10 {
        ping.ping(h2::Ping::opaque()).await.unwrap();
    }
    let held = HELD.load(Ordering::SeqCst) - before;
    connected.abort();
    held
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_have_few_requests_answered_at_once() {
    let house = House::with(Limits { handling: FOREVER, ..impatient() }).await;
    let strangers = timeout(FOREVER, held_at_once(&house, None, 8)).await.expect("so many begin");
    assert_eq!(strangers, 8, "the next ones wait for their turn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_known_has_more_requests_answered_at_once() {
    let house = House::with(Limits { handling: FOREVER, ..impatient() }).await;
    let token = house.app.world.mentor.access_token.clone();
    let known = held_at_once(&house, Some(&token), 12);
    assert_eq!(timeout(FOREVER, known).await.expect("all of them begin"), 12);
}
