//! What texts about appointments are made from besides the time: where it stands decides what is asked of the reader.

use contract::{AppointmentState, NotificationAction, PlaceKind, TimeOrigin};
use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

use crate::{message::Messages, subjects::Telling};

/// Nothing in it is personal, and it does not say what an appointment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextFacts {
    /// Where the appointment stood, stored in the words of the first release.
    #[serde(with = "super::stored::told")]
    pub state: AppointmentState,
    /// How its time came about; absent in what was written before several times could be offered.
    #[serde(default = "set_by_staff", skip_serializing_if = "is_set_by_staff")]
    pub time_origin: TimeOrigin,
    /// How the two meet.
    pub place_kind: PlaceKind,
}

/// Their names.
pub(crate) const FIELDS: &[&str] = &["state", "time_origin", "place_kind"];

const fn set_by_staff() -> TimeOrigin {
    TimeOrigin::Set
}

fn is_set_by_staff(origin: &TimeOrigin) -> bool {
    *origin == TimeOrigin::Set
}

impl Telling for TextFacts {
    fn reader_stays(&self) -> bool {
        matches!(self.place_kind, PlaceKind::Phone | PlaceKind::Video)
    }

    fn fill(&self, arguments: &mut FluentArgs<'static>, messages: &Messages, with_next: bool) {
        arguments.set("state", standing(self.state, self.time_origin));
        let next = if with_next { messages.plain(next(self.state, self.time_origin)) } else { String::new() };
        arguments.set("next", next);
        arguments.set("place", messages.plain(place(self.place_kind)));
    }

    fn actions(&self) -> &'static [NotificationAction] {
        use NotificationAction::{AskToMove, Confirm};
        match self.state {
            // Somebody who chose the time has said yes to it.
            AppointmentState::Scheduled if self.time_origin == TimeOrigin::Chosen => &[AskToMove],
            AppointmentState::Scheduled => &[Confirm, AskToMove],
            AppointmentState::Confirmed => &[AskToMove],
            AppointmentState::ChangeRequested => &[Confirm],
            _ => &[],
        }
    }
}

const fn place(kind: PlaceKind) -> &'static str {
    match kind {
        PlaceKind::Address => "place-address",
        PlaceKind::Phone => "place-phone",
        PlaceKind::Video => "place-video",
    }
}

/// Where the appointment stands, as far as it needs words of its own.
const fn standing(state: AppointmentState, origin: TimeOrigin) -> &'static str {
    match (state, origin) {
        (AppointmentState::Scheduled, TimeOrigin::Chosen) => "chosen",
        (AppointmentState::ChangeRequested, TimeOrigin::Offered) => "other_times",
        (AppointmentState::Declined, TimeOrigin::Offered) => "none_suits",
        (AppointmentState::Cancelled, TimeOrigin::Offered) => "withdrawn",
        (state, _) => state.as_str(),
    }
}

const fn next(state: AppointmentState, origin: TimeOrigin) -> &'static str {
    match (state, origin) {
        (AppointmentState::Scheduled, TimeOrigin::Chosen) => "next-chosen",
        (AppointmentState::Confirmed, _) => "next-confirmed",
        (AppointmentState::ChangeRequested, _) => "next-change_requested",
        // Messages about an appointment that is over do not use it.
        _ => "next-scheduled",
    }
}
