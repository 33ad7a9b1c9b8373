//! The meters, in the text format of Prometheus, on a listener of their own that the world does not reach. No label names a
//! person.

use super::{Listener, accept, layers::host};
use crate::{limits::Limits, proxies::Proxies};
use axum::{
    Router,
    extract::{Request, State},
    http::header,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use care::App;
use metrics_exporter_prometheus::PrometheusHandle;
use notifications::outbox::Backlog;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves `/metrics` until `stop` is cancelled.
pub async fn serve(socket: TcpListener, app: App, meters: PrometheusHandle, stop: CancellationToken) {
    let router =
        Router::new().route("/metrics", get(show)).with_state((app, meters)).layer(from_fn(for_a_host));
    let listener =
        Listener { socket, limits: Arc::new(Limits::default()), proxies: Arc::new(Proxies::default()) };
    accept(listener, router, stop).await;
}

async fn for_a_host(request: Request, next: Next) -> Response {
    match host::check(&request) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

async fn show(State((app, meters)): State<(App, PrometheusHandle)>) -> impl IntoResponse {
    // What the database does not tell right now is left as it stood.
    if let Err(error) = look(&app).await {
        tracing::warn!(%error, "the meters of the database could not be read");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], meters.render())
}

async fn look(app: &App) -> db::Result<()> {
    let (open, idle) = app.db.connections();
    metrics::gauge!("muwakaba_database_connections", "state" => "open").set(f64::from(open));
    metrics::gauge!("muwakaba_database_connections", "state" => "idle").set(f64::from(idle));
    let backlog = Backlog::of(&app.db, app.clock.now()).await?;
    metrics::gauge!("muwakaba_reminders_overdue").set(backlog.overdue as f64);
    metrics::gauge!("muwakaba_reminders_planned").set(backlog.planned as f64);
    Ok(())
}
