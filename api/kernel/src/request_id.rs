//! Every request has an id: in its logs, in its problem answers and in the audit log, so that somebody who asks for help can
//! quote it. The service makes it; one from outside would let a caller write into our logs.

use axum::{
    http::{HeaderName, HeaderValue, Method},
    response::Response,
};
use contract::IdSource;
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

/// Gives a request its id and a log span of its own, in which the work is done.
pub async fn assign(ids: &dyn IdSource, method: &Method, work: impl Future<Output = Response>) -> Response {
    let id = ids.next().simple().to_string();
    let span = tracing::info_span!("request", id = %id, method = %method);
    let header = HeaderValue::from_str(&id);
    let mut answer = CURRENT.scope(id, work.instrument(span)).await;
    if let Ok(value) = header {
        answer.headers_mut().insert(HEADER, value);
    }
    answer
}
