//! Whether the dispatcher is as fast when a million reminders wait for their time as when none does. Two databases are worked on by
//! turns, so that a slow minute of the machine falls on both alike.

use std::io::Write;
use std::time::Instant;

use chrono::TimeDelta;
use contract::time::{Clock, SystemClock};
use db::Db;
use tokio::task::JoinSet;

use crate::arguments::{Channel, WaitingArguments};
use crate::people::{self, Crowd};
use crate::{Failure, channels, database_url, service};

/// How long the others wait: far beyond the measurement.
const AHEAD: TimeDelta = TimeDelta::days(30);
/// Each crowd's turn comes so often.
const TURNS: usize = 5;

/// Measures and prints its line.
pub async fn measure(arguments: &WaitingArguments) -> Result<(), Failure> {
    let (with, without) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let full = open(&database_url(&arguments.full, &with)).await?;
    let empty = open(&database_url(&arguments.empty, &without)).await?;
    let crowd = Crowd { channel: Channel::Fcm, count: arguments.count, sink: &arguments.sink };
    let settled = people::arrive(&full, &crowd).await?;
    settled.remind(&full, arguments.waiting, SystemClock.now().saturating_add(AHEAD)).await?;

    let (mut among_many, mut alone) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        among_many.push(drain(&full, &crowd).await?);
        alone.push(drain(&empty, &crowd).await?);
    }
    let mut ratios: Vec<f64> = among_many.iter().zip(&alone).map(|(many, none)| many / none).collect();
    ratios.sort_by(f64::total_cmp);
    let line = serde_json::json!({
        "name": "waiting",
        "database": if full.is_embedded() { "sqlite" } else { "postgres" },
        "waiting": arguments.waiting,
        "count": arguments.count,
        "per_second_among_many": among_many.iter().map(|rate| rate.round()).collect::<Vec<_>>(),
        "per_second_alone": alone.iter().map(|rate| rate.round()).collect::<Vec<_>>(),
        "ratio": ratios.get(TURNS / 2),
    });
    full.close().await;
    empty.close().await;
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

async fn open(url: &str) -> Result<Db, Failure> {
    let db = Db::open(url).await?;
    db.migrate().await?;
    Ok(db)
}

/// Lets a new crowd's reminders become due and go out; how many did in a second.
async fn drain(db: &Db, crowd: &Crowd<'_>) -> Result<f64, Failure> {
    people::settle(db, crowd).await?;
    let courier = channels::open(crowd.channel, crowd.sink)?;
    let dispatcher = service::dispatcher(db, courier, Default::default());
    let mut tasks = JoinSet::new();
    let began = Instant::now();
    tasks.spawn(dispatcher.run_until_idle());
    let counts = tasks.join_next().await.ok_or("the dispatcher was not started")???;
    let seconds = began.elapsed().as_secs_f64();
    if counts.delivered != crowd.count {
        return Err(format!("{} of {} reminders were delivered", counts.delivered, crowd.count).into());
    }
    Ok(crowd.count as f64 / seconds)
}
