//! What each purpose of a reminder says of all reminders that have it. A kind of subject declares its own, one line for each; whatever else
//! depends on the purpose alone is read from there.

use contract::{ReminderPurpose, SubjectKind};

/// What a purpose says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    /// Which.
    pub purpose: ReminderPurpose,
    /// What sort of reminder it is.
    pub sort: Sort,
    /// Whether the reader can answer by a button from the lock screen.
    pub has_buttons: bool,
    /// Which staff may hear it.
    pub audience: Audience,
}

/// Which staff may hear something about a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Those who have the participant in their caseload.
    Caseload,
    /// Administrators as well, who see no participant: it names none.
    Oversight,
    /// Whoever is asked something about a participant whom they have not got, and whoever asked: it names none, either.
    Sides,
}

/// The sorts of reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// It comes some time before a start.
    Lead,
    /// It tells what has happened to its subject.
    Event,
    /// It tells anything else that somebody should know.
    Notice,
}

/// A purpose with the kind of subject that declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// The kind of thing that such reminders are about.
    pub subject: SubjectKind,
    /// What it says.
    pub purpose: Purpose,
}

impl Purpose {
    /// One that comes before a start.
    pub const fn lead(purpose: ReminderPurpose) -> Self {
        Self { purpose, sort: Sort::Lead, has_buttons: false, audience: Audience::Caseload }
    }

    /// One that tells what has happened.
    pub const fn event(purpose: ReminderPurpose) -> Self {
        Self { purpose, sort: Sort::Event, has_buttons: false, audience: Audience::Caseload }
    }

    /// Any other.
    pub const fn notice(purpose: ReminderPurpose) -> Self {
        Self { purpose, sort: Sort::Notice, has_buttons: false, audience: Audience::Caseload }
    }

    /// The same, for administrators as well.
    #[must_use]
    pub const fn for_oversight(self) -> Self {
        Self { audience: Audience::Oversight, ..self }
    }

    /// The same, for those between whom it is as well.
    #[must_use]
    pub const fn for_sides(self) -> Self {
        Self { audience: Audience::Sides, ..self }
    }

    /// The same, with buttons to answer by.
    #[must_use]
    pub const fn with_buttons(self) -> Self {
        Self { has_buttons: true, ..self }
    }
}

pub use crate::subjects::declared as of;
