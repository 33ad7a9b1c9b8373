//! Plans: what somebody goes through after their release, made from a template that is followed in one of its versions. A plan asks for check-ins, on
//! days that its recurrences name, and for conversations, each within a week. It is planned eight weeks ahead, in the transaction that starts or
//! changes it and from then on as time passes; each of its days is known by its own date for ever, so that none is planned twice, whoever plans.
//!
//! Check-ins are planned as if somebody had: with their windows, reminders and work items. Conversations are to be arranged by a person, with a host
//! and a time, and a week before somebody is asked to. A change is shown first, and touches only what lies ahead and nobody has had to do
//! with. While the file rests the plan does as well, and everything behind is later by so many days. Pure are where it stands (`rules.rs`), its days
//! (`course.rs`), and what is to be done about what is planned (`compare.rs`).

mod answer;
mod compare;
mod course;
pub mod deeds;
mod http;
mod life;
mod materialise;
mod mutations;
mod planned;
pub mod request;
mod rules;
mod sessions;
mod store;
mod sync;
#[cfg(test)]
mod tests;
pub mod things;
mod timeline;
pub mod timers;
mod words;

pub use words::{PlanEndReason, PlanId, PlanSessionId, PlanSessionState, PlanState};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("plans", "What participants go through after their release"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::PLAN, &things::PLAN_SESSION],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: timeline::TIMELINE,
    // Check-ins and appointments are reminded of, each by itself; a plan says nothing.
    reminded: None,
    life: &life::Plans,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::start))
        .routes(routes!(http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::list_versions))
        .routes(routes!(http::preview))
        .routes(routes!(http::change))
        .routes(routes!(http::end))
        .routes(routes!(http::read_session))
        .routes(routes!(http::link))
        .routes(routes!(http::cancel_session))
}
