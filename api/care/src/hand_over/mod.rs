//! Hand-overs: somebody asks that somebody else accompanies a participant from now on, a colleague or another centre, and nothing changes until
//! they say yes. One state machine serves both ([`rules`]); what a yes brings about differs ([`accepting`]) and is done in its transaction.
//!
//! Whoever is asked has not got the participant, and is told no more of them than they need to answer. So a hand-over belongs to its two sides
//! (`hand_over_side`), by which it is found, listed and told to phones; it is no part of anybody's caseload.

mod accepting;
mod answer;
mod candidates;
mod deeds;
mod http;
mod life;
mod mutations;
mod remind;
mod request;
mod rules;
mod store;
mod sync;
pub mod things;
mod timeline;
mod words;

pub use deeds::ask_companion;
pub use life::file_is_merged;
pub use request::CompanionHandOver;
pub use words::{HandOverId, HandOverKind, HandOverState};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::HandOvers;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("hand_overs", "Asking a colleague or another centre to accompany a participant from now on"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::HAND_OVER],
    lists: &[&ListOf::<HandOvers>::new()],
    mutations: mutations::MUTATIONS,
    timers: &[],
    timeline: timeline::TIMELINE,
    reminded: None,
    life: &life::HandOvers,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::list_possible))
        .routes(routes!(http::ask_companion))
        .routes(routes!(http::ask_centre))
        .routes(routes!(http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::accept))
        .routes(routes!(http::refuse))
        .routes(routes!(http::withdraw))
}
