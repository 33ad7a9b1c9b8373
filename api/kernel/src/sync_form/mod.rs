//! How a feature says what of it a phone gets: one [`Form`] beside the feature, named among what
//! the feature tells of itself.

pub mod list;
pub mod window;

pub use window::Window;

use crate::{
    Kernel,
    access::{Actor, Scope},
    error::Result,
    things::Thing,
};
use contract::{ParticipantId, time::Instant};
use db::Tx;
use serde::Serialize;
use uuid::Uuid;

/// What forms load with: everything they load is of one moment, and in scope.
pub struct Loading<'l> {
    /// The transaction.
    pub tx: &'l mut Tx,
    /// The service.
    pub kernel: &'l Kernel,
    /// Who is told.
    pub actor: &'l Actor,
    /// Whose data they may see.
    pub scope: Scope,
    /// What time it is.
    pub now: Instant,
    /// Of what happens at some time: what a phone gets of it.
    pub window: Window,
    /// What was told already and is not to be told again.
    pub told: Option<Window>,
}

/// One thing that a phone is told.
pub struct Told<T> {
    /// Which.
    pub id: Uuid,
    /// Whom it is about, if it is about somebody: it counts as seen.
    pub participant: Option<ParticipantId>,
    /// What is said of it.
    pub answer: Answer<T>,
}

/// What is said of a thing that is there.
pub enum Answer<T> {
    /// As it is read otherwise.
    Whole(T),
    /// Nothing: it was told before.
    ToldBefore,
    /// That it could not be read.
    Unread,
}

impl<T> Told<T> {
    /// What a row says, if it can be read: during an update a later version may have written it.
    pub fn of<R>(
        id: Uuid,
        participant: Option<ParticipantId>,
        row: Option<R>,
        read: impl FnOnce(R) -> Result<T>,
    ) -> Self {
        // One that cannot be opened was logged when that failed, and keeps no other back.
        let answer = row.and_then(|row| read(row).ok()).map_or(Answer::Unread, Answer::Whole);
        Self { id, participant, answer }
    }
}

/// What a phone gets of a feature: the same answers that its reading operations give.
pub trait Form {
    /// The answer.
    type Answer: Serialize;
    /// What the list is called in a page, such as `appointments`.
    const LIST: &'static str;
    /// What is in it, for the contract.
    const ABOUT: &'static str;
    /// Of which kinds the changes are that concern it; each names one of its things.
    const KINDS: &'static [&'static Thing];
    /// Those among them that only staff hear of.
    const AMONG_STAFF: &'static [&'static Thing] = &[];
    /// Those among them that are a whole centre's and about nobody: whoever works there hears of them, and has them no more when they work there no
    /// more.
    const OF_CENTRE: &'static [&'static Thing] = &[];
    /// Whether a phone is to forget what it has of a thing that is not told any more. Not of what depends on a thing that is.
    const MAY_GO: bool = true;

    /// Whether this person gets it at all.
    fn is_for(actor: &Actor) -> bool;

    /// Those of these things that are in the caller's scope, in one statement.
    fn load(
        loading: &mut Loading<'_>,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<Vec<Told<Self::Answer>>>> + Send;
}
