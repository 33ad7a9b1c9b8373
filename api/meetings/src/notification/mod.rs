//! Notifications as the apps meet them: the reminders that somebody was sent, for apps that fetch them; the buttons and
//! receipts of those that were pushed; and for staff, the plan of what an appointment's people will still be told.
//!
//! A button works without anybody being signed in: the notification brought a token that allows just that, once. What it
//! does is the same as in the app, in one transaction with the token's use.

mod act;
mod answer;
mod http;
mod request;
mod rules;
mod store;
mod subject;
#[cfg(test)]
mod tests;
pub mod things;

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("notifications", "What a person was told, and their answers from the notification itself"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::REMINDER],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::plan))
        .routes(routes!(act::act))
        .routes(routes!(act::receive))
}
