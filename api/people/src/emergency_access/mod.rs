//! Emergency access ("break-glass"): what counsellors write for themselves alone, nobody else reads, unless something is so
//! urgent that the manager of the centre must. Then the manager says why, and may read those notes about that one participant
//! for at most an hour.
//!
//! It is made to be noticed: every administrator is told in the same transaction, the authors of such notes are told, and the
//! participant finds it in their app and in their own access log. Each reading names the access in the audit log. It ends by
//! itself; the manager or an administrator may end it before.
//!
//! The reason is sealed under the participant's key, so that it goes when their data go. That administrators can read it is
//! decided by the statement that lists accesses, as for everything else: they oversee why, and see no note and no name.

mod answer;
mod http;
mod life;
mod request;
pub mod store;
pub mod things;

pub use answer::EmergencyAccess;

use crate::app::{App, Feature};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: (
        "emergency_access",
        "A manager's short and visible access to what counsellors wrote for themselves alone",
    ),
    routes,
    is_of_single_transactions: true,
    things: &[&things::EMERGENCY_ACCESS],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &life::EmergencyAccesses,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(http::open)).routes(routes!(http::list)).routes(routes!(http::end))
}
