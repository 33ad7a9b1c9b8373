//! The timeline of a participant: what happened, in one order, whatever feature keeps it. Each feature tells its own part ([`Chapter`]); here
//! they are put together and cut into pages. What a caller may not know, a chapter does not tell.
//!
//! [`Chapter`]: crate::app::timeline::Chapter

mod answer;
mod http;
mod rules;

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("timeline", "Everything about a participant in one order"),
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
    OpenApiRouter::new().routes(routes!(http::read))
}
