//! What somebody wants to reach, in their own words, with small steps towards it. A goal is set by the participant or with them, and is open
//! until it is achieved, achieved in part, not, or set aside with a reason from a list; it can be opened again. At most five are open at a
//! time, and each has at most seven steps: more is a list of duties. Steps are marked whenever there is something to say of them.
//!
//! The words are the participant's: whoever writes them down for them writes what they said. Each change leaves what stood there before
//! beside it; what was entered by mistake leaves the picture. Nothing is closed because something else is: neither by the last step, nor by a
//! file that is closed.

mod answer;
mod by;
mod deeds;
mod history;
mod http;
mod life;
mod mutations;
mod order;
mod picture;
mod request;
mod rules;
mod step;
mod step_deeds;
mod step_history;
mod step_http;
mod step_store;
mod store;
mod sync;
pub mod things;
mod timeline;
mod words;

pub use by::{By, When};
pub use deeds::set;
pub use request::{NewGoal, NewGoalStep};
pub use step_deeds::add as add_step;
pub use words::{GoalId, GoalState, GoalStepId, GoalStepState};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("goals", "What somebody wants to reach, in their own words, and the small steps towards it"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::GOALS, &things::GOAL, &things::GOAL_STEP],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: &[],
    timeline: timeline::TIMELINE,
    reminded: None,
    life: &life::Goals,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::read_picture))
        .routes(routes!(http::order))
        .routes(routes!(http::set))
        .routes(routes!(http::read, http::correct))
        .routes(routes!(http::close))
        .routes(routes!(http::reopen))
        .routes(routes!(http::withdraw))
        .routes(routes!(http::list_history))
        .routes(routes!(step_http::add))
        .routes(routes!(step_http::order))
        .routes(routes!(step_http::read, step_http::correct))
        .routes(routes!(step_http::mark))
        .routes(routes!(step_http::withdraw))
        .routes(routes!(step_http::list_history))
}
