//! Pages of other origins may not change anything here. Browsers say which page a request comes from; programs that are no
//! browsers say nothing and need no such protection, since nobody's credentials are sent by them unasked.

use crate::{
    error::Error,
    serve::{Standing, router::Door},
};
use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::ProblemCode;
use std::sync::Arc;

/// Refuses requests of foreign pages that may change something.
pub async fn check(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if only_reads || door.origin().standing(request.headers()) != Standing::Foreign {
        return next.run(request).await;
    }
    Error::new(ProblemCode::ForeignOrigin).into_response()
}
