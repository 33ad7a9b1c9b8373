//! What changed for the caller since their phone last asked, as the answers that the reading operations give; and what they did without
//! network, each thing by the command that it is over HTTP ([`push`]).
//!
//! The [feed](feed) says what changed, each feature's [form](kernel::sync_form::Form) what a phone gets of it, the [cursor] how far the phone
//! has come, and [`judge`] whether it goes on there. A start has two parts: what lies in the next days, so that a slow network brings what
//! is needed first, and then the rest.

mod cursor;
mod elsewhere;
pub mod epoch;
mod feed;
mod forms;
mod http;
mod judge;
mod pack;
mod pull;
mod row;
mod seen;
pub mod things;

pub use forms::{lists, lists_for};

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: (
        "sync",
        "What changed for the caller since their phone last asked, and what they did without network",
    ),
    routes,
    is_of_single_transactions: false,
    things: &[&things::SYNC],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

/// The operations that can be done without network.
pub fn operations() -> impl Iterator<Item = &'static str> {
    crate::FEATURES.iter().flat_map(|feature| feature.mutations).map(|mutation| mutation.operation)
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::pull, http::push))
}
