//! Visits: what somebody who accompanies a participant logs of having met them, at home, at work, at the centre or by phone, and the next
//! step that came of it. Often it is written without network and sent much later, and none may be lost: one that was recorded while its
//! author still accompanied the participant is taken afterwards, too.
//!
//! The narrative is sealed. Whoever accompanies the participant reads it, unless a counsellor wrote it for themself alone; a manager reads
//! those only by an emergency access. What was logged can be corrected by its author, and what it said before stays beside it; what was entered
//! by mistake is withdrawn, and read by its id alone. The author is reminded when the next step is due, and can say from the notification
//! that it is done.

mod answer;
mod buttons;
mod corrections;
mod deeds;
mod http;
mod life;
mod mutations;
pub mod parts;
mod remind;
mod request;
mod rules;
pub mod store;
mod sync;
pub mod things;
mod timeline;
mod timers;
mod together;
mod words;

pub use words::{VisitId, VisitKind, VisitReaders};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("visits", "What those who accompany somebody log of having met them"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::VISIT],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: timeline::TIMELINE,
    reminded: Some(&buttons::Visits),
    life: &life::Visits,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::record))
        .routes(routes!(http::list))
        .routes(routes!(http::read, http::correct))
        .routes(routes!(http::list_corrections))
        .routes(routes!(http::list_parts))
        .routes(routes!(http::finish_next_step))
        .routes(routes!(http::withdraw))
}
