//! The operations behind the door.

use crate::{
    documentation::{self, Written},
    operations::operations,
    serve::{Door, layers},
};
use axum::{Extension, Router, middleware::from_fn_with_state};
use care::App;
use contract::ProblemCode;
use kernel::{error::Error, extract::KeyedOperations};

/// The operations behind the door, ready to be served.
pub fn service(app: App, door: &Door) -> Router {
    let (ids, clock) = (app.ids.clone(), app.clock.clone());
    let (routes, contract) = operations().split_for_parts();
    let around = layers::Operations {
        running: app.operations.clone(),
        keyed: KeyedOperations::of(&contract),
        repeater: layers::Repeater(app.random.clone()),
    };
    let routes = care::PAGES.iter().fold(routes, |routes, pages| routes.merge((pages.routes)()));
    let mut routes = routes
        .with_state(app)
        .layer(Extension(Written::of(crate::contract::contract)))
        .layer(from_fn_with_state(around, layers::to_the_end));
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
