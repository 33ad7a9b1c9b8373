//! The service under test, listening on a loopback port of its own.

use crate::{Database, World, http::Request, ids::ClockIds};
use axum::Router;
use care::{App, push::PushSettings};
use contract::time::{Clock, Instant, ManualClock, Zones};
use db::{Faults, Statements};
use kernel::protect::{keys::KeyDirectory, random::SystemRandom};
use muwakaba::{
    assemble::{Foundations, assemble},
    limits::Limits,
    proxies::Proxies,
    serve::{Door, Listener, accept},
    service,
};
use reqwest::Method;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// When every test begins: a Monday morning in Casablanca, three weeks after the clocks were left alone for good.
pub const START: &str = "2026-11-23T10:00:00Z";

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
    let base_url = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, base_url)
}

/// Serves `routes` behind the service's own door.
pub(crate) fn serve(socket: TcpListener, routes: Router, limits: &Limits) -> JoinHandle<()> {
    let listener =
        Listener { socket, limits: Arc::new(limits.clone()), proxies: Arc::new(Proxies::default()) };
    tokio::task::spawn(accept(listener, routes, CancellationToken::new()))
}

/// A caller at another network address.
pub struct Elsewhere {
    base_url: String,
    client: reqwest::Client,
}

impl Elsewhere {
    /// A GET of this path.
    pub fn get(&self, path: &str) -> Request {
        Request::new(self.client.get(format!("{}{path}", self.base_url)))
    }

    /// A POST to this path.
    pub fn post(&self, path: &str) -> Request {
        Request::new(self.client.post(format!("{}{path}", self.base_url)))
    }
}

/// Another process of the same service on the same database, such as one before or after an update.
pub struct Sibling {
    base_url: String,
    client: reqwest::Client,
    server: JoinHandle<()>,
}

impl Sibling {
    /// A POST to this path.
    pub fn post(&self, path: &str) -> Request {
        Request::new(self.client.post(format!("{}{path}", self.base_url)))
    }
}

impl Drop for Sibling {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A running service.
pub struct TestApp {
    /// Its parts, for looking inside.
    pub app: App,
    /// Its clock.
    pub clock: ManualClock,
    /// Faults that its statements meet when armed.
    pub faults: Arc<Faults>,
    /// The statements that it ran.
    pub statements: Arc<Statements>,
    /// Its people.
    pub world: World,
    /// `http://127.0.0.1:PORT`.
    pub base_url: String,
    /// Its database.
    pub database: Database,
    client: reqwest::Client,
    server: JoinHandle<()>,
    _keys: TempDir,
}

impl TestApp {
    /// Starts the service on this database, with pushes to loopback allowed.
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, PushSettings { allow_loopback: true, ..PushSettings::default() }).await
    }

    /// Starts the service on this database with this way of pushing.
    pub async fn start_with(database: Database, push: PushSettings) -> Self {
        Self::start_on(database, push, ManualClock::new(START.parse::<Instant>().expect("an instant"))).await
    }

    /// The same on a clock that something else beside the service goes by as well.
    pub async fn start_on(database: Database, push: PushSettings, clock: ManualClock) -> Self {
        let faults = Arc::new(Faults::none());
        let statements = Arc::new(Statements::default());
        let keys = TempDir::new().expect("a temporary directory");
        let (listener, base_url) = listen().await;
        let app = assemble(Foundations {
            db: database.db.clone().with_faults(faults.clone()).with_record(statements.clone()),
            clock: Arc::new(clock.clone()),
            ids: Arc::new(ClockIds::new(clock.clone())),
            random: Arc::new(SystemRandom),
            zones: Arc::new(Zones::built_in()),
            keys: KeyDirectory::open(keys.path().join("keys")).expect("a key directory"),
            public_url: base_url.clone(),
            push,
        })
        .expect("the service starts");
        let world = World::settle(&app).await;
        let limits = Limits::default();
        let door = Door::new(&base_url, limits.clone(), true);
        let server = serve(listener, service::service(app.clone(), &door), &limits);
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { app, clock, faults, statements, world, base_url, database, client, server, _keys: keys }
    }

    /// Serves the same database through these parts as well.
    pub async fn restarted(&self, app: App) -> Sibling {
        let (listener, base_url) = listen().await;
        let limits = Limits::default();
        let door = Door::new(&base_url, limits.clone(), true);
        let server = serve(listener, service::service(app, &door), &limits);
        Sibling { base_url, client: self.client.clone(), server }
    }

    /// A caller at another of the loopback's addresses, 127.0.0.2 and so on.
    pub fn elsewhere(&self, number: u8) -> Elsewhere {
        let address = std::net::Ipv4Addr::new(127, 0, 0, number);
        let client = reqwest::Client::builder().no_proxy().local_address(std::net::IpAddr::from(address));
        Elsewhere { base_url: self.base_url.clone(), client: client.build().expect("a client") }
    }

    /// What time it is in the test.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// A GET of this path.
    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    /// A POST to this path.
    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    /// A PUT to this path.
    pub fn put(&self, path: &str) -> Request {
        self.request(Method::PUT, path)
    }

    /// A PATCH of this path.
    pub fn patch(&self, path: &str) -> Request {
        self.request(Method::PATCH, path)
    }

    /// A DELETE of this path.
    pub fn delete(&self, path: &str) -> Request {
        self.request(Method::DELETE, path)
    }

    /// A request of any method.
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request::new(self.client.request(method, format!("{}{path}", self.base_url)))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.server.abort();
    }
}
