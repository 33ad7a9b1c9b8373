//! Impressions: after a session its participant may say in two taps how it was. That helps only if nobody need fear being known by it. So
//! nobody reads a single one but whoever said it: managers get sums over a month of their centre, once at least five people have said
//! something and nothing in the month can change any more, so that two readings can never be told apart by one person. What is kept does
//! not say which session it was, nor whose: both are keyed hashes, and what was said is sealed under a key of the service.

mod answer;
mod deeds;
mod http;
mod mutations;
mod request;
mod rules;
mod said;
mod store;
pub mod things;
mod words;

pub use words::Face;

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself. An impression stays where the session was, whatever becomes of its participant: it is part of a sum.
pub const FEATURE: Feature = Feature {
    tag: ("impressions", "How participants found their sessions, told as sums only"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::IMPRESSION],
    lists: &[],
    mutations: mutations::MUTATIONS,
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::say, http::read)).routes(routes!(http::list))
}
