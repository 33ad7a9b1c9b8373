//! The server of the double: connections in, answers out.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::Query;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::answers::{
    Answer, FcmFailure, accepted, grant_failure, invalid_field, permission_denied, raw, unauthenticated,
    web_page,
};
use super::project::GrantRequest;
use super::{Behaviour, ReceivedMessage, State, lock, schema};

/// The most that a request may carry; the real service refuses far earlier.
const MAX_BODY: usize = 64 * 1024;

/// The streams that Google's front end allows on one connection.
const MAX_STREAMS: u32 = 100;

/// The request was broken off on purpose.
#[derive(Debug)]
struct BrokenOff;

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("broken off by the script")
    }
}

impl std::error::Error for BrokenOff {}

/// Serves until it is dropped; the connections end with it.
pub(super) async fn run(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, Arc::clone(&state)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, state: Arc<State>) {
    // Without this, small answers would wait for acknowledgements.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { answer(request, &state).await }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http2().max_concurrent_streams(MAX_STREAMS);
    // A client that goes away is no fault of the double.
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, state: &State) -> Result<Answer, BrokenOff> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await.map(http_body_util::Collected::to_bytes)
    else {
        return Ok(web_page(413));
    };
    if head.method != Method::POST {
        return Ok(web_page(404));
    }
    let path = head.uri.path();
    if path == "/token" {
        return grant(&head.headers, &body, state).await;
    }
    let project = path.strip_prefix("/v1/projects/").and_then(|rest| rest.strip_suffix("/messages:send"));
    let Some(project) = project else {
        return Ok(web_page(404));
    };
    let document = serde_json::from_slice::<Value>(&body);
    let registration_token = document.as_ref().ok().and_then(|document| document.pointer("/message/token"));
    let registration_token = registration_token.and_then(Value::as_str).unwrap_or_default();
    state.note(|| ReceivedMessage {
        version: head.version,
        path: path.to_owned(),
        headers: head.headers.clone(),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let latency = state.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if let Some(behaviour) = state.next_behaviour(registration_token)
        && let Some(scripted) = follow(behaviour).await?
    {
        return Ok(scripted);
    }
    let Ok(document) = &document else {
        return Ok(invalid_field("", "Invalid JSON payload received."));
    };
    match judge(project, &head.headers, document, registration_token, state) {
        Ok(()) => {
            let number = state.accepted.fetch_add(1, Ordering::AcqRel);
            Ok(accepted(&state.project.id, number))
        }
        Err(failure) => Ok(*failure),
    }
}

/// What FCM checks, in its order: who asks, for which project, in what form, and for whom.
fn judge(
    project: &str,
    headers: &HeaderMap,
    document: &Value,
    registration_token: &str,
    state: &State,
) -> Result<(), Box<Answer>> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(bearer) = bearer else {
        return Err(unauthenticated("CREDENTIALS_MISSING").into());
    };
    if !state.accepts_access_token(bearer) {
        return Err(unauthenticated("ACCESS_TOKEN_EXPIRED").into());
    }
    if project != state.project.id {
        return Err(permission_denied(project).into());
    }
    if !has_type(headers, "application/json") {
        return Err(invalid_field("", "The content type of the request is not application/json.").into());
    }
    schema::check(document)?;
    if registration_token.is_empty() {
        return Ok(());
    }
    if !schema::is_registration_token(registration_token) {
        return Err(FcmFailure::InvalidToken.answer(None).into());
    }
    match state.is_registered(registration_token) {
        true => Ok(()),
        false => Err(FcmFailure::Unregistered.answer(None).into()),
    }
}

async fn grant(headers: &HeaderMap, body: &Bytes, state: &State) -> Result<Answer, BrokenOff> {
    state.grant_requests.fetch_add(1, Ordering::AcqRel);
    let behaviour = lock(&state.grant_script).pop_front();
    if let Some(behaviour) = behaviour
        && let Some(scripted) = follow(behaviour).await?
    {
        return Ok(scripted);
    }
    if !has_type(headers, "application/x-www-form-urlencoded") {
        return Ok(grant_failure(400, "invalid_request", "The request is not a form."));
    }
    let form = format!("/?{}", String::from_utf8_lossy(body)).parse::<Uri>().ok();
    let Some(Query(request)) = form.and_then(|form| Query::<GrantRequest>::try_from_uri(&form).ok()) else {
        return Ok(grant_failure(400, "invalid_request", "The form cannot be read."));
    };
    if let Err(refusal) = state.project.judge(&request, &state.token_uri, state.now()) {
        return Ok(*refusal);
    }
    let (access_token, expires_in) = state.give_access_token();
    let grant = json!({"access_token": access_token, "expires_in": expires_in, "token_type": "Bearer"});
    Ok(raw(200, "application/json; charset=utf-8", grant.to_string()))
}

/// Does what the script says; `None` means to go on as usual.
async fn follow(behaviour: Behaviour) -> Result<Option<Answer>, BrokenOff> {
    match behaviour {
        Behaviour::Fail(failure) => Ok(Some(failure.answer(None))),
        Behaviour::FailWithRetryAfter(failure, retry_after) => Ok(Some(failure.answer(Some(&retry_after)))),
        Behaviour::Raw { status, content_type, body } => Ok(Some(raw(status, &content_type, body))),
        Behaviour::Silence => match std::future::pending::<Infallible>().await {},
        Behaviour::Disconnect => Err(BrokenOff),
        Behaviour::Delay(delay) => {
            tokio::time::sleep(delay).await;
            Ok(None)
        }
    }
}

fn has_type(headers: &HeaderMap, media_type: &str) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(media_type))
}
