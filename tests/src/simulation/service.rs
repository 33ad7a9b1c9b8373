//! The service in this process: its parts, its router, and a dispatcher whose courier is [`PushServices`].

use super::{Result, chance::SeededJitter, courier::PushServices};
use crate::{Answer, Database, SignedIn, app::START, ids::ClockIds};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use care::{App, push::PushSettings};
use chrono::TimeDelta;
use contract::{
    SessionId,
    time::{Clock, Instant, ManualClock, Zones},
};
use kernel::{
    agenda::{Kind, store},
    protect::{
        keys::{KeyDirectory, MasterKey, Purpose},
        random::SeededRandom,
    },
};
use muwakaba::{
    assemble::{Foundations, assemble},
    limits::Limits,
    serve::Door,
    service,
};
use notifications::{
    action_token::ActionKey,
    channel::web_push::TopicKey,
    dispatcher::{Counts, Dispatcher, DispatcherSettings, NotificationKeys, Surroundings, TellFeed},
    outbox,
};
use reqwest::Method;
use serde_json::Value;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tempfile::TempDir;
use tower::ServiceExt;

/// A fresh access token is asked for when the last one is so old.
const TOKEN_LASTS: TimeDelta = TimeDelta::minutes(9);
/// The longest answer.
const LONGEST: usize = 4 * 1_024 * 1_024;

/// The service.
pub struct Service {
    /// Its parts.
    pub app: App,
    /// Its clock.
    pub clock: ManualClock,
    /// Its zone data.
    pub zones: Arc<Zones>,
    /// What it sends to.
    pub push: PushServices,
    router: Router,
    dispatcher: Arc<Dispatcher<PushServices>>,
    tokens: HashMap<SessionId, (Instant, String)>,
    timers: Vec<Kind>,
    _keys: TempDir,
}

/// The version that a change is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is none that has a version.
    Nothing,
    /// Whatever there is.
    Any,
    /// This one.
    Version(i64),
}

impl Service {
    /// On this database, with all that is drawn from this seed.
    pub fn start(database: &Database, seed: u64) -> Self {
        let clock = ManualClock::new(START.parse().expect("an instant"));
        let keys = TempDir::new().expect("a temporary directory");
        let directory = || KeyDirectory::open(keys.path().join("keys")).expect("a key directory");
        let (random, zones) = (Arc::new(SeededRandom::deterministic(seed)), Arc::new(Zones::built_in()));
        let master = MasterKey::load_or_create(&directory(), &*random).expect("a master key");
        let run = u32::try_from(seed & 0xffff_ffff).unwrap_or(0);
        let ids = Arc::new(ClockIds::of_run(clock.clone(), run));
        let public_url = "https://muwakaba.example".to_owned();
        let app = assemble(Foundations {
            db: database.db.clone(),
            clock: Arc::new(clock.clone()),
            ids: ids.clone(),
            random,
            zones: zones.clone(),
            keys: directory(),
            public_url: public_url.clone(),
            push: PushSettings::default(),
        })
        .expect("the service starts");
        let push = PushServices::new(seed);
        let settings = DispatcherSettings {
            // One after the other, so that the order is the same each time; and nothing waits for company.
            lanes: 1,
            linger: Duration::from_secs(3_600),
            look_again: Duration::ZERO,
            ..DispatcherSettings::default()
        };
        let surroundings = Surroundings {
            db: database.db.clone(),
            clock: Arc::new(clock.clone()),
            ids,
            jitter: Arc::new(SeededJitter::of(seed)),
            zones: zones.clone(),
            escalation: Arc::new(TellFeed),
        };
        let derived = |purpose| master.derive(purpose).expect("a key");
        let notification_keys = NotificationKeys {
            topic: TopicKey::new(derived(Purpose::ReminderTopics).expose()),
            action: ActionKey::new(derived(Purpose::ActionTokens).expose()),
        };
        let dispatcher = Arc::new(Dispatcher::new(surroundings, notification_keys, push.clone(), settings));
        let door = Door::new(&public_url, Limits::default(), false);
        let router = service::service(app.clone(), &door);
        let timers = app.timers().map(|timer| timer.kind).collect();
        Self { app, clock, zones, push, router, dispatcher, tokens: HashMap::new(), timers, _keys: keys }
    }

    /// When the service has noted something to be done next: on the agenda, and in the outbox.
    pub async fn next(&self) -> Result<(Option<Instant>, Option<Instant>)> {
        let next = async {
            let mut tx = self.app.db.read().await?;
            Ok((store::next_ready(&mut tx, &self.timers).await?, outbox::next_ready(&mut tx).await?))
        };
        next.await.map_err(|error: db::Error| error.to_string())
    }

    /// Sends all that is due.
    pub async fn dispatch(&self) -> Result<Counts> {
        self.dispatcher.clone().run_until_idle().await.map_err(|error| error.to_string())
    }

    /// What the service answers to this person.
    pub async fn ask(
        &mut self,
        person: &SignedIn,
        method: Method,
        path: &str,
        seen: Seen,
        body: Option<&Value>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "muwakaba.example")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token(person)));
        request = match seen {
            Seen::Nothing => request,
            Seen::Any => request.header(header::IF_MATCH, "*"),
            Seen::Version(version) => request.header(header::IF_MATCH, format!("\"{version}\"")),
        };
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("a router never fails");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body(), LONGEST).await.expect("a whole answer").to_vec();
        Answer { status, headers, body }
    }

    fn token(&mut self, person: &SignedIn) -> String {
        let now = self.clock.now();
        let is_fresh = |issued: Instant| now.since(issued) < TOKEN_LASTS;
        if let Some((_, token)) = self.tokens.get(&person.session).filter(|(issued, _)| is_fresh(*issued)) {
            return token.clone();
        }
        let token = person.again(&self.app).access_token;
        self.tokens.insert(person.session, (now, token.clone()));
        token
    }
}
