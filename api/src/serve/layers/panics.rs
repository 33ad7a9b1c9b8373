//! The net under the handlers. A panic is a mistake in this program; the caller learns only that, and the service goes on.

use crate::error::Error;
use axum::response::{IntoResponse, Response};
use contract::ProblemCode;
use std::any::Any;

/// The answer for a handler that panicked. The panic itself was logged where it happened, by the hook of `telemetry`.
pub fn answer(_: Box<dyn Any + Send + 'static>) -> Response {
    metrics::counter!("muwakaba_panics_total").increment(1);
    Error::new(ProblemCode::Internal).into_response()
}
