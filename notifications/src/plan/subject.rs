//! What the planner asks of each kind of thing that people are reminded of: what it is, and what it wishes to have said. When that
//! may ring, what stands for what, how pressing it is and what makes it one and the same is decided once for all, in [`plan`].
//!
//! [`plan`]: super::plan

use contract::{
    CentreId, ParticipantId, ReminderPurpose, SubjectKind, Urgency,
    time::{Instant, LocalDateTime, ZoneName},
};
use uuid::Uuid;

use super::{Delivery, Recipient, ReminderFacts};
use crate::policy::{Before, ReminderPolicy};

/// Something that people are reminded of, as it is now.
pub trait Subject {
    /// What it is, and whom it is about: that decides who may see it.
    fn about(&self) -> About;

    /// Where it is. The nights there are meant if the zone of whoever is reminded is not known any more.
    fn zone(&self) -> &ZoneName;

    /// All that it wishes to have said, in no order. It depends on what the subject is and on the policy, never on the present, so that
    /// planning again with the same wishes changes nothing.
    fn wishes(&self, policy: &ReminderPolicy) -> Vec<Wish<'_>>;
}

/// What a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Which one.
    pub id: Uuid,
    /// The centre it belongs to.
    pub centre_id: CentreId,
    /// Whom it is about.
    pub participant_id: ParticipantId,
}

/// Somebody who is reminded. Several people may hear the same, each by a wish of their own.
#[derive(Debug, Clone, Copy)]
pub struct Listener<'a> {
    /// Who.
    pub recipient: Recipient,
    /// Where they live: quiet hours mean their nights.
    pub home: &'a ZoneName,
}

/// One thing that somebody should be told.
#[derive(Debug)]
pub struct Wish<'a> {
    /// Who.
    pub to: Listener<'a>,
    /// Why.
    pub purpose: ReminderPurpose,
    /// Which of its occurrences it speaks of; see [`ReminderKey`](super::ReminderKey).
    pub occasion: String,
    /// When.
    pub when: When<'a>,
    /// From when on it is useless. Of a [`When::Lead`] it is the start at the latest, and the next one if there is one.
    pub expires_at: Instant,
    /// How pressing it is.
    pub pressing: Pressing,
    /// Whether it is pushed.
    pub delivery: Delivery,
    /// What its text is made from.
    pub facts: ReminderFacts,
}

/// When somebody should be told.
#[derive(Debug, Clone, Copy)]
pub enum When<'a> {
    /// At this moment, also at night.
    Then(Instant),
    /// As soon as something has happened, or, at night, in the morning after, unless that leaves too little time.
    AtOnce {
        /// When it happened.
        happened_at: Instant,
        /// By when it must have been read to be of use.
        deadline: Option<Instant>,
        /// Whether it tells what reminders before the start would tell: then it stands for those that would follow soon after it.
        covers_leads: bool,
    },
    /// From this moment on, never at night.
    From(Instant),
    /// So long before the start, never at night. Not at all if there was news after that: they tell as much.
    Before {
        /// How long.
        lead: Before,
        /// Before what.
        start: Start<'a>,
        /// When something happened last that the listener knows of.
        news_at: Option<Instant>,
    },
    /// As [`When::Before`], as one of several: each is of use until the next, and of those that are late the last stands for all.
    Lead {
        /// How long.
        lead: Before,
        /// Before what.
        start: Start<'a>,
        /// When the listener showed by an answer that they know.
        answered_at: Option<Instant>,
    },
}

/// When something starts.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// As agreed on.
    pub local: LocalDateTime,
    /// Whose clock that is.
    pub zone: &'a ZoneName,
    /// Derived from the two.
    pub at: Instant,
}

/// How pressing something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressing {
    /// So much, whenever it is told.
    Always(Urgency),
    /// High if one of these moments is near when it is told, normal otherwise.
    IfNear([Option<Instant>; 2]),
}
