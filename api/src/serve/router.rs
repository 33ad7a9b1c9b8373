//! Every operation of the service, one line a feature. Deleting a feature is deleting its folder and its line here.

use crate::{
    app::App, appointment, assignment, audit_log, centre, device, enrolment, error::Error,
    extract::request_id, notification, openapi::Contract, participant, session, sign_in, staff,
};
use axum::{Router, middleware};
use contract::ProblemCode;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The operations and their contract.
pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Contract::openapi()).merge(sign_in::well_known()).nest("/v1", features())
}

fn features() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(appointment::router())
        .merge(assignment::router())
        .merge(audit_log::router())
        .merge(centre::router())
        .merge(enrolment::router())
        .merge(participant::router())
        .merge(session::router())
        .merge(sign_in::router())
        .merge(staff::router())
        .merge(device::router())
        .merge(notification::router())
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
