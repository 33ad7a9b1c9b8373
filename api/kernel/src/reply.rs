//! What a handler answers, kept as plain data until the transaction has committed: it can be stored for a repetition of the
//! request, and nothing leaves the process before it is true.

use crate::{
    caching::NOT_KEPT,
    error::{Error, Result},
    extract::etag,
};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The version, for the `ETag`.
    pub version: Option<i64>,
    /// Where the new thing is, for `Location`.
    pub location: Option<String>,
    /// The text; none with 204.
    #[serde(skip)]
    pub body: Option<Vec<u8>>,
    /// What kind of text it is.
    #[serde(skip)]
    pub media: Media,
}

/// What kind of text an answer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Media {
    /// JSON, as nearly all are.
    #[default]
    Json,
    /// A page for people, under this policy of what it may load and do.
    Page(&'static str),
}

impl Reply {
    /// 200 with this.
    pub fn ok(body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(body).map_err(Error::internal)?;
        Ok(Self { status: 200, version: None, location: None, body: Some(body), media: Media::Json })
    }

    /// 201 with this, at `location`.
    pub fn created(location: String, body: &impl Serialize) -> Result<Self> {
        Ok(Self { status: 201, location: Some(location), ..Self::ok(body)? })
    }

    /// 204.
    pub const fn empty() -> Self {
        Self { status: 204, version: None, location: None, body: None, media: Media::Json }
    }

    /// 200 with a page that is printed. Only readings give one out: what a repetition is answered with is JSON.
    pub fn page(html: String, policy: &'static str) -> Self {
        Self { status: 200, body: Some(html.into_bytes()), media: Media::Page(policy), ..Self::empty() }
    }

    /// With the version as `ETag`.
    #[must_use]
    pub const fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, NOT_KEPT);
        if let Some(version) = self.version {
            headers.insert(header::ETAG, etag(version));
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
            headers.insert(header::LOCATION, location);
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        match self.body {
            None => (status, headers).into_response(),
            Some(body) => {
                match self.media {
                    Media::Json => {
                        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                    }
                    Media::Page(policy) => {
                        headers.insert(
                            header::CONTENT_TYPE,
                            HeaderValue::from_static("text/html; charset=utf-8"),
                        );
                        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
                    }
                }
                (status, headers, body).into_response()
            }
        }
    }
}
