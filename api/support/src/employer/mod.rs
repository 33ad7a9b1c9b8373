//! Employers of a centre: whoever gives work to its people, or might. A mentor who knows a baker who takes apprentices writes that down
//! here, and others of the centre find it. Their name and how to reach them are sealed; the sector and the province are words, by which one
//! looks for them. What an employer may know of somebody stands with that person's placement, not here.

pub mod answer;
mod http;
mod request;
pub mod store;
pub mod things;
mod words;

pub use words::{EmployerId, Sector};

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("employers", "Who gives work to the people of a centre"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::EMPLOYER],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::register, http::list)).routes(routes!(http::read, http::change))
}
