//! The version that a change is based on (RFC 9110 §13.1.1). A change without one could overwrite what its author never saw.

use crate::error::{Error, Result};
use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
};
use contract::ProblemCode;

/// The version in `If-Match`, as it stood in an `ETag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl IfMatch {
    /// Refuses the change unless it was based on `current`.
    pub fn check(self, current: i64) -> Result<()> {
        if self.0 == current { Ok(()) } else { Err(Error::changed(current)) }
    }
}

/// The entity tag of a version.
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(Error::with_detail(
                ProblemCode::VersionRequired,
                "send If-Match with the ETag you read",
            ));
        };
        let version = value
            .to_str()
            .ok()
            .and_then(|text| text.strip_prefix('"')?.strip_suffix('"')?.parse().ok())
            .ok_or_else(|| Error::field("If-Match:", "value", "is not an ETag of this service"))?;
        Ok(Self(version))
    }
}
