//! Appointments: what the planner is told of one, and the purposes of its reminders.

mod occasion;
mod policy;
#[cfg(test)]
pub(crate) mod samples;
mod stored;
mod wishes;
mod words;

use std::str::FromStr;

use contract::{
    AppointmentId, AppointmentKind, AppointmentState, CentreId, ParticipantId, PlaceKind, ReminderPurpose,
    StaffId, TimeOrigin,
    time::{Instant, LocalDateTime, ZoneName},
};

pub use occasion::{recall_closing, recall_hand_over};
pub use policy::{
    AppointmentOverride, AppointmentOverrides, AppointmentPolicy, Escalation, LeadTime, Notices,
};
pub use stored::StoredState;
pub(crate) use words::FIELDS;
pub use words::TextFacts;

#[cfg(test)]
pub(crate) use samples::samples;

use crate::purpose::Purpose;

/// Why people are reminded of appointments.
pub(crate) const PURPOSES: &[Purpose] = &[
    Purpose::event(ReminderPurpose::AppointmentScheduled).with_buttons(),
    // Choosing needs the list of times, so the notification opens the app.
    Purpose::event(ReminderPurpose::AppointmentProposed),
    Purpose::event(ReminderPurpose::AppointmentMoved).with_buttons(),
    // It asks for nothing.
    Purpose::event(ReminderPurpose::AppointmentCancelled),
    Purpose::lead(ReminderPurpose::AppointmentInSevenDays).with_buttons(),
    Purpose::lead(ReminderPurpose::AppointmentInThreeDays).with_buttons(),
    Purpose::lead(ReminderPurpose::AppointmentTomorrow).with_buttons(),
    Purpose::lead(ReminderPurpose::AppointmentSoon).with_buttons(),
    // To hosts, who have the app for whatever they do next.
    Purpose::event(ReminderPurpose::AppointmentAnswered),
    Purpose::event(ReminderPurpose::AppointmentMissed),
    Purpose::notice(ReminderPurpose::AppointmentUnconfirmed),
    Purpose::notice(ReminderPurpose::AppointmentLapsed),
    Purpose::notice(ReminderPurpose::AppointmentHandedOver),
    Purpose::notice(ReminderPurpose::AppointmentCentreClosed),
];

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
    /// Whether how it ended counts against the participant's attendance: only then are they said to have been absent.
    pub counts_as_absence: bool,
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
    pub(crate) fn is_offered(&self) -> bool {
        self.time_origin == TimeOrigin::Offered
    }

    /// When it starts at the latest.
    pub(crate) fn last_start(&self) -> Instant {
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
    pub fn told_by(purpose: ReminderPurpose) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.purpose() == purpose)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purpose::Sort;

    #[test]
    fn what_tells_an_event_is_declared_so() {
        let events = PURPOSES.iter().filter(|declared| declared.sort == Sort::Event);
        let told: Vec<_> = events.filter_map(|event| AppointmentEvent::told_by(event.purpose)).collect();
        assert_eq!(told, AppointmentEvent::ALL);
    }
}
