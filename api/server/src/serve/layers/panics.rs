//! The net under the handlers. A panic is a mistake in this program; the caller learns only that, and the service goes on.

use axum::response::{IntoResponse, Response};
use contract::ProblemCode;
use futures_util::FutureExt;
use kernel::error::Error;
use std::panic::AssertUnwindSafe;

/// What the work answers, or that it panicked. The panic itself was logged where it happened, by the hook of `telemetry`.
pub async fn caught(work: impl Future<Output = Response>) -> Response {
    // What a handler leaves behind when it unwinds is given back by its own guards; nothing else is looked at again.
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
        metrics::counter!("muwakaba_panics_total").increment(1);
        Error::new(ProblemCode::Internal).into_response()
    })
}
