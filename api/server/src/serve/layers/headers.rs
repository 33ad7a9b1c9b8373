//! Headers that every answer carries, so that a browser treats it as what it is: data for one caller, not a page, not to be
//! framed, guessed at or kept.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use contract::time::Instant;
use kernel::caching::NOT_KEPT;
use std::sync::{Mutex, PoisonError};

const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Adds them. A page that needs a policy of its own has set it already.
pub fn add(answer: &mut Response, date: HeaderValue, is_https: bool) {
    let headers = answer.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    headers.insert(header::DATE, date);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NO_PAGE);
    headers.entry(header::CACHE_CONTROL).or_insert(NOT_KEPT);
    if is_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
}

/// The time of our own clock, which tokens are checked by, in the form of RFC 9110 §5.6.7. Phones sign their proofs by it. It is
/// written once for all answers of a second.
#[derive(Debug)]
pub struct Date(Mutex<(i64, HeaderValue)>);

impl Default for Date {
    fn default() -> Self {
        Self(Mutex::new((i64::MIN, HeaderValue::from_static(""))))
    }
}

impl Date {
    /// The text for this time.
    pub fn at(&self, now: Instant) -> HeaderValue {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if written.0 != now.as_seconds() {
            let text = now.to_chrono().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            // Letters, digits, commas, colons and blanks can stand in a header.
            if let Ok(value) = HeaderValue::from_str(&text) {
                *written = (now.as_seconds(), value);
            }
        }
        written.1.clone()
    }
}
