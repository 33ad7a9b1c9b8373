//! The words in which the state of an appointment is stored. They are those of the first release, which may run beside this one and would
//! leave out whatever it cannot read: in rows and in what reminders tell from. What they cannot say stands in columns of its own.

use contract::AppointmentState;

contract::vocabulary! {
    /// A state in the words of the first release.
    StoredState {
        /// Several times are offered.
        Proposed => "proposed",
        /// Agreed on.
        Scheduled => "scheduled",
        /// The participant will come.
        Confirmed => "confirmed",
        /// The participant will not come.
        Declined => "declined",
        /// The participant asked for another time.
        ChangeRequested => "change_requested",
        /// Called off.
        Cancelled => "cancelled",
        /// It took place.
        Attended => "attended",
        /// The participant did not come, and that counts.
        NoShow => "no_show",
        /// There was no meeting, and that counts against nobody.
        Excused => "excused",
    }
}

impl StoredState {
    /// The word for a state; `counts` says whether how it ended counts against the participant's attendance.
    pub const fn of(state: AppointmentState, counts: bool) -> Self {
        match state {
            AppointmentState::Proposed => Self::Proposed,
            AppointmentState::Scheduled => Self::Scheduled,
            AppointmentState::Confirmed => Self::Confirmed,
            AppointmentState::Declined => Self::Declined,
            AppointmentState::ChangeRequested => Self::ChangeRequested,
            AppointmentState::Cancelled => Self::Cancelled,
            AppointmentState::TookPlace => Self::Attended,
            AppointmentState::DidNotCome if counts => Self::NoShow,
            AppointmentState::DidNotCome | AppointmentState::DidNotTakePlace => Self::Excused,
        }
    }

    /// What the word says where nothing stands beside it.
    pub const fn state(self) -> AppointmentState {
        match self {
            Self::Proposed => AppointmentState::Proposed,
            Self::Scheduled => AppointmentState::Scheduled,
            Self::Confirmed => AppointmentState::Confirmed,
            Self::Declined => AppointmentState::Declined,
            Self::ChangeRequested => AppointmentState::ChangeRequested,
            Self::Cancelled => AppointmentState::Cancelled,
            Self::Attended => AppointmentState::TookPlace,
            Self::NoShow | Self::Excused => AppointmentState::DidNotCome,
        }
    }
}

/// For what reminders tell from. They tell of an ending only if it counts.
pub(super) mod told {
    use super::{AppointmentState, StoredState};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(state: &AppointmentState, serializer: S) -> Result<S::Ok, S::Error> {
        StoredState::of(*state, true).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AppointmentState, D::Error> {
        StoredState::deserialize(deserializer).map(StoredState::state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subjects::appointment::TextFacts;
    use contract::{PlaceKind, TimeOrigin};

    #[test]
    fn every_word_says_what_it_said() {
        for stored in StoredState::ALL {
            let counts = *stored == StoredState::NoShow;
            assert_eq!(StoredState::of(stored.state(), counts), *stored);
        }
    }

    #[test]
    fn what_reminders_tell_from_can_be_read_by_the_first_release() {
        let facts = TextFacts {
            state: AppointmentState::DidNotCome,
            time_origin: TimeOrigin::Set,
            place_kind: PlaceKind::Phone,
        };
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(text, r#"{"state":"no_show","place_kind":"phone"}"#);
        assert_eq!(serde_json::from_str::<TextFacts>(&text).unwrap(), facts);
    }
}
