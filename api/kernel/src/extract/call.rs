//! Who is calling, and what exactly they ask: the caller behind the access token, the Idempotency-Key, and a digest of the
//! request that tells a repetition from another request under the same key.

use super::{KeyedOperations, keyed};
use crate::{
    access::Actor,
    door::{Buckets, Introduction},
    error::{Error, Result},
};
use aws_lc_rs::digest::{Context, SHA256, digest};
use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::{HeaderMap, header, request::Parts},
};
use contract::ProblemCode;
use std::sync::Arc;

/// The longest Idempotency-Key, in characters.
const MAX_KEY: usize = 128;

/// SHA-256 of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_slice(digest(&SHA256, bytes).as_ref())
    }

    /// Of a request without a body.
    pub fn empty() -> Self {
        Self::of(&[])
    }

    fn from_slice(slice: &[u8]) -> Self {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(slice) {
            *to = *from;
        }
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// An authenticated request.
#[derive(Debug)]
pub struct Call {
    /// Who calls.
    pub actor: Actor,
    /// The key under which a repetition of this request gets the same answer.
    pub idempotency_key: Option<String>,
    method_and_path: String,
    if_match: Vec<u8>,
}

impl Call {
    /// Tells this request, with a body of this digest, from every other.
    pub fn digest(&self, body: Digest) -> Digest {
        let mut context = Context::new(&SHA256);
        context.update(self.method_and_path.as_bytes());
        context.update(b"\n");
        context.update(&self.if_match);
        context.update(b"\n");
        context.update(body.as_bytes());
        Digest::from_slice(context.finish().as_ref())
    }
}

/// Knows callers by their access tokens: what an operation runs in that only somebody known may use.
pub trait Callers: Send + Sync {
    /// Who calls, on this path, with this token.
    ///
    /// # Errors
    /// If nobody does, or the path is closed to them for now.
    fn caller(&self, token: &str, path: &str) -> impl Future<Output = Result<Actor>> + Send;
}

impl<S: Callers> FromRequestParts<S> for Call {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, callers: &S) -> Result<Self> {
        let token = bearer(&parts.headers)?;
        let actor = callers.caller(token, parts.uri.path()).await?;
        if let Some(introduction) = parts.extensions.get::<Introduction>() {
            introduction.make();
        }
        if let (Some(buckets), Some(session)) = (parts.extensions.get::<Arc<Buckets>>(), actor.session()) {
            buckets.take_for_session(session)?;
        }
        Ok(Self {
            actor,
            idempotency_key: idempotency_key(parts)?,
            method_and_path: format!("{} {}", parts.method, parts.uri.path()),
            if_match: parts
                .headers
                .get_all(header::IF_MATCH)
                .iter()
                .map(|value| value.as_bytes())
                .collect::<Vec<_>>()
                .join(&b','),
        })
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Error::new(ProblemCode::Unauthenticated));
    };
    let text = value.to_str().unwrap_or_default();
    let (scheme, token) = text.split_once(' ').unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token)
    } else {
        Err(Error::new(ProblemCode::Unauthenticated))
    }
}

/// The key, where the operation knows one.
fn idempotency_key(parts: &Parts) -> Result<Option<String>> {
    let Some(value) = parts.headers.get(keyed::HEADER) else { return Ok(None) };
    let keyed = parts.extensions.get::<KeyedOperations>();
    let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    if !keyed.is_some_and(|keyed| keyed.has(&parts.method, route)) {
        return Ok(None);
    }
    match value.to_str() {
        Ok(key) if (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Ok(Some(key.to_owned()))
        }
        _ => Err(Error::field(
            "Idempotency-Key:",
            "value",
            format!("must be 1 to {MAX_KEY} visible ASCII characters"),
        )),
    }
}
