//! What others on the way may keep of answers.

use axum::http::HeaderValue;

/// Nothing on the way may keep an answer, nor pack it: the length of a packed answer tells something about what is in it, and its
/// ETag would be another.
pub const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store, no-transform");
