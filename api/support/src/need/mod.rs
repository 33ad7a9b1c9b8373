//! What somebody needs, by areas of life, and what they are good at or can lean on. A need is found, taken in hand and closed (met, met in part,
//! declined, not met), with the days and with what helped; it can be opened again. How it stood before each change stays beside it, and
//! what was entered by mistake leaves the picture. An area in which somebody needs nothing is said to be so: it is not the same as not
//! having been asked.
//!
//! Which area it is about lies sealed, and of one length: health, the mind and faith are among them, and a table in the open would tell them.

mod answer;
mod deeds;
mod facts;
mod history;
mod http;
mod life;
mod mutations;
mod picture;
mod request;
mod rules;
mod store;
mod strength;
mod strength_http;
mod sync;
pub mod things;
mod timeline;
mod words;

pub use words::{NeedArea, NeedAreaState, NeedId, NeedState, StrengthId};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("needs", "What somebody needs, by areas of life, and what they are good at or can lean on"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::NEEDS, &things::NEED, &things::STRENGTH],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: &[],
    timeline: timeline::TIMELINE,
    reminded: None,
    life: &life::NEEDS,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::read_picture))
        .routes(routes!(http::answer_area))
        .routes(routes!(http::find))
        .routes(routes!(http::read, http::correct))
        .routes(routes!(http::take_in_hand))
        .routes(routes!(http::close))
        .routes(routes!(http::reopen))
        .routes(routes!(http::withdraw))
        .routes(routes!(http::list_history))
        .routes(routes!(strength_http::record))
        .routes(routes!(strength_http::read))
        .routes(routes!(strength_http::withdraw))
}
