//! Time that passes by itself. Whatever is to be looked at again has one row in the agenda, with when: an appointment whose reminders are
//! planned from something that has changed, a centre with a new policy, something whose state changes as time passes. A reconciler takes what
//! is ready, in batches, and asks the feature what becomes of it: it is done, or it is to be looked at again at such a time.
//!
//! The protocol is the outbox's. A claim moves `ready_at` into the future: that is a lease, so that a node that dies leaves nothing behind,
//! and a fence, since whoever notes the thing anew meanwhile moves it back, and what was done from older facts is then done again. Any number
//! of nodes may run. What fails again and again is set aside, counted and shown by `muwakaba doctor`, and stops nobody else; what is
//! unfolded into many goes page by page, each behind what others have waiting.

pub mod store;

pub use store::{Aside, BELL, Entry, note, set_aside, set_centre};

use contract::time::Instant;

/// A kind of things that are looked at again, by its word. A feature says what is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(&'static str);

impl Kind {
    /// The kind of this word.
    pub const fn new(word: &'static str) -> Self {
        Self(word)
    }

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// What became of something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// There is nothing more to do until it is noted again.
    Done,
    /// It is to be looked at again then: time alone will change it, or somebody held it just now.
    Again(Instant),
    /// It is unfolded as far as this, and goes on behind what is waiting.
    Unfolded(String),
}
