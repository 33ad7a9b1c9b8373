//! Accompaniment centres: their name, zone, calendar of opening hours and closed days, and their own reminder policy. Every
//! participant and every staff member belongs to one.
//!
//! Administrators run all centres. A manager reads and changes the calendar and the policy of their own centre; mentors and
//! counsellors read theirs, to know when it is open.

mod answer;
mod http;
mod register;
mod request;
pub mod rules;
mod store;
mod sync;
pub mod things;

pub use answer::Centre;
pub use register::register;
pub use store::without_phone;
use sync::SyncForm;

use crate::app::{App, Feature, life::Untouched};
use kernel::sync_form::list::ListOf;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("centres", "Accompaniment centres, their opening hours and their reminder policies"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::CENTRE],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::create, http::list)).routes(routes!(http::read, http::change))
}
