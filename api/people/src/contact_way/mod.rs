//! How to reach somebody: in which order they want to be told (the app, a call, a slip, a person whom they named), and their numbers, each with whose it is,
//! when it is good to call, whether a message may be left and until when it is used. A number that was changed stays sealed and is never called again;
//! "wrong number" is one command. A person who passes on what is said is asked only while the participant agrees to it.
//!
//! The number in the participant's file is the first of the ways, and stays there: it is known by their own id. What is said of it besides lies here.
//! Whoever wants the app and has no phone that is reached, and whom a reminder did not reach, becomes work for whoever is in charge.

mod answer;
mod deeds;
mod http;
mod life;
mod mutations;
mod request;
mod rules;
pub mod store;
mod sync;
pub mod things;
mod timers;
mod words;

pub use answer::{ContactWay, decisive, today, ways_of};
pub use rules::{order, reached};
pub use timers::has_device;
pub use words::{ContactMeans, ContactWayId, ContactWayKind, FormerNumberReason, NumberOwner};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("contact_ways", "How to reach somebody: by what they want to be told, and at which numbers"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::CONTACT_WAYS],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: &[],
    reminded: None,
    life: &life::ContactWays,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::read, http::add))
        .routes(routes!(http::change))
        .routes(routes!(http::remove))
        .routes(routes!(http::order))
        .routes(routes!(http::report_wrong))
}
