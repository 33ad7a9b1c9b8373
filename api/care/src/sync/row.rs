//! One thing that changed, as the feed tells it.

use super::cursor::Place;
use kernel::things::Thing;
use uuid::Uuid;

/// What became of a thing, in the feed's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It is new or different.
    Different,
    /// It is no more.
    Gone,
    /// The person left the caller's scope.
    Revoked,
}

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it is in the order of what is told.
    pub place: Place,
    /// The kind of thing; none if only a later version of this service knows it.
    pub kind: Option<&'static Thing>,
    /// The thing.
    pub subject: Uuid,
    /// What became of it.
    pub became: Became,
}
