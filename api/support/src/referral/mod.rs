//! Partners, and referrals to them: what a centre asks of a body outside the service for one participant, who agreed to exactly that, and what came
//! of it. The state machine is in [`rules`]; that they agree stands in the ledger of consents, under the referral's id, and when it ends
//! the referral is revoked in the same transaction.
//!
//! The partner has no account. Staff make a link and a code, and hand them over themselves, each another way; the service sends neither. The page
//! behind the link ([`page`]) tells a given name and what is asked, and never which service asks.

mod answer;
pub mod deeds;
mod http;
mod life;
mod link;
mod mutations;
pub mod page;
mod partner_http;
pub mod partners;
mod request;
mod rules;
pub mod store;
mod sync;
pub mod things;
mod timeline;
mod timers;
mod unanswered;
mod words;

pub use words::{PartnerId, ReferralAnswer, ReferralAnswerWay, ReferralId, ReferralState};

use crate::app::{App, Feature};
use kernel::sync_form::list::ListOf;
use sync::{Partners, Referrals};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: (
        "referrals",
        "Partners outside the service, and what is asked of them for a participant who agrees",
    ),
    routes,
    is_of_single_transactions: true,
    things: &[&things::PARTNER, &things::REFERRAL],
    lists: &[&ListOf::<Partners>::new(), &ListOf::<Referrals>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: timeline::TIMELINE,
    reminded: None,
    life: &life::Referrals,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(partner_http::register))
        .routes(routes!(partner_http::list))
        .routes(routes!(partner_http::read, partner_http::change))
        .routes(routes!(http::ask))
        .routes(routes!(http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::send))
        .routes(routes!(http::record_answer))
        .routes(routes!(http::record_meeting))
        .routes(routes!(http::close))
        .routes(routes!(http::revoke))
}
