//! Assignments: which mentor or counsellor accompanies which participant, from when to when. They decide who may see what, so
//! making or ending one takes effect with the next statement. None is ever deleted: the history says who could see whom.

mod answer;
mod http;
mod request;
pub mod store;
mod sync;

pub use answer::Assignment;
pub use sync::SyncForm;

use crate::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The feature's operations.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::create, http::list)).routes(routes!(http::end))
}
