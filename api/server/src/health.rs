//! Whether the service is alive and of use, for whoever restarts it or sends traffic to it.

use axum::{extract::State, http::StatusCode};
use care::App;
use kernel::{
    error::{Error, Result},
    problems::PublicProblems,
};
use std::time::{Duration, Instant};
use utoipa_axum::{router::OpenApiRouter, routes};

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// The two questions.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(ready))
}

/// The process is up. A process that is restarted because its database is away helps nobody.
#[utoipa::path(
    get, path = "/healthz", tag = "operation", operation_id = "readLiveness",
    summary = "Whether the process is up",
    description = "Says nothing about the database. Roles: everybody, without signing in.",
    security(()),
    responses((status = 204, description = "It is"), PublicProblems)
)]
async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The database is reached, its schema is up to date, rows can be committed, the names are in memory, and the work in the background
/// goes on.
#[utoipa::path(
    get, path = "/readyz", tag = "operation", operation_id = "readReadiness",
    summary = "Whether requests can be answered",
    description = "They can if the database is reached, its schema is up to date, and the service could commit a row not long ago; the question itself writes nothing. What the service does without being asked must be going on as well: a service whose reminders do not leave is not ready. After a start it is ready once the names that people search are in memory, which takes about a second for 100,000. Roles: everybody, without signing in.",
    security(()),
    responses((status = 204, description = "They can"), PublicProblems)
)]
async fn ready(State(app): State<App>) -> Result<StatusCode> {
    if !app.heartbeat.is_healthy(Instant::now()) || !app.background.is_good() || app.names.are_being_loaded()
    {
        return Err(Error::unavailable());
    }
    match tokio::time::timeout(PATIENCE, app.db.pending_migrations()).await {
        Ok(Ok(0)) => Ok(StatusCode::NO_CONTENT),
        _ => Err(Error::unavailable()),
    }
}
