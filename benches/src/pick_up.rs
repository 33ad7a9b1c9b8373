//! How soon a reminder that has just been planned is with the push service: from the commit until the message has arrived, one at a
//! time, with a dispatcher that had nothing to do.

use std::io::Write;
use std::time::{Duration, Instant};

use db::Db;
use notifications::channel::transport::TransportOptions;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::arguments::{Channel, PickUpArguments};
use crate::chaos::receiver::Receiver;
use crate::people::{self, Crowd};
use crate::{Failure, channels, database_url, service};

/// Until what came before is written down, and the dispatcher sleeps again.
const REST: Duration = Duration::from_millis(40);
/// Sent and not counted: connections are made, statements prepared.
const UNCOUNTED: usize = 20;

/// Measures and prints its line.
pub async fn measure(arguments: &PickUpArguments) -> Result<(), Failure> {
    let directory = tempfile::tempdir()?;
    let db = Db::open(&database_url(&arguments.database, &directory)).await?;
    db.migrate().await?;
    let receiver = Receiver::start().await?;
    let many = UNCOUNTED + arguments.count;
    let settled =
        people::arrive(&db, &Crowd { channel: Channel::WebPush, count: many, sink: &receiver.url }).await?;
    let dispatcher =
        service::dispatcher(&db, channels::web_push(TransportOptions::default())?, Default::default());
    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(std::sync::Arc::clone(&dispatcher).run(stop.clone()));

    let mut times = Vec::with_capacity(arguments.count);
    for number in 0..many {
        sleep(REST).await;
        settled.remind_one(&db, number).await?;
        let began = Instant::now();
        dispatcher.wake();
        receiver.wait_for(number + 1).await?;
        if number >= UNCOUNTED {
            times.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    stop.cancel();
    while let Some(ended) = tasks.join_next().await {
        ended?;
    }
    times.sort_by(f64::total_cmp);
    let within = |share: f64| times.get((share * times.len().saturating_sub(1) as f64).round() as usize);
    let line = serde_json::json!({
        "name": "pick-up",
        "database": if db.is_embedded() { "sqlite" } else { "postgres" },
        "count": arguments.count,
        "p50_ms": within(0.5),
        "p99_ms": within(0.99),
    });
    db.close().await;
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
