//! Staff members: mentors, counsellors, managers, administrators and observers, and their accounts.
//!
//! Administrators run the accounts of every role at every centre; managers those of the mentors and counsellors of their own
//! centre. Whoever is deactivated is out at once: sessions, devices and assignments end in the same transaction.

mod answer;
mod http;
mod request;
pub(crate) mod rules;
pub(crate) mod store;

pub use answer::{NewCredentials, StaffMember};

use crate::app::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The feature's operations.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::create, http::list))
        .routes(routes!(http::read, http::change))
        .routes(routes!(http::reset))
}
