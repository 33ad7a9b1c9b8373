//! The week of a centre in figures, for its managers: what is open and why, what is overdue, whom nobody met for long, and how many people are
//! accompanied. It is made on the first open morning of each week ([`make`]), once for each centre and week, and stays as it was made: what the
//! figures are about is counted where it belongs ([`work_item::figures`](crate::work_item::figures), [`contact::figures`](crate::contact::figures)).
//!
//! It counts what is to be done and whom a centre accompanies. It ranks nobody: companions stand in the order of their names, and no figure says who
//! did how much.

mod answer;
mod http;
mod life;
mod make;
mod remind;
mod rules;
mod store;
mod sync;
pub mod things;
mod timers;
mod words;

pub use timers::{make_now, note};
pub use words::DigestId;

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("digests", "The week of a centre in figures, for its managers"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::DIGEST],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: &[],
    timers: timers::TIMERS,
    timeline: &[],
    reminded: None,
    life: &life::Digests,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::list)).routes(routes!(http::read))
}
