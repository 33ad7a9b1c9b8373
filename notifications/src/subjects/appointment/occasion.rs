//! Which occurrence a reminder speaks of, as text that is compared and kept. A time that was agreed on is named by the wall
//! clock (`2026-12-01T10:00:00[Africa/Casablanca]`), so that new zone data does not make a second reminder of it. A notice also carries
//! `#` and the instant of what it tells of: an appointment that is moved to Tuesday, back to Monday and to Tuesday again needs a third
//! notice. Where the time does not matter, that instant stands alone.

use contract::{
    PersonKind, ReminderPurpose, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};

use super::{AppointmentEvent, AppointmentFacts, LastEvent};
use crate::plan::ExistingReminder;

const EVENT: char = '#';

/// The time that was agreed on.
pub(super) fn agreed(facts: &AppointmentFacts) -> String {
    format!("{}[{}]", facts.local_start, facts.zone)
}

/// What happened at `at` to what was agreed on.
pub(super) fn happened(facts: &AppointmentFacts, at: Instant) -> String {
    format!("{}[{}]{EVENT}{at}", facts.local_start, facts.zone)
}

/// That somebody took it over at `at`. It is told once, wherever the appointment is moved afterwards.
pub(super) fn handed_over(at: Instant) -> String {
    format!("{EVENT}{at}")
}

/// When the centre was closed at this time, as far as reminders have been made for it.
pub fn recall_closing(
    existing: &[ExistingReminder],
    local_start: LocalDateTime,
    zone: &ZoneName,
) -> Option<Instant> {
    let then = format!("{local_start}[{zone}]{EVENT}");
    let told = |reminder: &&ExistingReminder| {
        reminder.key.purpose == ReminderPurpose::AppointmentCentreClosed
            && reminder.key.occasion.starts_with(&then)
    };
    existing.iter().filter(told).filter_map(|reminder| instant(&reminder.key.occasion)).max()
}

/// When this host took the appointment over, as far as reminders have been made for it.
pub fn recall_hand_over(existing: &[ExistingReminder], host: StaffId) -> Option<Instant> {
    let told = |reminder: &&ExistingReminder| {
        let to = reminder.key.recipient;
        reminder.key.purpose == ReminderPurpose::AppointmentHandedOver
            && (to.kind, to.id) == (PersonKind::Staff, host.0)
    };
    existing.iter().filter(told).filter_map(|reminder| instant(&reminder.key.occasion)).max()
}

fn instant(occasion: &str) -> Option<Instant> {
    occasion.split_once(EVENT)?.1.parse().ok()
}

impl LastEvent {
    /// The latest event that reminders have been made for. The row keeps what happened last, but a former version of the service
    /// did not.
    pub fn recall(existing: &[ExistingReminder]) -> Option<Self> {
        existing.iter().filter_map(told).max_by_key(|event| event.at)
    }
}

fn told(reminder: &ExistingReminder) -> Option<LastEvent> {
    let event = AppointmentEvent::told_by(reminder.key.purpose)?;
    Some(LastEvent { event, at: instant(&reminder.key.occasion)?, former_start: None })
}
