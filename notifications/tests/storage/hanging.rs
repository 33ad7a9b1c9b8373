//! A push service that takes connections and never answers, beside one that works: the real channel, over loopback.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Tick};

use contract::time::Clock;
use contract::{ParticipantId, SystemIds};
use notifications::channel::endpoint::{Endpoint, EndpointPolicy};
use notifications::channel::transport::{Transport, TransportOptions};
use notifications::channel::web_push::WebPush;
use notifications::channel::web_push::encrypt::SystemEphemeral;
use notifications::channel::web_push::keys::{ReceiverKeys, SubscriptionKeys};
use notifications::channel::web_push::vapid::{Contact, VapidKeys, VapidSigner};
use notifications::device;
use notifications::dispatcher::{DispatcherSettings, PushCourier};
use notifications::outbox::Address;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::on_both_databases;
use crate::world::World;

on_both_databases!(nobody_waits_for_a_push_service_that_hangs);

/// When a message came to each path.
type Arrivals = Arc<Mutex<HashMap<String, Tick>>>;

struct Service {
    address: String,
    arrivals: Arrivals,
    news: Arc<Notify>,
    _tasks: JoinSet<()>,
}

impl Service {
    async fn start(answers: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (arrivals, news) = (Arrivals::default(), Arc::new(Notify::new()));
        let mut tasks = JoinSet::new();
        let shared = (Arc::clone(&arrivals), Arc::clone(&news));
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (arrivals, news) = shared.clone();
                connections.spawn(async move {
                    if answers {
                        serve(stream, &arrivals, &news).await;
                    } else {
                        std::future::pending::<()>().await;
                        drop(stream);
                    }
                });
            }
        });
        Self { address, arrivals, news, _tasks: tasks }
    }

    async fn wait_for(&self, many: usize) {
        loop {
            let mut change = std::pin::pin!(self.news.notified());
            change.as_mut().enable();
            if self.arrivals.lock().unwrap().len() >= many {
                return;
            }
            change.await;
        }
    }
}

/// Answers 201 to every request of a connection.
async fn serve(mut stream: TcpStream, arrivals: &Arrivals, news: &Notify) {
    let mut read = Vec::new();
    loop {
        let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
            if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
                return;
            }
            continue;
        };
        let text = String::from_utf8_lossy(&read[..head]).into_owned();
        let length = text
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
        let end = head + 4 + length.unwrap();
        while read.len() < end {
            if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
                return;
            }
        }
        read.drain(..end);
        let path = text.split(' ').nth(1).unwrap().to_owned();
        arrivals.lock().unwrap().insert(path, Tick::now());
        if stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").await.is_err() {
            return;
        }
        news.notify_waiters();
    }
}

fn courier(world: &World) -> PushCourier {
    let options = TransportOptions { allow_loopback: true, ..TransportOptions::default() };
    let (keys, _) = VapidKeys::generate().unwrap();
    let signer = VapidSigner::new(Arc::new(keys), Contact::parse("mailto:push@example.org").unwrap());
    let clock = world.clock.clone();
    let now = Arc::new(move || clock.now().to_chrono());
    let web_push = WebPush::new(Arc::new(Transport::new(options).unwrap()), signer, SystemEphemeral, now);
    PushCourier { web_push: Some((web_push, EndpointPolicy::standard().with_loopback(true))), fcm: None }
}

async fn reachable_at(world: &World, url: &str) -> ParticipantId {
    let person = world.person(true).await;
    let owner = world.session(person).await;
    let receiver = ReceiverKeys::generate().unwrap();
    let keys = SubscriptionKeys::parse(&receiver.p256dh(), &receiver.auth_base64url()).unwrap();
    let endpoint = Endpoint::parse(url, &EndpointPolicy::standard().with_loopback(true)).unwrap();
    let address = Address::web_push(&endpoint, &keys);
    let mut tx = world.db.write().await.unwrap();
    device::register(&mut tx, owner, &address, world.now(), &SystemIds).await.unwrap();
    tx.commit().await.unwrap();
    person
}

/// How late the messages to a sound service are, in the order of lateness, while so many wait for one that hangs.
async fn lateness(world: &World, hanging: usize) -> Vec<Duration> {
    const OTHERS: usize = 100;
    let (sound, hung) = (Service::start(true).await, Service::start(false).await);
    for number in 0..hanging {
        let person = reachable_at(world, &format!("{}/hung/{number}", hung.address)).await;
        world.due(person).await;
    }
    let mut people = Vec::new();
    for number in 0..OTHERS {
        people.push(reachable_at(world, &format!("{}/sound/{number}", sound.address)).await);
    }
    // One of them due now and then, behind what hangs.
    let dispatcher = world.dispatcher_on(world.db.clone(), courier(world), DispatcherSettings::default());
    let stop = CancellationToken::new();
    let run = TaskTracker::new().spawn(dispatcher.clone().run(stop.clone()));
    let mut late = Vec::new();
    for (number, person) in people.into_iter().enumerate() {
        let due = Tick::now();
        world.due(person).await;
        dispatcher.wake();
        let arrived = tokio::time::timeout(Duration::from_secs(25), sound.wait_for(number + 1)).await;
        assert!(arrived.is_ok(), "message {number} did not come");
        late.push(sound.arrivals.lock().unwrap()[&format!("/sound/{number}")].duration_since(due));
    }
    // It is stopped while the other service still hangs: what was put aside is given back at once.
    stop.cancel();
    drop(hung);
    run.await.unwrap();
    late.sort_unstable();
    late
}

async fn nobody_waits_for_a_push_service_that_hangs(world: &World) {
    let alone = lateness(world, 0).await;
    let beside = lateness(world, 300).await;
    let p99 = |late: &[Duration]| late[late.len() * 99 / 100];
    // On a machine that is busy with other things, nothing is quick.
    let allowed = Duration::from_secs(1).max(p99(&alone) * 5);
    assert!(p99(&beside) < allowed, "{:?} beside it, {:?} alone", p99(&beside), p99(&alone));
}
