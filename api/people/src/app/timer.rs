//! What a feature does as time passes.

use super::App;
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{
    agenda::{Entry, Kind, Outcome},
    error::Result,
};
use uuid::Uuid;

/// What becomes of things that are looked at, each by its id. Those that somebody else holds just now are left out.
pub type LookedAt<'a> = BoxFuture<'a, Result<Vec<(Uuid, Outcome)>>>;

/// What is done with one kind of things on the agenda.
pub struct Timer {
    /// Which kind.
    pub kind: Kind,
    /// Whether each is looked at in a transaction of its own, since there may be much to each.
    pub is_each_alone: bool,
    /// Looks at these, and says what becomes of them.
    pub look_at: for<'a> fn(&'a App, &'a mut Tx, &'a [Entry], Instant) -> LookedAt<'a>,
}
