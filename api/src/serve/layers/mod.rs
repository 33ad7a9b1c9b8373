//! What all requests pass, outermost first: an id, a line in the log, the common headers, a net for panics, limits on the
//! head, the origin check, how often an address may ask, a time-out. Each file is one of them; [`around`] puts them together.

mod acceptable;
mod access_log;
mod body;
mod carry_on;
mod deadline;
mod head_limits;
pub(crate) mod headers;
pub(super) mod host;
mod origin;
mod panics;
mod rate;
mod repeat;

pub(super) use acceptable::require_json_accepted;
pub use body::SlowBody;
pub(super) use carry_on::to_the_end;
pub(super) use repeat::{Repeater, if_victim};

use super::router::Door;
use crate::extract::request_id;
use axum::{Router, middleware::from_fn, middleware::from_fn_with_state};
use contract::{IdSource, time::Clock};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// Puts the layers around these routes. They are put around routes, not around the router, so that each request is known by
/// its route's template, which names nobody.
pub fn around(routes: Router, door: &Door, ids: Arc<dyn IdSource>, clock: Arc<dyn Clock>) -> Router {
    let door = Arc::new(door.clone());
    routes
        .layer(from_fn_with_state(door.clone(), deadline::enforce))
        .layer(from_fn_with_state(door.clone(), rate::limit))
        .layer(from_fn_with_state(door.clone(), origin::check))
        .layer(from_fn(host::check))
        .layer(from_fn_with_state(door.clone(), head_limits::check))
        .layer(CatchPanicLayer::custom(panics::answer))
        .layer(from_fn_with_state((door, clock), headers::add))
        .layer(from_fn(access_log::write))
        .layer(from_fn(move |request, next| request_id::assign(ids.clone(), request, next)))
}
