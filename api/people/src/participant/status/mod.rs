//! Where a file stands: being prepared, active, paused, or closed in one of four ways. Each change is a command of its own, with its
//! reason and its consequences in one transaction; what it was before stays in a log, so that who was accompanied when is known for good.
//!
//! Why a file rests may disclose what only managers may know, so nobody else learns any of those reasons: if they learnt the harmless
//! ones, silence would tell the other.

mod answer;
pub mod deeds;
mod http;
pub mod request;
pub mod rules;
pub mod store;
mod timeline;
pub mod words;

pub use timeline::TIMELINE;

use crate::app::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The operations on where a file stands.
pub fn operations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::activate))
        .routes(routes!(http::pause))
        .routes(routes!(http::resume))
        .routes(routes!(http::complete))
        .routes(routes!(http::withdraw))
        .routes(routes!(http::transfer))
        .routes(routes!(http::record_death))
        .routes(routes!(http::reopen))
        .routes(routes!(http::reverse_death))
        .routes(routes!(http::history))
}
