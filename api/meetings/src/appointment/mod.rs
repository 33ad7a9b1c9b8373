//! Appointments: what a participant and somebody who accompanies them agreed on, and what became of it.
//!
//! The state machine is in `rules`, the time in `time` (wall clock first, instant derived), several times to choose from in
//! `proposals`, `offer` and `slots`, the reminders that every change plans anew in `remind`, and what happens when the world's
//! zone data changes in `rederive`. Others change many at once: `replan` when a centre or a person is different, `hand_over` when a
//! host or a participant leaves.

mod ahead;
mod answer;
mod buttons;
pub mod carry;
pub mod closing;
mod commands;
pub mod ending;
mod follow_up;
mod groups;
mod hand_over;
mod history;
mod host;
mod hosts;
mod hours;
mod http;
mod life;
mod listing;
mod memory;
mod mutations;
mod named;
mod notes;
mod offer;
mod outcomes;
mod proposals;
pub mod rederive;
mod remind;
pub mod replan;
mod request;
mod row;
mod rules;
mod schedule;
mod slip;
mod slot;
mod slots;
mod standing;
mod store;
mod sync;
#[cfg(test)]
mod tests;
pub mod things;
mod time;
mod timeline;
mod timers;
mod words;

pub use answer::Appointment;
pub use commands::{Command, carry_out};
pub use hand_over::{Followed, follow_companion};
pub use request::{NewAppointment, NewPlace, NewProposal, NewSlot};
pub use row::Row;
pub use rules::{ActingAs, Refusal, Situation, Timing, decide, possible};
pub use schedule::{propose, schedule};
pub use standing::Standing;
pub use store::{load_for_change, load_own_for_change};
pub use sync::starting;
use sync::{NotesSyncForm, SyncForm};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("appointments", "What two people agreed on, and what became of it"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::APPOINTMENT, &things::STAFF_NOTES, &things::ZONE_DATA],
    lists: &[&ListOf::<SyncForm>::new(), &ListOf::<NotesSyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: timeline::TIMELINE,
    reminded: Some(&buttons::Appointments),
    life: &life::Appointments,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::create, http::list))
        .routes(routes!(http::read))
        .routes(routes!(proposals::create))
        .routes(routes!(proposals::choose))
        .routes(routes!(proposals::propose))
        .routes(routes!(http::confirm))
        .routes(routes!(http::decline))
        .routes(routes!(http::ask_to_move))
        .routes(routes!(http::move_to))
        .routes(routes!(http::cancel))
        .routes(routes!(http::record_outcome))
        .routes(routes!(http::correct_outcome))
        .routes(routes!(history::list))
        .routes(routes!(slip::read))
        .routes(routes!(notes::list, notes::write))
}
