//! Every operation of the service, one line a feature. Deleting a feature is deleting its folder and its line here.

use super::{Limits, layers};
use crate::documentation;
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
};
use care::{
    App, appointment, assignment, audit_log, centre, device, emergency_access, notification, participant,
    staff, sync,
};
use contract::ProblemCode;
use identity::{enrolment, session, sign_in};
use kernel::door::{Buckets, PageOrigin};
use kernel::{error::Error, extract::KeyedOperations, openapi::Contract};
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The operations and their contract.
pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Contract::openapi())
        .merge(super::health::router())
        .merge(documentation::contract_router())
        .merge(sign_in::well_known())
        .nest("/v1", features().route_layer(from_fn(layers::require_json_accepted)))
}

fn features() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(units_of_work().route_layer(from_fn(layers::if_victim)))
        .merge(audit_log::router())
        .merge(enrolment::router())
        .merge(session::router())
        .merge(sign_in::router())
        .merge(sync::router())
}

/// The features whose operations are one transaction each. Those that have to do with credentials are not: they count a try
/// before they make it.
fn units_of_work() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(appointment::router())
        .merge(assignment::router())
        .merge(centre::router())
        .merge(device::router())
        .merge(emergency_access::router())
        .merge(notification::router())
        .merge(participant::router())
        .merge(staff::router())
}

/// How the service is reached from outside.
#[derive(Debug, Clone)]
pub struct Door {
    origin: PageOrigin,
    /// Its limits.
    pub limits: Limits,
    /// Whether the API reference is served at `/docs`.
    pub documentation: bool,
    buckets: Arc<Buckets>,
}

impl Door {
    /// The door of a service that people reach under `public_url`, such as `https://muwakaba.example`.
    pub fn new(public_url: &str, limits: Limits, documentation: bool) -> Self {
        let buckets = Arc::new(Buckets::new(&limits.requests));
        Self { origin: PageOrigin::of(public_url), limits, documentation, buckets }
    }

    /// The origin of the service's own pages.
    pub const fn origin(&self) -> &PageOrigin {
        &self.origin
    }

    pub(super) const fn buckets(&self) -> &Arc<Buckets> {
        &self.buckets
    }

    pub(super) fn is_https(&self) -> bool {
        self.origin.as_str().starts_with("https://")
    }
}

/// The operations behind the door, ready to be served.
pub fn service(app: App, door: &Door) -> Router {
    let (ids, clock) = (app.ids.clone(), app.clock.clone());
    let (routes, contract) = operations().split_for_parts();
    let around = layers::Operations {
        running: app.operations.clone(),
        keyed: KeyedOperations::of(&contract),
        repeater: layers::Repeater(app.random.clone()),
    };
    let mut routes = routes.with_state(app).layer(from_fn_with_state(around, layers::to_the_end));
    if door.documentation {
        routes = routes.merge(documentation::pages());
    }
    let routes = routes
        .fallback(|| async { Error::not_found() })
        .method_not_allowed_fallback(|| async { Error::new(ProblemCode::MethodNotAllowed) });
    layers::around(routes, door, ids, clock)
}

/// Puts what every request passes around routes that are not the service's own.
pub fn behind_door(routes: Router, door: &Door, app: &App) -> Router {
    layers::around(routes, door, app.ids.clone(), app.clock.clone())
}
