//! Accompaniment centres: their name, zone, calendar of opening hours and closed days, and their own reminder policy. Every
//! participant and every staff member belongs to one.
//!
//! Administrators run all centres. A manager reads and changes the calendar and the policy of their own centre; mentors and
//! counsellors read theirs, to know when it is open.

mod answer;
pub mod calendar;
mod http;
mod public_text;
mod register;
mod request;
pub mod rules;
mod store;
mod sync;

pub use answer::Centre;
pub use register::register;
pub use sync::SyncForm;

use crate::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The feature's operations.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::create, http::list)).routes(routes!(http::read, http::change))
}
