//! Every operation of the service, one line a feature. Deleting a feature is deleting its folder and its line here.

use crate::{app::App, appointment, error::Error, extract::request_id, openapi::Contract};
use axum::{Router, middleware};
use contract::ProblemCode;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The operations and their contract.
pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Contract::openapi())
        .merge(crate::sign_in::well_known())
        .nest("/v1", features())
}

fn features() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(crate::sign_in::router())
        .merge(crate::session::router())
        .merge(crate::enrolment::router())
        .merge(appointment::router())
}

/// The operations, ready to be served.
pub fn service(app: App) -> Router {
    let ids = app.ids.clone();
    let (router, _) = operations().split_for_parts();
    router
        .with_state(app)
        .fallback(|| async { Error::not_found() })
        .method_not_allowed_fallback(|| async { Error::new(ProblemCode::MethodNotAllowed) })
        .layer(middleware::from_fn(move |request, next| request_id::assign(ids.clone(), request, next)))
}
