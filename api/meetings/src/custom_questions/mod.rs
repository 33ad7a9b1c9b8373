//! What those who accompany a participant ask that person besides, in their language: up to three questions, sealed, added to the check-ins
//! that are planned from then on, as far as there is room among six. Their options may alarm as all others. The manager of the centre reads
//! them. Whoever sets them replaces all of them; check-ins that are planned already ask what they were planned with.

mod answer;
mod http;
mod request;
mod store;
pub mod things;

pub use store::opened;

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("custom-questions", "What those who accompany a participant ask that person alone"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::CUSTOM_QUESTIONS],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::read, http::set))
}
