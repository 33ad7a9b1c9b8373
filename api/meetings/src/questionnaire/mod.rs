//! Questionnaires: what is asked in a check-in. Managers write them for their centre, administrators for all centres; one comes with the
//! service. A questionnaire has versions, and none is ever changed: a check-in asks the version that it was planned with, and an answer stays
//! readable beside its question. A text that is missing in somebody's language is put in the nearest that there is. Which option alarms is a
//! property of the option.

mod answer;
mod http;
pub mod question;
pub mod request;
pub mod rules;
pub mod store;
pub mod things;
mod words;

pub use words::{Icon, NotASlug, QuestionKind, QuestionnaireId, Slug};

use crate::app::{App, Feature, life::Untouched};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("questionnaires", "What is asked in check-ins"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::QUESTIONNAIRE],
    lists: &[],
    mutations: &[],
    timers: &[],
    timeline: &[],
    reminded: None,
    life: &Untouched,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::create, http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::publish, http::list_versions))
        .routes(routes!(http::retire))
}
