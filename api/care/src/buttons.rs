//! What reminders are about, as far as their buttons depend on it. A kind of subject that has buttons answers four questions: which one is
//! it (and hold it for a change), is it still as the reminder told, where does it stand in words, and what does the button do. It knows no
//! kind.

use contract::{NotificationAction, push::WallTime, time::Instant};
use notifications::plan::ReminderFacts;

/// What a reminder told, and when.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What its text was made from.
    pub facts: &'a ReminderFacts,
    /// When it went out, or was to.
    pub at: Instant,
}

/// How something stands that has buttons.
pub trait Standing: Send + Sync {
    /// Whether it is still what this reminder told of.
    fn is_as_told(&self, told: Told<'_>) -> bool;

    /// Whether what the button asks for is the case already.
    fn is_so(&self, action: NotificationAction) -> bool;

    /// Whether the button could be carried out now.
    fn allows(&self, action: NotificationAction) -> bool;

    /// Where it stands, in a word of its kind.
    fn state(&self) -> &'static str;

    /// When it is, if there is such a time.
    fn agreed(&self) -> Option<WallTime>;
}
