//! What reminders are about, as far as their buttons depend on it. A kind of subject that has buttons answers four questions: which one is
//! it (and hold it for a change), is it still as the reminder told, where does it stand in words, and what does the button do. Nothing here
//! knows a kind.

use super::App;
use contract::{
    NotificationAction, ParticipantId, PersonKind, ReminderId, SubjectKind, push::WallTime, time::Instant,
};
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::error::Result;
use notifications::plan::ReminderFacts;
use std::collections::HashMap;
use uuid::Uuid;

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

/// Whose button it is, and about what.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Whether the reminder was sent to a participant or to staff.
    pub kind: PersonKind,
    /// To whom.
    pub id: Uuid,
    /// Whom its subject is about.
    pub participant: ParticipantId,
    /// Its subject.
    pub subject: Uuid,
}

/// Something with buttons that is held for a change.
pub trait Held: Send {
    /// How it stands.
    fn standing(&self) -> &dyn Standing;

    /// Does what the button says, as its reader, and notes it in the audit log.
    fn carry_out<'a>(
        &'a mut self,
        app: &'a App,
        tx: &'a mut Tx,
        action: NotificationAction,
        through: ReminderId,
        now: Instant,
    ) -> BoxFuture<'a, Result<()>>;
}

/// How some things of one kind stand, each by its id.
pub type Standings<'a> = BoxFuture<'a, Result<HashMap<Uuid, Box<dyn Standing>>>>;

/// A kind of subject that has buttons.
pub trait Reminded: Sync {
    /// Which kind.
    fn kind(&self) -> SubjectKind;

    /// How these stand, in one statement; without those that only a later version knows.
    fn standings<'a>(&'a self, tx: &'a mut Tx, ids: &'a [Uuid]) -> Standings<'a>;

    /// The subject, if it is still its reader's to answer for.
    fn hold<'a>(
        &'a self,
        tx: &'a mut Tx,
        reader: Reader,
        now: Instant,
    ) -> BoxFuture<'a, Result<Option<Box<dyn Held>>>>;
}
