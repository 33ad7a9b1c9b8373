//! Devices: the installed apps of a person that can be reached by push.
//!
//! An app registers where its push service reaches it, and tells when that changes. The address itself is never shown to
//! anybody again: whoever knows it could send to it. What is shown is the channel, the push service's host and the state. A
//! device goes with the session in which it was registered.

mod answer;
mod http;
mod request;
mod store;
pub mod things;

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("devices", "The phones and browsers that reminders are pushed to"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::DEVICE],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::public_key))
        .routes(routes!(http::list))
        .routes(routes!(http::register_web_push))
        .routes(routes!(http::register_fcm))
        .routes(routes!(http::refresh_web_push))
        .routes(routes!(http::refresh_fcm))
        .routes(routes!(http::remove))
}
