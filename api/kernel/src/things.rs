//! The kinds of things that the service keeps. A feature declares each of its own in full: the word for it in the change feed and in the audit
//! log, and what follows from its kind wherever nobody knows the feature itself. What is written to either is of a kind that is declared,
//! since nothing else can be.

use db::{Change, Operation};
use std::{fmt, hash::Hash};
use uuid::Uuid;

/// A kind of thing. Two are the same if their words are.
#[derive(Clone, Copy)]
pub struct Thing {
    /// Its word: in the change feed, and before the dot of an action of the audit log.
    pub word: &'static str,
    /// What is done to it that opens the file of the participant whom it is about: how many people somebody opens in an hour is limited. A
    /// list of many opens nobody's.
    pub opens_file: &'static [&'static str],
    /// Whether a participant learns from their access log which one it was.
    pub participants_learn_which: bool,
    /// Whether an observer learns which one it was. Not of what tells who did something: an account or a session is its owner.
    pub observers_learn_which: bool,
}

impl Thing {
    /// That this thing is new or different, for the change feed of its centre.
    #[must_use]
    pub const fn changed(&self, centre: Uuid, participant: Option<Uuid>, thing: Uuid) -> Change {
        Change {
            centre,
            participant,
            audience: None,
            subject_kind: self.word,
            subject: thing,
            operation: Operation::Upsert,
        }
    }
}

impl PartialEq for Thing {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

impl Eq for Thing {}

impl Hash for Thing {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.word.hash(state);
    }
}

impl fmt::Debug for Thing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word)
    }
}
