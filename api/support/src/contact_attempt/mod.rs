//! Attempts that reached nobody: somebody called, went there, or asked the family with the person's consent, and in vain. Each is a record of
//! its own, so that it shows that somebody tried, and does not pass for a contact. It is recorded like a visit: on the wall, without
//! network, and late. It is withdrawn with a reason if it was entered by mistake, and recorded anew if something of it was wrong.

mod answer;
mod deeds;
mod http;
mod life;
mod mutations;
mod request;
mod store;
mod sync;
pub mod things;
mod timeline;
mod words;

pub use words::{ContactAim, ContactAttemptId, ContactAttemptKind};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("contact_attempts", "Attempts to reach somebody that reached nobody"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::CONTACT_ATTEMPT],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: &[],
    timeline: timeline::TIMELINE,
    reminded: None,
    life: &life::ATTEMPTS,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::record))
        .routes(routes!(http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::withdraw))
}
