//! The planner by example and by law, and the diff.

mod appointment;
mod diff;
mod emergency_access;
mod laws;
mod proposals;

use chrono::TimeDelta;
use contract::{
    AppointmentId, AppointmentKind, AppointmentState, CentreId, ParticipantId, PersonKind, PlaceKind,
    ReminderId, ReminderState, StaffId, TimeOrigin,
    time::{Instant, ZoneName, Zones},
};
use uuid::Uuid;

use super::*;
use crate::subjects::{
    SubjectFacts,
    appointment::{
        AppointmentEvent, AppointmentFacts, LastEvent, TextFacts, recall_closing, recall_hand_over,
    },
    emergency_access::EmergencyAccessFacts,
};

/// An appointment that was made just now, of a participant and a host who live where it takes place.
pub(super) fn appointment(local_start: &str, zone: &str) -> AppointmentFacts {
    let zone: ZoneName = zone.parse().unwrap();
    let local_start = local_start.parse().unwrap();
    AppointmentFacts {
        id: AppointmentId(Uuid::from_u128(1)),
        centre_id: CentreId(Uuid::from_u128(2)),
        participant_id: ParticipantId(Uuid::from_u128(3)),
        host_id: StaffId(Uuid::from_u128(4)),
        kind: AppointmentKind::SocialCounselling,
        state: AppointmentState::Scheduled,
        counts_as_absence: false,
        local_start,
        starts_at: Zones::built_in().resolve(local_start, &zone).unwrap().instant,
        time_origin: TimeOrigin::Set,
        last_offered_start: None,
        place_kind: PlaceKind::Address,
        last_event: None,
        handed_over_at: None,
        closed_at: None,
        is_accompanied: true,
        participant_zone: zone.clone(),
        host_zone: zone.clone(),
        zone,
    }
}

/// The same after something happened to it.
pub(super) fn after(
    facts: AppointmentFacts,
    event: AppointmentEvent,
    at: &str,
    state: AppointmentState,
) -> AppointmentFacts {
    AppointmentFacts {
        state,
        counts_as_absence: event == AppointmentEvent::Missed,
        last_event: Some(LastEvent { event, at: instant(at), former_start: None }),
        ..facts
    }
}

pub(super) fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

/// One line a reminder: who, why, from when until when, how urgently.
pub(super) fn lines(reminders: &[PlannedReminder]) -> Vec<String> {
    let line = |reminder: &PlannedReminder| {
        let who = match reminder.key.recipient.kind {
            PersonKind::Participant => "participant",
            PersonKind::Staff => "host",
        };
        let why = reminder.key.purpose.as_str().trim_start_matches("appointment_");
        let (from, until) = (short(reminder.due_at), short(reminder.expires_at));
        format!("{who} {why} {from} to {until} {}", reminder.urgency)
    };
    reminders.iter().map(line).collect()
}

fn short(instant: Instant) -> String {
    instant.to_chrono().format("%m-%dT%H:%M").to_string()
}

/// What the store would hold after the change.
pub(super) fn applied(existing: &[ExistingReminder], diff: &Diff) -> Vec<ExistingReminder> {
    let mut reminders = existing.to_vec();
    for reminder in &mut reminders {
        if diff.supersede.contains(&reminder.id) {
            reminder.state = ReminderState::Superseded;
        }
        reminder.is_closed |= diff.recall.contains(&reminder.id);
        if let Some(change) = diff.reschedule.iter().find(|change| change.id == reminder.id) {
            reminder.due_at = change.due_at;
            reminder.expires_at = change.expires_at;
            reminder.facts = change.facts.clone();
        }
    }
    let first = reminders.len() as u128 + 1_000;
    reminders.extend(diff.insert.iter().zip(first..).map(|(wanted, id)| ExistingReminder {
        id: ReminderId(Uuid::from_u128(id)),
        key: wanted.key.clone(),
        state: ReminderState::Planned,
        is_closed: false,
        facts: wanted.facts.clone(),
        due_at: wanted.due_at,
        expires_at: wanted.expires_at,
    }));
    reminders
}

/// What a dispatcher that is never late has done by `now`.
pub(super) fn dispatched(mut reminders: Vec<ExistingReminder>, now: Instant) -> Vec<ExistingReminder> {
    for reminder in &mut reminders {
        if reminder.state == ReminderState::Planned && reminder.due_at <= now {
            reminder.state = ReminderState::Sent;
        }
        reminder.is_closed |= reminder.expires_at <= now;
    }
    reminders
}

pub(super) const MINUTE: TimeDelta = TimeDelta::minutes(1);
