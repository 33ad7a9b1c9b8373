//! What the planner is told and what it answers.

use contract::{
    AppointmentId, AppointmentKind, AppointmentState, CentreId, ParticipantId, PersonKind, PlaceKind,
    ReminderId, ReminderPurpose, ReminderState, StaffId, SubjectKind, TimeOrigin, Urgency,
    time::{Instant, LocalDateTime, ZoneName},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use uuid::Uuid;

use crate::purpose::{self, Sort};

/// All that the planner needs to know of an appointment. The caller gives the row as it is after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentFacts {
    /// The appointment.
    pub id: AppointmentId,
    /// The centre it belongs to.
    pub centre_id: CentreId,
    /// Who comes.
    pub participant_id: ParticipantId,
    /// Whom they come to.
    pub host_id: StaffId,
    /// What it is for; it chooses the policy and is in no message.
    pub kind: AppointmentKind,
    /// Where it stands.
    pub state: AppointmentState,
    /// When it starts, as agreed on.
    pub local_start: LocalDateTime,
    /// The zone that was agreed on.
    pub zone: ZoneName,
    /// When it starts, derived from the two above.
    pub starts_at: Instant,
    /// How that time came about.
    pub time_origin: TimeOrigin,
    /// While several times are offered, when the last of them starts; `starts_at` is then that of the first.
    pub last_offered_start: Option<Instant>,
    /// How the two meet.
    pub place_kind: PlaceKind,
    /// What happened to it last.
    pub last_event: Option<LastEvent>,
    /// When the host took it over from somebody else, if they did.
    pub handed_over_at: Option<Instant>,
    /// When its centre was closed at its time, if that happened after it was agreed on.
    pub closed_at: Option<Instant>,
    /// Whether the participant is still accompanied. Nobody is reminded of somebody who is not.
    pub is_accompanied: bool,
    /// Where the participant lives: their nights are meant by quiet hours.
    pub participant_zone: ZoneName,
    /// Where the host lives.
    pub host_zone: ZoneName,
}

impl AppointmentFacts {
    /// Whether a choice among several times is still to be made.
    pub(super) fn is_offered(&self) -> bool {
        self.time_origin == TimeOrigin::Offered
    }

    /// When it starts at the latest.
    pub(super) fn last_start(&self) -> Instant {
        self.last_offered_start.unwrap_or(self.starts_at).max(self.starts_at)
    }
}

/// Something that happened to an appointment, which somebody is told at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastEvent {
    /// What happened.
    pub event: AppointmentEvent,
    /// When.
    pub at: Instant,
    /// When the appointment would have started before it was moved: somebody may be about to set out for that.
    pub former_start: Option<Instant>,
}

/// What can happen to an appointment that somebody is told at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppointmentEvent {
    /// It was made.
    Scheduled,
    /// Several times were offered.
    Proposed,
    /// It was put at another time or place.
    Moved,
    /// It was called off.
    Cancelled,
    /// The participant chose, confirmed, declined or asked to move; the state says which.
    Answered,
    /// The participant did not come.
    Missed,
}

impl AppointmentEvent {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Scheduled, Self::Proposed, Self::Moved, Self::Cancelled, Self::Answered, Self::Missed];

    /// The word for it that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Proposed => "proposed",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::Answered => "answered",
            Self::Missed => "missed",
        }
    }

    /// Why a reminder about this is sent.
    pub const fn purpose(self) -> ReminderPurpose {
        match self {
            Self::Scheduled => ReminderPurpose::AppointmentScheduled,
            Self::Proposed => ReminderPurpose::AppointmentProposed,
            Self::Moved => ReminderPurpose::AppointmentMoved,
            Self::Cancelled => ReminderPurpose::AppointmentCancelled,
            Self::Answered => ReminderPurpose::AppointmentAnswered,
            Self::Missed => ReminderPurpose::AppointmentMissed,
        }
    }

    /// The event that a reminder with this purpose tells of, if it tells of one.
    pub const fn told_by(purpose: ReminderPurpose) -> Option<Self> {
        match purpose::of(purpose).sort {
            Sort::Event(event) => Some(event),
            Sort::Lead | Sort::Notice => None,
        }
    }
}

/// A word for no event that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no event of an appointment")]
pub struct UnknownEvent;

impl FromStr for AppointmentEvent {
    type Err = UnknownEvent;

    fn from_str(word: &str) -> Result<Self, UnknownEvent> {
        Self::ALL.into_iter().find(|event| event.as_str() == word).ok_or(UnknownEvent)
    }
}

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
    /// Which of its occurrences: `2026-12-01T10:00:00[Africa/Casablanca]` for a time that was agreed on, followed by `#` and
    /// an instant for a notice of what happened then, or `#` and the instant alone where the time does not matter. New zone
    /// data changes none of them.
    pub occasion: String,
}

/// What a reminder's text is made from, kept as JSON. Nothing in it is personal, and it does not say what an appointment is
/// for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderFacts {
    /// Why it is sent.
    pub purpose: ReminderPurpose,
    /// The kind of thing it is about.
    pub subject_kind: SubjectKind,
    /// The thing it is about.
    pub subject_id: Uuid,
    /// Where the appointment stood, if it is about one: it decides what is asked of the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AppointmentState>,
    /// When the appointment starts, as agreed on; of anything else, when it happened.
    pub local_start: LocalDateTime,
    /// The zone of that time.
    pub zone: ZoneName,
    /// How that time came about; absent in what was written before several times could be offered.
    #[serde(default = "set_by_staff", skip_serializing_if = "is_set_by_staff")]
    pub time_origin: TimeOrigin,
    /// How the two meet, if it is about an appointment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place_kind: Option<PlaceKind>,
}

const fn set_by_staff() -> TimeOrigin {
    TimeOrigin::Set
}

fn is_set_by_staff(origin: &TimeOrigin) -> bool {
    *origin == TimeOrigin::Set
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
