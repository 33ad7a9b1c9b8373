//! Every request has an id: in its logs, in its problem answers and in the audit log, so that somebody who asks for help can
//! quote it. The service makes it; one from outside would let a caller write into our logs.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use contract::IdSource;
use std::sync::Arc;
use tracing::Instrument;

tokio::task_local! {
    static CURRENT: String;
}

/// The header that carries it in every answer.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request that this task is answering.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// The same work with the same request's id in another task.
pub fn kept<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let id = current();
    async move {
        match id {
            Some(id) => CURRENT.scope(id, work).await,
            None => work.await,
        }
    }
}

/// Gives the request its id and a log span of its own.
pub async fn assign(ids: Arc<dyn IdSource>, request: Request, next: Next) -> Response {
    let id = ids.next().simple().to_string();
    let span = tracing::info_span!("request", id = %id, method = %request.method());
    let header = HeaderValue::from_str(&id);
    let mut answer = CURRENT.scope(id, next.run(request).instrument(span)).await;
    if let Ok(value) = header {
        answer.headers_mut().insert(HEADER, value);
    }
    answer
}
