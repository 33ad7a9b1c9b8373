//! How often one address may ask. The session has a bucket of its own, from which [`Call`](crate::extract::Call) takes once it is
//! known; this layer puts it where it is found.

use crate::serve::{Source, router::Door};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::sync::Arc;

/// Whoever watches over the service asks these all the time.
const FREE: &[&str] = &["/healthz", "/readyz"];

/// Refuses a request of an address that asks too often.
pub async fn limit(
    State(door): State<Arc<Door>>,
    source: Source,
    mut request: Request,
    next: Next,
) -> Response {
    let is_free = request.extensions().get::<MatchedPath>().is_some_and(|path| FREE.contains(&path.as_str()));
    if !is_free && let Err(refused) = door.buckets().take_for_source(source.0) {
        return refused.into_response();
    }
    request.extensions_mut().insert(door.buckets().clone());
    next.run(request).await
}
