//! A manager's question back on a visit ("please clarify"), which its author answers. Question and answer are read by whoever may read what
//! the visit says; of a visit that a counsellor wrote for themself alone, a manager asks and reads by an emergency access only. The
//! question is work for the author until they answer it. One that was asked by mistake is taken back by whoever asked it, and an answer is
//! corrected by its author beside what they had said.

mod answer;
mod corrections;
mod deeds;
mod http;
mod life;
mod mutations;
mod request;
mod store;
mod sync;

contract::ids! {
    /// A question on a visit.
    VisitQuestionId,
}

use crate::{
    app::{App, Feature},
    visit::things::VISIT_QUESTION,
};
use kernel::sync_form::list::ListOf;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("visit_questions", "What a manager asks the author of a visit"),
    routes,
    is_of_single_transactions: true,
    things: &[&VISIT_QUESTION],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &life::QUESTIONS,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::ask, http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::answer))
        .routes(routes!(http::correct_answer))
        .routes(routes!(http::list_corrections))
        .routes(routes!(http::withdraw))
}
