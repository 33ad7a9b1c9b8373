//! An operation that has begun runs to its end, whatever becomes of its caller: a phone that loses its network, or a time-out, must not
//! leave a connection to the database in the middle of something. And what an operation answers is given out only once all
//! that it saw is durable: on SQLite it may have seen what others had done just before, whose shared COMMIT was still to come.

use super::Repeater;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{error::Error, extract::KeyedOperations, request_id};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// What an operation needs besides its own state.
#[derive(Clone)]
pub struct Operations {
    /// Those under way.
    pub running: TaskTracker,
    /// Those that can be asked for twice under one key.
    pub keyed: KeyedOperations,
    /// For those that are one unit of work.
    pub repeater: Repeater,
}

/// Carries the operation out in a task of its own.
pub async fn to_the_end(
    State(Operations { running, keyed, repeater }): State<Operations>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(keyed);
    request.extensions_mut().insert(repeater);
    let operation = request_id::kept(async move {
        let (answer, settled) = db::settled(false, next.run(request)).await;
        settled.map_or_else(|error| Error::from(error).into_response(), |()| answer)
    });
    match running.spawn(operation.in_current_span()).await {
        Ok(answer) => answer,
        // For the net that panics fall into.
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Error::unavailable().into_response(),
        },
    }
}
