//! Placements: what somebody works at, from the first word that is put in for them until it is over, and how long it was held. Work of every
//! kind is one, by the day and without a contract as well: what counts is that somebody has it. Whoever accompanies the participant records
//! it stage by stage; on the day that it has been held for 30, 90, 180 and 365 days they are reminded to find out, without asking an employer
//! who may know nothing. When it is lost, somebody is to act the same minute.
//!
//! Days worked and the gaps between are reckoned from what is recorded by one function (`days.rs`), with bounds where a date is not known to
//! the day. The participant reads all of their own.

mod agreements;
mod answer;
mod correcting;
mod corrections;
mod days;
mod deeds;
mod held;
mod http;
mod life;
mod milestones;
mod mutations;
mod needs;
mod parts;
mod reading;
mod remind;
mod request;
mod righting;
mod rules;
mod store;
mod sync;
pub mod things;
mod timeline;
mod timers;
mod words;

pub use words::{
    Confidence, EmployerKnowledge, EndReason, Evidence, Milestone, MilestoneState, PlacementId,
    PlacementKind, PlacementStage, PlacementState,
};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("placements", "What participants work at, and for how long"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::PLACEMENT],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: timeline::TIMELINE,
    reminded: None,
    life: &life::Placements,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::record))
        .routes(routes!(reading::list))
        .routes(routes!(reading::read, http::correct))
        .routes(routes!(reading::list_corrections))
        .routes(routes!(reading::list_agreements))
        .routes(routes!(reading::read_work))
        .routes(routes!(http::record_stage))
        .routes(routes!(http::verify_milestone))
        .routes(routes!(http::correct_milestone))
        .routes(routes!(http::withdraw_milestone))
        .routes(routes!(http::agree_employer_knowledge))
        .routes(routes!(http::end))
        .routes(routes!(http::withdraw))
}
