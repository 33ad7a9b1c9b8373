//! Merging two files that are about one person. One of them goes on. The other is closed as `merged` and stands for the first from then on: its
//! history stays on its own rows, under its own key, and is read through the one that goes on; its old id, its names and its numbers find that.
//! Nothing is copied or rewritten, so that within 30 days it can be undone.
//!
//! What was open on the merged file goes on or ends by the rules in [`rules`]; what was made for that is kept, and undone with it unless it has
//! changed since. Who accompanies the file that goes on can read the merged one, for as long as they do ([`life`]).

mod answer;
mod fields;
mod http;
mod life;
mod merge;
mod open;
mod request;
mod rules;
mod store;
mod unmerge;
mod words;

pub use store::merged_at;

use crate::app::{App, Feature};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("merging", "Two files that are about one person"),
    routes,
    is_of_single_transactions: true,
    things: &[],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &life::Merging,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::merge)).routes(routes!(http::unmerge))
}
