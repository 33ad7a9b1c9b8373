//! Participants: the released (or soon to be released) people whom a centre accompanies. What identifies them is sealed
//! before it reaches the database.
//!
//! Managers register the participants of their centre and may change everything; the mentors and counsellors to whom a
//! participant is assigned read the file and keep phone, language and zone up to date. A list shows names only; opening a
//! file is audited and limited. The programme edition discloses a conviction: managers alone read and set it.

mod answer;
mod http;
mod moving;
pub mod names;
mod register;
mod request;
mod rules;
mod sessions;
pub mod store;
mod sync;
mod text;

pub use answer::{Participant, ParticipantSummary};
pub use register::register;
pub use request::NewParticipant;
pub use sync::SyncForm;

use crate::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The feature's operations.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::create, http::list))
        .routes(routes!(http::read, http::change))
        .routes(routes!(moving::move_to_centre))
        .routes(routes!(sessions::end_participant_sessions))
}
