//! The readiness list: which papers and things somebody has who looks for work, which are missing, and what is under way to get them. It is one
//! list for each person, always whole, so that a screen shows it with one request. It knows states and dates, and never a number or a
//! picture of a paper.
//!
//! Beside it stands whether somebody looks for work at all, and if not, what would have to change. When something is being obtained and nothing
//! has moved for thirty days, the lead is to act. The manager of a centre sees which papers are missing to how many, and to whom.

mod answer;
mod deeds;
mod history;
mod http;
mod lacking;
mod life;
mod missing;
mod mutations;
mod request;
mod rules;
mod store;
mod sync;
pub mod things;
mod timers;
mod words;

pub use words::{ReadinessItem, ReadinessState};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("readiness", "Which papers and things somebody needs who looks for work"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::READINESS],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: &[],
    reminded: None,
    life: &life::Readiness,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::read, http::set_item))
        .routes(routes!(http::set_willingness))
        .routes(routes!(http::list_willingness))
        .routes(routes!(http::withdraw_willingness))
        .routes(routes!(missing::count))
        .routes(routes!(missing::list))
}
