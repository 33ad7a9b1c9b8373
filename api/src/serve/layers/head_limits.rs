//! How long an address and how large the headers of a request may be. Heads that are much larger never come here: the
//! connection refuses them while reading.

use crate::{error::Error, serve::router::Door};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::ProblemCode;
use std::sync::Arc;

/// Refuses what is over the limits.
pub async fn check(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let limits = &door.limits;
    let address = request.uri().path_and_query().map_or(0, |text| text.as_str().len());
    if address > limits.address {
        return Error::with_detail(ProblemCode::AddressTooLong, format!("at most {} bytes", limits.address))
            .into_response();
    }
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers > limits.headers {
        return Error::with_detail(
            ProblemCode::HeadersTooLarge,
            format!("at most {} bytes in all", limits.headers),
        )
        .into_response();
    }
    next.run(request).await
}
