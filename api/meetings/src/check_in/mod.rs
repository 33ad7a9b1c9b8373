//! Check-ins: a short questionnaire that a participant answers within a window, or a mentor for them. Staff plan them, one or a series. Where
//! one stands follows from what somebody did and from its instants, so that reading tells the truth whether or not a timer has run; timers
//! tell phones, and staff once a missed one has had its grace. A pause of the file and an outage of the service move windows by rule; where they
//! stood at first stays beside them.
//!
//! The answers are sealed. One that alarms, and a call that is wanted, is raised in the transaction that brings it, also when only some
//! answers were saved, and also late; whoever gave it is told at once whom to call now and when somebody calls them, from data that their phone
//! has without network. The participant is reminded when it opens, half-way and in the last evening, and then left in peace.

mod answer;
mod answers;
mod asked;
mod correcting;
mod corrections;
mod deeds;
mod escalate;
mod former;
mod http;
pub mod in_bulk;
mod life;
mod mutations;
mod of_participant;
pub mod outages;
mod pause;
pub mod planning;
mod remind;
mod request;
mod rules;
mod store;
mod sync;
pub mod things;
mod time_back;
mod timeline;
pub mod timers;
pub mod window;
mod words;

pub use request::WindowRule;
pub use words::{CheckInId, CheckInSeriesId, CheckInState};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("check-ins", "How somebody is, asked and answered within a window"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::CHECK_IN],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: timeline::TIMELINE,
    // A notification opens the app.
    reminded: None,
    life: &life::CheckIns,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::plan))
        .routes(routes!(http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::save_answers))
        .routes(routes!(http::submit))
        .routes(routes!(http::correct_answers))
        .routes(routes!(http::list_corrections))
        .routes(routes!(http::review))
        .routes(routes!(http::excuse))
        .routes(routes!(http::cancel))
}
