//! The ledger of consents: what a participant agreed to, for which purpose, in which words and language, before whom, until when, and what they
//! took back. Nothing in it is changed or taken out; how each consent stands follows from all that was said, by one pure function
//! ([`rules::what_holds`]).
//!
//! Whoever does something that needs consent asks [`holds`]. What must end with a consent hears of it as an event of the participant's life,
//! in the transaction of the withdrawal; the ledger knows none of it but one thing: without consent nothing is pushed to somebody's phones.

pub mod age;
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
pub use words::{ConsentGround, ConsentId, ConsentPurpose, ConsentRecorder, ConsentState, ConsentVoice};

use crate::app::{App, Feature};
use contract::{ParticipantId, time::Instant};
use db::Tx;
use kernel::{Kernel, error::Result, sync_form::list::ListOf};
pub use store::Which;
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

/// Whether a participant agrees to this now, and, while they are under age, their guardian as well. `subject` is what exactly it is for, where the purpose has several. Whoever acts on it in the same
/// transaction holds what the consent is for, and ends that when it hears of the consent's end.
pub async fn holds(
    kernel: &Kernel,
    tx: &mut Tx,
    participant: ParticipantId,
    purpose: ConsentPurpose,
    subject: Option<Uuid>,
    now: Instant,
) -> Result<bool> {
    let which = Which { participant, purpose, subject: subject.unwrap_or_default() };
    match store::standing(tx, which).await? {
        Some(row) => row.is_in_force(kernel, now),
        None => Ok(false),
    }
}

/// The same, held until the transaction ends, for something that is only now made: whoever takes the consent back meanwhile waits, and finds what
/// rests on it then.
pub async fn holds_on(
    kernel: &Kernel,
    tx: &mut Tx,
    participant: ParticipantId,
    purpose: ConsentPurpose,
    subject: Uuid,
    now: Instant,
) -> Result<bool> {
    match store::hold(tx, Which { participant, purpose, subject }).await? {
        Some(row) => row.is_in_force(kernel, now),
        None => Ok(false),
    }
}

/// How a consent stands now to which something rests that was recorded then, on a phone that may have learnt of its end later.
pub async fn ground(
    kernel: &Kernel,
    tx: &mut Tx,
    which: Which,
    (recorded_at, now): (Option<Instant>, Instant),
) -> Result<ConsentGround> {
    let Some(row) = store::standing(tx, which).await? else { return Ok(ConsentGround::Missing) };
    if row.is_in_force(kernel, now)? {
        return Ok(ConsentGround::Given);
    }
    let Some(recorded_at) = recorded_at else { return Ok(ConsentGround::Missing) };
    let then = recorded_at.min(now);
    let own = store::said(tx, row.id, ConsentVoice::Participant).await?;
    let guardian = store::said(tx, row.id, ConsentVoice::Guardian).await?;
    let held_then = rules::held_at(&own, then)
        && (!row.age().is_under_age(kernel, then)? || rules::held_at(&guardian, then));
    Ok(if held_then { ConsentGround::EndedSince } else { ConsentGround::Missing })
}
