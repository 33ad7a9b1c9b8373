//! Work items: what somebody of the staff must act on. Each has a cause, and there is one for each cause however often it comes again; the
//! features that know the causes raise them and resolve them ([`raise`], [`resolve`]), in the transaction in which that happens.
//!
//! Whose one is follows from who accompanies the participant: it is the lead's, unless somebody else took it, and the managers' where there
//! is nobody. So nothing has to be handed on when somebody leaves. It is ordered by how urgent it is and then by until when it should be seen to, which is a
//! part of a working day and no minute. What is overdue rises to the managers, once. It counts nothing about whoever sees to it.

mod answer;
mod causes;
mod deeds;
pub mod figures;
mod http;
mod leads;
mod life;
mod list;
mod mutations;
mod narrowing;
mod raise;
mod remind;
mod request;
mod rules;
mod store;
mod summary;
mod sync;
pub mod things;
mod timers;
mod words;

pub use causes::part_of_day;
pub use raise::{Raise, raise, raise_for, resolve, resolve_because};
pub use words::{PartOfDay, ResolutionReason, WorkCause, WorkItemId, WorkItemState};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("work_items", "What somebody of the staff must act on"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::WORK_ITEM],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: &[],
    reminded: None,
    life: &life::WorkItems,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::list))
        .routes(routes!(http::summarize))
        .routes(routes!(http::read))
        .routes(routes!(http::take))
        .routes(routes!(http::release))
        .routes(routes!(http::hand_over))
        .routes(routes!(http::accept))
        .routes(routes!(http::refuse))
        .routes(routes!(http::withdraw_hand_over))
        .routes(routes!(http::finish))
        .routes(routes!(http::dismiss))
        .routes(routes!(http::snooze))
        .routes(routes!(http::undo))
}
