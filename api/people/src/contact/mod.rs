//! When somebody was last met or spoken to. "Without contact for so many days" has one meaning everywhere: it counts successful contacts
//! only, one statement finds them ([`store::found`]), and one pure function says what follows ([`rules::standing`]): since when the days are
//! counted, whether it is too long, and when another attempt is due after one in vain. Attempts that reached nobody move none of it but that.
//!
//! What was found is kept in one row for everybody who is accompanied, so that a centre finds whom it lost touch with by an index. Whatever
//! changes what is found calls [`happened`] in its own transaction.

mod answer;
pub mod figures;
mod http;
mod life;
mod look;
mod remind;
mod request;
mod rules;
mod store;
pub mod things;
mod timers;
mod words;

pub use look::happened;
pub use rules::{LEAST_DAYS, MOST_DAYS};
pub use words::ContactKind;

use crate::app::{App, Feature};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("contacts", "When somebody was last met or spoken to, and whom a centre has lost touch with"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::CONTACT],
    lists: &[],
    mutations: &[],
    timers: timers::TIMERS,
    timeline: &[],
    reminded: None,
    life: &life::Contacts,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::list)).routes(routes!(http::read))
}
