//! Outages of the service: that nobody could reach it, at a centre or anywhere, from when until when. A manager declares one of their centre once
//! it is over, an administrator one of all centres or of any, and so does whoever runs the machine, at its command line. What was to be
//! answered within that time gets it back ([`crate::check_in::outages`]); appointments, and whatever counts days of the calendar, stay where
//! they are.
//!
//! One that was declared by mistake is withdrawn: from then on nobody gets time for it, and nobody loses what they were told that they have.

mod answer;
mod deeds;
mod http;
mod request;
mod rules;
mod store;
pub mod things;
mod words;

pub use deeds::{Declaration, Source, declare};
pub use words::{OutageCause, OutageId};

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("outages", "When nobody could reach the service, and got that time back"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::OUTAGE],
    // A check-in says by how much it was extended.
    lists: &[],
    // Whoever declares one has a network again.
    mutations: &[],
    // What follows of it is looked at with the check-ins.
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::declare, http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::withdraw))
}
