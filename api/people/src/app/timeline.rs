//! How a feature takes part in a participant's timeline: it tells what happened, newest first, from an index, and only as much as the caller may
//! know. A moment says that something was, when and who did it; what it says in words is read where it is kept.

use contract::{
    ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Result, Tx};
use futures_util::future::BoxFuture;
use kernel::{access::Actor, access::Scope, things::Thing};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where something stands in a timeline: by when it was, by its id where two were at once, and by its part where both are of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(i64, Uuid, i64);

impl Place {
    /// This one.
    pub const fn new(at: Instant, id: Uuid) -> Self {
        Self::of_part(at, id, 0)
    }

    /// This part of it.
    pub const fn of_part(at: Instant, id: Uuid, part: i64) -> Self {
        Self(at.as_micros(), id, part)
    }

    /// When it was.
    pub fn at(self) -> Instant {
        Instant::from_micros(self.0).unwrap_or(Instant::MAX)
    }

    /// Which one.
    pub const fn id(self) -> Uuid {
        self.1
    }

    /// Which part of it.
    pub const fn part(self) -> i64 {
        self.2
    }
}

/// What a chapter is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// Whose data they may see.
    pub scope: Scope,
    /// About whom.
    pub participant: ParticipantId,
    /// Only what stands before this.
    pub before: Place,
    /// How many at most.
    pub rows: i64,
}

impl Asked<'_> {
    /// Whether staff ask.
    pub const fn is_staff(&self) -> bool {
        matches!(self.actor, Actor::Staff { .. })
    }
}

/// Something that was, or will be.
#[derive(Debug, Clone)]
pub struct Moment {
    /// When.
    pub at: Instant,
    /// What kind of thing it is about.
    pub kind: &'static Thing,
    /// Which one.
    pub id: Uuid,
    /// Which part of that, where several things that were are of one: told in this order if they were at once. Else 0.
    pub part: i64,
    /// What it was, in a word of its feature.
    pub event: String,
    /// Who did it, or with whom it was.
    pub staff: Option<StaffId>,
    /// The same time as it was agreed on or read on the wall.
    pub local: Option<(LocalDateTime, ZoneName)>,
}

/// Tells the newest moments of one kind before a place, newest first.
pub type Chapter = for<'a> fn(&'a mut Tx, &'a Asked<'a>) -> BoxFuture<'a, Result<Vec<Moment>>>;
