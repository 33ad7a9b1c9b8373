//! Plan templates: what a plan is made from. Phases one after the other, each with how often somebody is asked how they are; series of
//! conversations; which papers are asked about; and where work may lead, as an intention. Managers write them for their centre, administrators for
//! all centres. A template has versions, and none is ever changed: a plan follows the version that it was started or changed with. One that is
//! not wanted any more is retired, never deleted.

mod answer;
pub mod content;
mod http;
pub mod request;
mod rules;
pub mod store;
pub mod things;
mod words;

pub use words::{PlanTemplateId, SpanUnit};

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("plan-templates", "What plans are made from"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::PLAN_TEMPLATE],
    // Whoever starts a plan has a network; participants read their plan, not what it was made from.
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
        .routes(routes!(http::read))
        .routes(routes!(http::publish, http::list_versions))
        .routes(routes!(http::retire))
}
