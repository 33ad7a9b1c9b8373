//! Postings: a mentor or counsellor works at another centre as well, from one day to another. The managers of that centre may then assign
//! people to them and name them as host, as they may those of their own; their account stays that of their home centre.
//!
//! What came with a posting ends with it: the assignments at that centre, and what would still be told of its people. A posting that
//! runs out does so at its instant: whoever calls after it is let in only when that is done, whether the agenda came to it or not.

mod answer;
mod ending;
mod http;
mod life;
pub mod rederive;
mod request;
mod rules;
pub mod store;
pub mod things;
mod timers;

pub use answer::Posting;

use crate::app::{App, Feature};
use utoipa_axum::{router::OpenApiRouter, routes};

contract::ids! {
    /// That a staff member works at another centre as well.
    PostingId,
}

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("postings", "Mentors and counsellors who work at another centre as well, and until when"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::POSTING],
    lists: &[],
    mutations: &[],
    timers: timers::TIMERS,
    timeline: &[],
    reminded: None,
    life: &life::Postings,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::create)).routes(routes!(http::list)).routes(routes!(http::end))
}
