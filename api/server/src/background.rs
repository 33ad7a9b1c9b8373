//! What the service does without being asked: it sends what has become due, sees that it can still keep things, and tidies up.

pub mod reconciler;

use crate::retention::{self, Cursor, Retention};
use care::{App, appointment::rederive, participant::names::fresh};
use chrono::TimeDelta;
use kernel::supervise::{Supervisor, until};
use kernel::{agenda, heartbeat};
use notifications::device;
use std::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How often what has served its time is deleted.
const TIDY_EVERY: TimeDelta = TimeDelta::minutes(10);

/// How often it is looked for times that another node wrote by older zone data.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(10);

/// How long until the names are loaded again where that failed.
const LOAD_AGAIN_AFTER: TimeDelta = TimeDelta::seconds(10);

/// Starts the tasks and keeps them going. They end soon after `stop` is cancelled, the dispatcher once what it has begun is written
/// down; wait for that with `tasks`.
pub fn start(app: &App, retention: Retention, tasks: &TaskTracker, stop: &CancellationToken) {
    let supervisor = Supervisor {
        tasks: tasks.clone(),
        stop: stop.clone(),
        clock: app.clock.clone(),
        health: app.background.clone(),
    };
    let (dispatcher, its_stop) = (app.push.dispatcher.clone(), stop.clone());
    supervisor.keep("dispatcher", move || {
        let (dispatcher, its_stop) = (dispatcher.clone(), its_stop.clone());
        async move {
            let counts = dispatcher.run(its_stop).await;
            tracing::info!(
                delivered = counts.delivered,
                in_app = counts.in_app,
                "the dispatcher has stopped"
            );
        }
    });
    app.heartbeat.begin(Instant::now());
    let (its_app, its_stop) = (app.clone(), stop.clone());
    supervisor.keep("heartbeat", move || beat_again_and_again(its_app.clone(), its_stop.clone()));
    app.names.set_loading(true);
    let (its_app, its_stop) = (app.clone(), stop.clone());
    supervisor.keep("names", move || load_names(its_app.clone(), its_stop.clone()));
    let (its_app, its_stop) = (app.clone(), stop.clone());
    supervisor.keep("agenda", move || reconciler::forever(its_app.clone(), its_stop.clone()));
    if !app.db.is_embedded() {
        let (its_app, its_stop) = (app.clone(), stop.clone());
        supervisor.keep("zone data", move || watch_zone_data(its_app.clone(), its_stop.clone()));
    }
    let (its_app, its_stop) = (app.clone(), stop.clone());
    supervisor.keep("tidying", move || tidy_again_and_again(its_app.clone(), retention, its_stop.clone()));
}

async fn beat_again_and_again(app: App, stop: CancellationToken) {
    loop {
        heartbeat::beat(&app.db, &*app.clock, &app.heartbeat).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(heartbeat::EVERY) => {}
        }
    }
}

/// Once. While it fails whoever searches loads the names of a centre themselves, so that is no reason to keep people away.
async fn load_names(app: App, stop: CancellationToken) {
    loop {
        let loaded = tokio::select! {
            () = stop.cancelled() => return,
            loaded = fresh::load(&app) => loaded,
        };
        app.names.set_loading(false);
        match loaded {
            Ok(names) => break tracing::info!(names, "names can be searched"),
            Err(error) => tracing::warn!(?error, "loading the names failed; it is tried again soon"),
        }
        let next = app.clock.now().saturating_add(LOAD_AGAIN_AFTER);
        tokio::select! {
            () = stop.cancelled() => return,
            () = until(app.clock.delay_until(next)) => {}
        }
    }
    stop.cancelled().await;
}

async fn watch_zone_data(app: App, stop: CancellationToken) {
    let mut watch = rederive::Watch::default();
    loop {
        if let Err(error) = watch.look(&app).await {
            tracing::warn!(?error, "looking for times by older zone data failed; it is tried again soon");
        }
        let next = app.clock.now().saturating_add(LOOK_EVERY);
        tokio::select! {
            () = stop.cancelled() => return,
            () = until(app.clock.delay_until(next)) => {}
        }
    }
}

async fn tidy_again_and_again(app: App, retention: Retention, stop: CancellationToken) {
    let mut cursor = Cursor::default();
    loop {
        if let Err(error) = retention::round(&app, &retention, &mut cursor).await {
            tracing::warn!(%error, "tidying up failed; it is tried again later");
        }
        if let Err(error) = look_at_devices(&app).await {
            tracing::warn!(%error, "the devices could not be counted");
        }
        if let Err(error) = look_at_agenda(&app).await {
            tracing::warn!(%error, "what was set aside could not be counted");
        }
        let next = app.clock.now().saturating_add(TIDY_EVERY);
        tokio::select! {
            () = stop.cancelled() => return,
            () = until(app.clock.delay_until(next)) => {}
        }
    }
}

/// Tidies up once, as long as things are kept that nobody configured.
///
/// # Errors
/// If the database fails.
pub async fn tidy(app: &App) -> db::Result<()> {
    retention::round(app, &Retention::default(), &mut Cursor::default()).await?;
    look_at_devices(app).await
}

/// Tells how many devices take nothing that is sent to them.
async fn look_at_devices(app: &App) -> db::Result<()> {
    let refused = device::refused(&mut app.db.read().await?).await?;
    metrics::gauge!("muwakaba_devices").set(refused.devices as f64);
    metrics::gauge!("muwakaba_devices_refused").set(refused.refused as f64);
    if refused.are_many() {
        tracing::warn!(
            refused = refused.refused,
            of = refused.devices,
            "push services refuse what is sent to many devices; `muwakaba doctor` says more"
        );
    }
    Ok(())
}

/// Tells how much was set aside.
async fn look_at_agenda(app: &App) -> db::Result<()> {
    let aside = agenda::set_aside(&mut app.db.read().await?, 0).await?;
    metrics::gauge!("muwakaba_agenda_set_aside").set(aside.count as f64);
    Ok(())
}
