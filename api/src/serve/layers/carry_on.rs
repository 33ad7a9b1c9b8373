//! An operation that has begun runs to its end, whatever becomes of its caller: a phone that loses its network, or a time-out, must not
//! leave a connection to the database in the middle of something. And what an operation answers is given out only once all
//! that it saw is durable: on SQLite it may have seen what others had done just before, whose shared COMMIT was still to come.

use crate::{app::App, error::Error, extract::request_id};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::Instrument;

/// Carries the operation out in a task of its own.
pub async fn to_the_end(State(app): State<App>, request: Request, next: Next) -> Response {
    let operation = request_id::kept(async move {
        let (answer, settled) = db::settled(false, next.run(request)).await;
        settled.map_or_else(|error| Error::from(error).into_response(), |()| answer)
    });
    match app.operations.spawn(operation.in_current_span()).await {
        Ok(answer) => answer,
        // For the net that panics fall into.
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Error::unavailable().into_response(),
        },
    }
}
