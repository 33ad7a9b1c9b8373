//! The ledger of consents: what a participant agreed to, for which purpose, in which words and language, before whom, until when, and what they
//! took back. Nothing in it is changed or taken out; how each consent stands follows from all that was said, by one pure function
//! ([`rules::what_holds`]).
//!
//! Whoever does something that needs consent asks [`holds`]. What must end with a consent hears of it as an event of the participant's life,
//! in the transaction of the withdrawal; the ledger knows none of it but one thing: without consent nothing is pushed to somebody's phones.

mod answer;
pub mod deeds;
mod http;
mod life;
mod mutations;
mod request;
pub mod rules;
pub mod store;
mod sync;
pub mod things;
mod timeline;
mod timers;
pub mod wordings;
mod words;

pub use request::ConsentTerms;
pub use words::{ConsentGround, ConsentId, ConsentPurpose, ConsentRecorder, ConsentState};

use crate::app::{App, Feature};
use contract::{ParticipantId, time::Instant};
use db::Tx;
use kernel::{error::Result, sync_form::list::ListOf};
use store::Which;
use sync::SyncForm;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// What it tells of itself.
pub const FEATURE: Feature = Feature {
    tag: ("consents", "What participants agree to and take back"),
    routes,
    is_of_single_transactions: true,
    things: &[&things::CONSENT],
    lists: &[&ListOf::<SyncForm>::new()],
    mutations: mutations::MUTATIONS,
    timers: timers::TIMERS,
    timeline: timeline::TIMELINE,
    reminded: None,
    life: &life::Consents,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(http::read_wordings))
        .routes(routes!(http::give))
        .routes(routes!(http::withdraw))
        .routes(routes!(http::list))
        .routes(routes!(http::read))
        .routes(routes!(http::list_entries))
}

/// Whether a participant agrees to this now. `subject` is what exactly it is for, where the purpose has several. Whoever acts on it in the same
/// transaction holds what the consent is for, and ends that when it hears of the consent's end.
pub async fn holds(
    tx: &mut Tx,
    participant: ParticipantId,
    purpose: ConsentPurpose,
    subject: Option<Uuid>,
    now: Instant,
) -> Result<bool> {
    let which = Which { participant, purpose, subject: subject.unwrap_or_default() };
    let standing = store::standing(tx, which).await?;
    Ok(standing.is_some_and(|(state, until)| rules::stands(state, until, now) == ConsentState::Given))
}

/// The same, held until the transaction ends, for something that is only now made: whoever takes the consent back meanwhile waits, and finds what
/// rests on it then.
pub async fn holds_on(
    tx: &mut Tx,
    participant: ParticipantId,
    purpose: ConsentPurpose,
    subject: Uuid,
    now: Instant,
) -> Result<bool> {
    let held = store::hold(tx, Which { participant, purpose, subject }).await?;
    Ok(held.is_some_and(|row| row.state_at(now) == ConsentState::Given))
}

/// How a consent stands now to which something rests that was recorded then, on a phone that may have learnt of its end later.
pub async fn ground(
    tx: &mut Tx,
    participant: ParticipantId,
    purpose: ConsentPurpose,
    subject: Uuid,
    (recorded_at, now): (Option<Instant>, Instant),
) -> Result<ConsentGround> {
    if holds(tx, participant, purpose, Some(subject), now).await? {
        return Ok(ConsentGround::Given);
    }
    let Some(recorded_at) = recorded_at else { return Ok(ConsentGround::Missing) };
    let said = store::said_about(tx, Which { participant, purpose, subject }).await?;
    let held_then = rules::held_at(&said, recorded_at.min(now));
    Ok(if held_then { ConsentGround::EndedSince } else { ConsentGround::Missing })
}
