//! What the service does without being asked: it sends what has become due, sees that it can still keep things, and tidies up.

use crate::{App, appointment::replan, heartbeat, sign_in};
use chrono::TimeDelta;
use contract::time::Delay;
use db::sql;
use notifications::device;
use std::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often what has served its time is deleted.
const TIDY_EVERY: TimeDelta = TimeDelta::minutes(10);
/// How often it is looked for appointments that another node, or this one before a crash, has left to be planned again.
const REPLAN_EVERY: TimeDelta = TimeDelta::seconds(10);

/// Starts the tasks. They end soon after `stop` is cancelled, the dispatcher once what it has begun is written down; wait
/// for that with `tasks`.
pub fn start(app: &App, tasks: &TaskTracker, stop: &CancellationToken) {
    let (dispatcher, its_stop) = (app.push.dispatcher.clone(), stop.clone());
    tasks.spawn(async move {
        let counts = dispatcher.run(its_stop).await;
        tracing::info!(delivered = counts.delivered, in_app = counts.in_app, "the dispatcher has stopped");
    });
    app.heartbeat.begin(Instant::now());
    let (its_app, its_stop) = (app.clone(), stop.clone());
    tasks.spawn(async move {
        loop {
            heartbeat::beat(&its_app).await;
            tokio::select! {
                () = its_stop.cancelled() => return,
                () = tokio::time::sleep(heartbeat::EVERY) => {}
            }
        }
    });
    let (its_app, its_stop) = (app.clone(), stop.clone());
    tasks.spawn(async move {
        loop {
            if let Err(error) = replan::run(&its_app).await {
                tracing::warn!(?error, "planning again failed; it is tried again soon");
            }
            let next = its_app.clock.now().saturating_add(REPLAN_EVERY);
            tokio::select! {
                () = its_stop.cancelled() => return,
                () = its_app.replanning.notified() => {}
                () = until(its_app.clock.delay_until(next)) => {}
            }
        }
    });
    let (app, stop) = (app.clone(), stop.clone());
    tasks.spawn(async move {
        loop {
            if let Err(error) = tidy(&app).await {
                tracing::warn!(%error, "tidying up failed; it is tried again later");
            }
            let next = app.clock.now().saturating_add(TIDY_EVERY);
            tokio::select! {
                () = stop.cancelled() => return,
                () = until(app.clock.delay_until(next)) => {}
            }
        }
    });
}

async fn until(delay: Delay) {
    match delay {
        Delay::Sleep(duration) => tokio::time::sleep(duration).await,
        Delay::Manual(moved) => moved.await,
    }
}

/// How many devices are marked in one round; the rest waits for the next one.
const DEVICES_A_ROUND: u32 = 1_000;

/// Deletes what has served its time, and marks devices that were silent for long.
pub async fn tidy(app: &App) -> db::Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let closed = sign_in::prune(&mut tx, now).await?;
    let forgotten =
        tx.query(sql!("DELETE FROM idempotency WHERE expires_at <= $1")).bind(now).execute().await?;
    let devices = device::age(&mut tx, now, DEVICES_A_ROUND).await?;
    tx.commit().await?;
    tracing::debug!(closed, forgotten, stale = devices.stale, gone = devices.gone, "tidied up");
    Ok(())
}
