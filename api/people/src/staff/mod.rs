//! Staff members: mentors, counsellors, managers, administrators and observers, and their accounts.
//!
//! Administrators run the accounts of every role at every centre; managers those of the mentors and counsellors of their own
//! centre. Whoever is deactivated is out at once: sessions, devices and assignments end in the same transaction.

mod answer;
mod http;
mod request;
pub mod rules;
mod sessions;
pub mod store;

pub use answer::{NewCredentials, StaffMember};

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("staff", "The accounts of mentors, counsellors, managers, administrators and observers"),
    routes,
    is_of_single_transactions: true,
    things: &[],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::create, http::list))
        .routes(routes!(http::read, http::change))
        .routes(routes!(http::reset))
        .routes(routes!(sessions::end_staff_sessions))
}
