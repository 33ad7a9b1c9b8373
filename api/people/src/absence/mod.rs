//! Absences: a mentor or counsellor is away from one day to another, and somebody stands in for them. From the first day on the stand-in
//! accompanies those whom the absent one leads, and what needs somebody about them is theirs; with the last day that ends, whatever happened
//! meanwhile. Without a stand-in it is the managers'.
//!
//! Who leads stays as it is: the participant's person is only away.

mod answer;
pub mod deeds;
mod http;
mod life;
pub mod request;
mod rules;
mod store;
pub mod things;
mod timers;
mod turns;

pub use answer::Absence;

use crate::app::{App, Feature};
use utoipa_axum::{router::OpenApiRouter, routes};

contract::ids! {
    /// That a staff member is away.
    AbsenceId,
}

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("absences", "When mentors and counsellors are away, and who stands in for them"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::ABSENCE],
    lists: &[],
    mutations: &[],
    timers: timers::TIMERS,
    timeline: &[],
    reminded: None,
    life: &life::Absences,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::create)).routes(routes!(http::list)).routes(routes!(http::end))
}
