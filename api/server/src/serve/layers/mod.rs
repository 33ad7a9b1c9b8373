//! What all requests pass, outermost first: an id, a line in the log, the common headers, a net for panics, limits on the
//! head, the origin check, how often an address may ask, a time-out. Each file is one of them; [`around`] puts them together.

mod acceptable;
mod access_log;
mod body;
mod carry_on;
mod deadline;
mod head_limits;
pub mod headers;
pub mod host;
mod origin;
mod panics;
mod rate;
mod repeat;

pub use acceptable::require_json_accepted;
pub use carry_on::{Operations, to_the_end};
pub use repeat::{Repeater, if_victim};

use super::Door;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use contract::{IdSource, time::Clock};
use kernel::{error::Result, request_id};
use std::sync::Arc;

/// What the layers need.
struct Around {
    door: Door,
    ids: Arc<dyn IdSource>,
    clock: Arc<dyn Clock>,
    date: headers::Date,
}

/// Puts the layers around these routes. They are put around routes, not around the router, so that each request is known by
/// its route's template, which names nobody. They are one layer to the router, which copies each of its layers for every request.
pub fn around(routes: Router, door: &Door, ids: Arc<dyn IdSource>, clock: Arc<dyn Clock>) -> Router {
    let around = Around { door: door.clone(), ids, clock, date: headers::Date::default() };
    routes.layer(from_fn_with_state(Arc::new(around), pass))
}

async fn pass(State(around): State<Arc<Around>>, mut request: Request, next: Next) -> Response {
    let (door, method) = (&around.door, request.method().clone());
    let line = access_log::Line::of(&request);
    let work = async {
        match admit(door, &mut request) {
            Ok(()) => deadline::enforce(&door.limits, request, next).await,
            Err(refused) => refused.into_response(),
        }
    };
    let work = async {
        let mut answer = panics::caught(work).await;
        headers::add(&mut answer, around.date.at(around.clock.now()), door.is_https());
        answer
    };
    request_id::assign(&*around.ids, &method, line.ends_with(work)).await
}

/// What is refused by its head alone.
fn admit(door: &Door, request: &mut Request) -> Result<()> {
    head_limits::check(&door.limits, request)?;
    host::check(request)?;
    origin::check(door.origin(), request)?;
    rate::take(door.buckets(), request)
}
