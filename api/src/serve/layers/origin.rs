//! Pages of other origins may not change anything here. Browsers say which page a request comes from; programs that are no
//! browsers say nothing and need no such protection, since nobody's credentials are sent by them unasked.

use crate::{error::Error, serve::router::Door};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::ProblemCode;
use std::sync::Arc;

/// Refuses requests of foreign pages that may change something.
pub async fn check(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if only_reads || !is_foreign(request.headers(), &door) {
        return next.run(request).await;
    }
    Error::new(ProblemCode::ForeignOrigin).into_response()
}

fn is_foreign(headers: &HeaderMap, door: &Door) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) => headers
            .get("sec-fetch-site")
            .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none")),
        (Some(origin), None) => origin.as_bytes() != door.origin().as_bytes(),
        (Some(_), Some(_)) => true,
    }
}
