//! Appointments as texts tell of them, for tests.

use contract::{AppointmentState, PlaceKind, ReminderPurpose, TimeOrigin};

use super::TextFacts;
use crate::subjects::samples::Sample;

/// Where one stands, and how its time came about.
pub(crate) type Standing = (AppointmentState, TimeOrigin);

/// What has words of its own.
pub(crate) const STANDINGS: [Standing; 9] = [
    (AppointmentState::Scheduled, TimeOrigin::Set),
    (AppointmentState::Confirmed, TimeOrigin::Set),
    (AppointmentState::ChangeRequested, TimeOrigin::Set),
    (AppointmentState::Declined, TimeOrigin::Set),
    (AppointmentState::Scheduled, TimeOrigin::Chosen),
    (AppointmentState::Proposed, TimeOrigin::Offered),
    (AppointmentState::ChangeRequested, TimeOrigin::Offered),
    (AppointmentState::Declined, TimeOrigin::Offered),
    (AppointmentState::Cancelled, TimeOrigin::Offered),
];

/// Whether a message for this purpose can tell of an appointment that stands like this.
pub(crate) fn is_told(purpose: ReminderPurpose, standing: Standing) -> bool {
    use AppointmentState::{Cancelled, ChangeRequested, Declined, Proposed, Scheduled};
    match (purpose, standing) {
        (ReminderPurpose::AppointmentAnswered, (state, origin)) => match origin {
            TimeOrigin::Set => state != Scheduled,
            TimeOrigin::Chosen => true,
            TimeOrigin::Offered => matches!(state, ChangeRequested | Declined),
        },
        (ReminderPurpose::AppointmentProposed, standing) => standing == (Proposed, TimeOrigin::Offered),
        (ReminderPurpose::AppointmentUnconfirmed | ReminderPurpose::AppointmentHandedOver, (state, _)) => {
            matches!(state, Scheduled | Proposed | ChangeRequested)
        }
        (ReminderPurpose::AppointmentLapsed, (state, origin)) => {
            origin == TimeOrigin::Offered && matches!(state, Proposed | ChangeRequested)
        }
        (ReminderPurpose::AppointmentCancelled, (state, origin)) => {
            (state == Cancelled) == (origin == TimeOrigin::Offered) && state != Declined
        }
        (_, (state, origin)) => origin != TimeOrigin::Offered && state != Declined,
    }
}

/// Each of them in every place. The list of all texts shows one place of each, in turn.
pub(crate) fn samples(purpose: ReminderPurpose) -> Vec<Sample<TextFacts>> {
    let sample = |(turn, standing): (usize, Standing)| {
        let shown = PlaceKind::ALL[(purpose as usize + turn) % PlaceKind::ALL.len()];
        let (state, time_origin) = standing;
        PlaceKind::ALL.iter().map(move |place_kind| Sample {
            name: named(standing, *place_kind),
            facts: TextFacts { state, time_origin, place_kind: *place_kind },
            is_shown: *place_kind == shown && is_told(purpose, standing),
        })
    };
    STANDINGS.into_iter().enumerate().flat_map(sample).collect()
}

fn named((state, origin): Standing, place: PlaceKind) -> String {
    match origin {
        TimeOrigin::Set => format!(", {state}, by {place}"),
        origin => format!(", {state} ({origin}), by {place}"),
    }
}
