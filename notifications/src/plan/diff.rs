//! What to change so that the reminders that exist become those that should. What was sent stays as it is and is not sent
//! again; what is no longer wanted is superseded, also when a dispatcher has it in hand: it looks before it sends.

use contract::{ReminderId, time::Instant};

use super::{ExistingReminder, PlannedReminder, ReminderFacts};

/// What to change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// Reminders to add.
    pub insert: Vec<PlannedReminder>,
    /// Reminders that must no longer be sent.
    pub supersede: Vec<ReminderId>,
    /// Reminders to change in place.
    pub reschedule: Vec<Reschedule>,
    /// Reminders that are right as they are, or settled.
    pub keep: Vec<ReminderId>,
}

/// A change of a reminder that has not been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reschedule {
    /// Which one.
    pub id: ReminderId,
    /// When to send it. Of a reminder that is being sent it is what it was: its lease must not be taken away, so the store
    /// moves `ready_at` only while the state is `planned`.
    pub due_at: Instant,
    /// From when it is useless.
    pub expires_at: Instant,
    /// What its text is made from.
    pub facts: ReminderFacts,
}

/// Compares what exists about one subject with what is wanted.
pub fn diff(existing: &[ExistingReminder], wanted: &[PlannedReminder]) -> Diff {
    let _ = (existing, wanted);
    Diff::default()
}
