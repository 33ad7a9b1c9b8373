//! Headers that every answer carries, so that a browser treats it as what it is: data for one caller, not a page, not to be
//! framed, guessed at or kept.

use crate::serve::router::Door;
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use contract::time::Clock;
use std::sync::Arc;

const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");
/// Nothing on the way may keep an answer, nor pack it: the length of a packed answer tells something about what is in it, and its
/// ETag would be another.
pub const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store, no-transform");

/// Adds them. A page that needs a policy of its own has set it already.
pub async fn add(
    State((door, clock)): State<(Arc<Door>, Arc<dyn Clock>)>,
    request: Request,
    next: Next,
) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if let Ok(date) = HeaderValue::from_str(&date(&*clock)) {
        headers.insert(header::DATE, date);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NO_PAGE);
    headers.entry(header::CACHE_CONTROL).or_insert(NOT_KEPT);
    if door.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    answer
}

/// The time of our own clock, which tokens are checked by, in the form of RFC 9110 §5.6.7. Phones sign their proofs by it.
fn date(clock: &dyn Clock) -> String {
    clock.now().to_chrono().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
