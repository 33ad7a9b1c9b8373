//! What was recorded together with a visit and is sent with it in one request. The visit is logged first, in a transaction of its own; then each
//! part is carried out as it is in a batch that a phone sends late, and answered alone. So no part that is refused loses the visit, and the
//! request can be sent again whatever became of it: the visit is the one that was logged, and a part that was carried out is a duplicate.

use crate::{App, recorded};
use axum::{
    body::{Body, to_bytes},
    http::header,
    response::Response,
};
use kernel::{
    access::Actor,
    error::{Error, Result},
    extract::Digest,
};
use serde_json::{Map, Value};
use uuid::Uuid;

/// How many parts are sent at most with a visit: more of them in a batch of their own.
pub const MOST: u64 = 20;
/// No visit is as long as this.
const LONGEST: usize = 1 << 20;

/// The key of a request with parts that has none: it is known by what it says, the ids of its parts among that. For it is carried out again, by whoever
/// sent it or by the service where the database ended a part for the sake of others, and its visit is logged by then.
pub fn key(body: Digest) -> String {
    let beginning = body.as_bytes().first_chunk().copied().unwrap_or_default();
    format!("visit and parts {}", Uuid::from_bytes(beginning))
}

/// Refuses what cannot be a part at all, before anything is done: no phone has recorded it.
pub fn require_objects(parts: &[Value]) -> Result<()> {
    match parts.iter().position(|part| !part.is_object()) {
        Some(place) => Err(Error::field(format!("/parts/{place}"), "type", "must be an object")),
        None => Ok(()),
    }
}

/// Carries out the parts of the visit that this answer tells of, and tells of each in it.
pub async fn carry_out(app: &App, actor: &Actor, logged: Response, parts: Vec<Value>) -> Result<Response> {
    let (mut head, body) = logged.into_parts();
    let body = to_bytes(Body::new(body), LONGEST).await.map_err(Error::internal)?;
    let mut visit: Map<String, Value> = serde_json::from_slice(&body).map_err(Error::internal)?;
    let id = visit.get("id").cloned().ok_or_else(|| Error::internal("a visit without an id"))?;
    let mut results = Vec::with_capacity(parts.len());
    for part in parts {
        results.push(of_visit(app, actor, &id, part).await?);
    }
    visit.insert("parts".to_owned(), serde_json::to_value(results).map_err(Error::internal)?);
    head.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(head, Body::from(serde_json::to_vec(&visit).map_err(Error::internal)?)))
}

/// One of them. It names the visit, as it would in a batch: sent in one later, it is the same.
async fn of_visit(
    app: &App,
    actor: &Actor,
    visit: &Value,
    mut part: Value,
) -> Result<recorded::MutationResult> {
    if let Some(fields) = part.as_object_mut() {
        let named = fields.entry("visit_id").or_insert(Value::Null);
        // A phone that writes out what it leaves out names none, and means this one.
        if named.is_null() {
            *named = visit.clone();
        }
        if named != visit {
            let id = part.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
            let why = "is another visit than the one that it is sent with";
            return recorded::refused(id, Error::field("/visit_id", "not_allowed", why));
        }
    }
    recorded::carry_out(app, actor, &part).await
}
