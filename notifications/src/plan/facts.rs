//! What makes a reminder, as it is wanted and as it exists.

use contract::{
    CentreId, ParticipantId, PersonKind, ReminderId, ReminderPurpose, ReminderState, SubjectKind, Urgency,
    time::{Instant, LocalDateTime, ZoneName},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::subjects::SubjectFacts;

/// Who a reminder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recipient {
    /// Participant or staff.
    pub kind: PersonKind,
    /// Their id.
    pub id: Uuid,
}

/// What makes a reminder one and the same: for one key, at most one is ever sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReminderKey {
    /// Who it is for.
    pub recipient: Recipient,
    /// The kind of thing it is about.
    pub subject_kind: SubjectKind,
    /// The thing it is about.
    pub subject_id: Uuid,
    /// Why it is sent.
    pub purpose: ReminderPurpose,
    /// Which of its occurrences, in words of the subject's kind. New zone data changes none of them.
    pub occasion: String,
}

/// What a reminder's text is made from, kept as JSON. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReminderFacts {
    /// Why it is sent.
    pub purpose: ReminderPurpose,
    /// The thing it is about.
    pub subject_id: Uuid,
    /// When that starts, as agreed on; of what has no start, when it happened.
    pub local_start: LocalDateTime,
    /// The zone of that time.
    pub zone: ZoneName,
    /// The kind of thing, and what only such things have.
    #[serde(flatten)]
    pub about: SubjectFacts,
}

/// How a reminder reaches its recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It is pushed when it is due.
    Push,
    /// It stands in their app, and nothing rings, now or later.
    InApp,
}

/// A reminder that should exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedReminder {
    /// What makes it the same as another.
    pub key: ReminderKey,
    /// The centre that the subject belongs to.
    pub centre_id: CentreId,
    /// Whom the subject is about; the recipient may be somebody who accompanies them.
    pub participant_id: ParticipantId,
    /// What its text is made from.
    pub facts: ReminderFacts,
    /// How soon the phone should wake for it.
    pub urgency: Urgency,
    /// Whether it is pushed.
    pub delivery: Delivery,
    /// When to send it.
    pub due_at: Instant,
    /// From when it is useless.
    pub expires_at: Instant,
}

/// A reminder that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingReminder {
    /// Its id.
    pub id: ReminderId,
    /// What makes it the same as another.
    pub key: ReminderKey,
    /// Where it stands.
    pub state: ReminderState,
    /// Whether no device is sent it any more, even one that still waits for it: it was recalled, or is useless.
    pub is_closed: bool,
    /// What its text is made from.
    pub facts: ReminderFacts,
    /// When to send it.
    pub due_at: Instant,
    /// From when it is useless.
    pub expires_at: Instant,
}
