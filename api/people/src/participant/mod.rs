//! Participants: the released (or soon to be released) people whom a centre accompanies. What identifies them is sealed
//! before it reaches the database.
//!
//! Managers register the participants of their centre and may change everything; the mentors and counsellors to whom a
//! participant is assigned read the file and keep up to date how to reach and receive them ([`rules::FIELDS`] is the table). A list shows
//! names only; opening a file is audited and limited. The programme's edition and axes and the release disclose a conviction: managers
//! alone read and set them. Where the file stands is changed by commands ([`status`]).

mod answer;
pub mod former_number;
mod http;
pub mod moving;
pub mod names;
mod naming;
mod particulars;
mod register;
mod request;
mod row;
pub mod rules;
pub mod said;
mod sessions;
mod similar;
pub mod status;
mod statuses;
pub mod store;
mod sync;
mod text;
mod words;

pub use answer::{Participant, ParticipantSummary};
pub use register::register;
pub use request::NewParticipant;
pub use row::Row;
use sync::SyncForm;
pub use words::{Speaks, read as read_words};

use crate::app::{App, Feature, life::Untouched};
use kernel::{agenda::Kind, sync_form::list::ListOf};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Somebody of whom the file says another day, until which they are under age: what rests on that is looked at again.
pub const AGES: Kind = Kind::new("age");

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("participants", "The people who are accompanied"),
    routes,
    is_of_single_transactions: true,
    things: &[],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: &[],
    timers: &[],
    timeline: status::TIMELINE,
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::create, http::list))
        .routes(routes!(http::read, http::change))
        .routes(routes!(sessions::end_participant_sessions))
        .merge(status::operations())
}
