//! How a feature says what of it a phone gets: one [`Form`] beside the feature, and one line in [`sync`](crate::sync).

pub mod mutation;
pub mod window;

pub use window::Window;

use crate::{
    access::{Actor, Scope},
    app::App,
    error::Result,
};
use contract::{ParticipantId, time::Instant};
use db::Tx;
use serde::Serialize;
use uuid::Uuid;

/// What forms load with: everything they load is of one moment, and in scope.
pub(crate) struct Loading<'l> {
    /// The transaction.
    pub tx: &'l mut Tx,
    /// The service.
    pub app: &'l App,
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
pub(crate) struct Told<T> {
    /// Which.
    pub id: Uuid,
    /// Whom it is about, if it is about somebody: it counts as seen.
    pub participant: Option<ParticipantId>,
    /// As it is read otherwise; none if there is nothing to say of it.
    pub answer: Option<T>,
}

/// What a phone gets of a feature: the same answers that its reading operations give.
pub(crate) trait Form {
    /// The answer.
    type Answer: Serialize;
    /// The word that its things have in the change feed.
    const KIND: &'static str;
    /// Whether a phone is to forget what it has of a thing that is not told any more. Not of what depends on a thing that is.
    const MAY_GO: bool = true;

    /// Whether this person gets it at all.
    fn is_for(actor: &Actor) -> bool;

    /// Those of these things that are in the caller's scope, in one statement.
    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Self::Answer>>>;
}
