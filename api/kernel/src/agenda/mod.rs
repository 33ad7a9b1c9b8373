//! Time that passes by itself. Whatever is to be looked at again has one row in the agenda, with when: an appointment whose reminders are
//! planned from something that has changed, a centre with a new policy, something whose state changes as time passes. A reconciler takes what
//! is ready, in batches, and asks the feature what becomes of it: it is done, or it is to be looked at again at such a time.
//!
//! The protocol is the outbox's. A claim moves `ready_at` into the future: that is a lease, so that a node that dies leaves nothing behind,
//! and a fence, since whoever notes the thing anew meanwhile moves it back, and what was done from older facts is then done again. Any number
//! of nodes may run. What fails again and again is set aside, counted and shown by `muwakaba doctor`, and stops nobody else; what is
//! unfolded into many goes page by page, each behind what others have waiting.

pub mod store;

pub use store::{Aside, BELL, note, set_aside, set_centre};

use contract::time::Instant;

/// The kinds of things that are looked at again. Each is dealt with in the one match of the reconciler (`background/reconciler.rs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A centre whose policy or zone has changed: it is unfolded into its appointments.
    Centre,
    /// An appointment whose reminders are planned again.
    Appointment,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Centre, Self::Appointment];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Centre => "centre",
            Self::Appointment => "appointment",
        }
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
