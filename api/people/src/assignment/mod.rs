//! Assignments: which mentor or counsellor accompanies which participant, from when to when. They decide who may see what, so
//! making or ending one takes effect with the next statement. None is ever deleted: the history says who could see whom. Participants see
//! who accompanies them now, by first name ([`companions`]).

mod answer;
mod companions;
mod given_name;
pub mod held;
mod http;
mod life;
mod request;
pub mod store;
mod sync;
pub mod things;
mod timeline;

pub use answer::Assignment;
use sync::SyncForm;

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("assignments", "Who accompanies whom, and since when"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::ASSIGNMENT],
    lists: &[&ListOf::<SyncForm>::new(), &ListOf::<companions::SyncForm>::new()],
    mutations: &[],
    timers: &[],
    timeline: timeline::TIMELINE,
    reminded: None,
    life: &life::Assignments,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::create, http::list))
        .routes(routes!(http::end))
        .routes(routes!(http::lead))
        .routes(routes!(companions::list_own))
}
