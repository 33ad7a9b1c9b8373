//! The process that is killed: opens a database that it finds and runs the dispatcher as the service does, until its
//! standard input ends. So it also goes when the process that started it dies.

use std::time::Duration;

use chrono::TimeDelta;
use db::Db;
use notifications::channel::transport::TransportOptions;
use notifications::dispatcher::DispatcherSettings;
use notifications::outbox::MAX_LEASE;
use tokio::io::{AsyncReadExt, stdin};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::arguments::{Pace, WorkerArguments};
use crate::{Failure, channels, service};

/// How the dispatcher works here: as in production, with everything that depends on the length of the lease shortened in
/// proportion.
pub fn settings(pace: Pace, lease_seconds: u32) -> DispatcherSettings {
    let settings = pace.settings();
    let lease = TimeDelta::seconds(lease_seconds.into());
    let margin = settings.send_margin.num_milliseconds() * lease.num_milliseconds()
        / MAX_LEASE.num_milliseconds().max(1);
    DispatcherSettings { lease, send_margin: TimeDelta::milliseconds(margin), ..settings }
}

/// Runs until standard input ends.
pub async fn run(arguments: &WorkerArguments) -> Result<(), Failure> {
    let settings = settings(arguments.pace, arguments.lease);
    let production = TransportOptions::default();
    // An attempt must end before its lease does, and two thirds of the margin are left to it in production as well.
    let request_timeout = settings.send_margin.to_std()?.min(production.head_timeout) * 2 / 3;
    let courier = channels::web_push(TransportOptions {
        head_timeout: request_timeout.max(Duration::from_millis(1)),
        ..production
    })?;

    let db = Db::open(&arguments.database).await?;
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(service::dispatcher(&db, courier, settings).run(stop.clone()));
    let mut input = stdin();
    let mut nothing = Vec::new();
    tokio::select! {
        ended = input.read_to_end(&mut nothing) => { ended?; }
        _ = tasks.join_next() => return Err("the dispatcher ended by itself".into()),
    }
    stop.cancel();
    while let Some(ended) = tasks.join_next().await {
        ended?;
    }
    db.close().await;
    Ok(())
}
