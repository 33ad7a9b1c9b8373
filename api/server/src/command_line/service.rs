//! `serve` and `migrate`.

use crate::outcome::Outcome;
use crate::{settings::Settings, start};
use care::App;
use db::Db;
use std::{net::SocketAddr, process::ExitCode};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Runs the service until it is told to stop.
pub async fn serve(settings: &Settings) -> Outcome {
    start::check(settings)?;
    let app = start::open(settings).await?;
    until_told(settings, app, |_| ()).await
}

/// Runs an opened service until it is told to stop; `listening` is told the address once requests are answered.
pub async fn until_told(settings: &Settings, app: App, listening: impl FnOnce(SocketAddr)) -> Outcome {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let told = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop");
        stop.cancel();
        // Whoever asks twice does not want to wait.
        interrupt.recv().await;
    };
    tokio::select! {
        served = start::run(settings, app, stop.clone(), listening) => served?,
        () = told => return Err("stopped before everything was finished".into()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Brings the schema up to date.
pub async fn migrate(settings: &Settings) -> Outcome {
    start::make_data_directory(settings)?;
    let db = Db::open(settings.database_url.expose()).await?;
    let pending = db.pending_migrations().await?;
    db.migrate().await?;
    println!("{}: {pending} steps done, the schema is up to date", db.version().await?);
    db.close().await;
    Ok(ExitCode::SUCCESS)
}
