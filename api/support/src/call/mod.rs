//! People whom no app tells what there is to say. Each reminder that is planned for them is a line in the day of whoever is in charge: whom to call and by when,
//! at which number, and what to say. The lines are the reminders themselves, read from the outbox: so a line ends with its subject, and with the app being
//! installed, without anybody seeing to it. Whoever was told is recorded, and reached by that; an attempt in vain is a record of its own
//! ([`contact_attempt`](crate::contact_attempt)), and leaves the line where it is.

mod answer;
mod deeds;
mod http;
mod life;
mod mutations;
mod request;
mod rules;
mod store;
pub mod things;
mod timeline;
mod words;

pub use words::{ReminderCallId, ToldHow};

use crate::app::{App, Feature};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("calls", "Whom to call because no app tells them, and what to say"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::CALLS_TO_MAKE, &things::REMINDER_CALL],
    lists: &[],
    mutations: mutations::MUTATIONS,
    timers: &[],
    timeline: timeline::TIMELINE,
    reminded: None,
    life: &life::Calls,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::list))
        .routes(routes!(http::settle))
        .routes(routes!(http::read))
        .routes(routes!(http::withdraw))
}
