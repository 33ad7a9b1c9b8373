//! Reading the audit log. It is written by [`kernel::audit`], in the transaction of each deed; here it is only read, and each
//! role sees its own part: administrators all of it, managers their centre's, mentors and counsellors what they did
//! themselves, observers all of it without saying who, and participants who opened or changed their own file.

mod answer;
mod http;
mod request;
mod rules;
mod store;
pub mod things;

pub use answer::AuditLine;

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("audit", "Who did or read what, and when"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::AUDIT],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::list))
}
