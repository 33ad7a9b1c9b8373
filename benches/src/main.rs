//! What `make bench` measures of this service: the real dispatcher with the real channels on a real database.
//!
//! ```text
//! muwakaba-benches dispatch --channel web-push|fcm --database sqlite|sqlite:PATH|postgres://… --count N --sink http://127.0.0.1:PORT
//! ```
//!
//! It writes N reminders that are due, each for its own participant with their own subscription (`people.rs`), lets the
//! dispatcher run until nothing is due, checks that every one was delivered, and prints one line of JSON. Time, processor
//! time and memory are those of the dispatch alone (`meter.rs`); the database of a server is not counted.

mod arguments;
mod channels;
mod meter;
mod people;

use std::error::Error;
use std::sync::Arc;

use arguments::Arguments;
use contract::SystemIds;
use contract::time::{SystemClock, Zones};
use db::{Db, sql};
use meter::Meter;
use notifications::action_token::ActionKey;
use notifications::channel::web_push::TopicKey;
use notifications::dispatcher::{Dispatcher, DispatcherSettings, NotificationKeys, Surroundings, TellFeed};
use notifications::jitter::SystemJitter;
use tokio::task::JoinSet;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let directory = tempfile::tempdir()?;
    let url = match arguments.database.as_str() {
        "sqlite" => format!("sqlite:{}", directory.path().join("measured.db").display()),
        other => other.to_owned(),
    };
    let db = Db::open(&url).await?;
    db.migrate().await?;
    people::settle(&db, &arguments).await?;

    let surroundings = Surroundings {
        db: db.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        jitter: Arc::new(SystemJitter),
        zones: Arc::new(Zones::built_in()),
        escalation: Arc::new(TellFeed),
    };
    let keys = NotificationKeys { topic: TopicKey::new(&[1; 32]), action: ActionKey::new(&[2; 32]) };
    let courier = channels::open(&arguments)?;
    let mut settings = DispatcherSettings::default();
    settings.batch = arguments.batch.unwrap_or(settings.batch);
    settings.lanes = arguments.lanes.unwrap_or(settings.lanes);
    let dispatcher = Arc::new(Dispatcher::new(surroundings, keys, courier, settings));

    let meter = Meter::start()?;
    // On a thread of the runtime's own, as in the service.
    let mut tasks = JoinSet::new();
    tasks.spawn(dispatcher.run_until_idle());
    let counts = tasks.join_next().await.ok_or("the dispatcher was not started")???;
    let measured = meter.stop()?;

    if counts.delivered != arguments.count {
        return Err(format!(
            "{} of {} reminders were delivered: {counts:?}",
            counts.delivered, arguments.count
        )
        .into());
    }
    let mut tx = db.read().await?;
    let sent: i64 = tx
        .query(sql!("SELECT count(*) FROM reminder WHERE state = 'sent' AND ready_at IS NULL"))
        .scalar()
        .await?;
    drop(tx);
    if usize::try_from(sent)? != arguments.count {
        return Err(format!("{sent} of {} reminders are settled as sent", arguments.count).into());
    }
    db.close().await;
    measured.print("muwakaba", arguments.channel.as_str(), arguments.count)
}
