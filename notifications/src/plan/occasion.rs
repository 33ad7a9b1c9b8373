//! Which occurrence a reminder speaks of, as text that is compared and kept. A time that was agreed on is named by the wall
//! clock, so that new zone data does not make a second reminder of it. A notice also carries the instant of what it tells of:
//! an appointment that is moved to Tuesday, back to Monday and to Tuesday again needs a third notice.

use contract::time::Instant;

use super::{AppointmentEvent, AppointmentFacts, ExistingReminder, LastEvent};

const EVENT: char = '#';

/// The time that was agreed on.
pub(super) fn agreed(facts: &AppointmentFacts) -> String {
    format!("{}[{}]", facts.local_start, facts.zone)
}

/// What happened at `at` to what was agreed on.
pub(super) fn happened(facts: &AppointmentFacts, at: Instant) -> String {
    format!("{}[{}]{EVENT}{at}", facts.local_start, facts.zone)
}

impl LastEvent {
    /// The latest event that reminders have been made for. An appointment that is planned again although nothing happened
    /// to it (new zone data, another policy) is planned with this, or a notice that still waits for the morning would be lost.
    pub fn recall(existing: &[ExistingReminder]) -> Option<Self> {
        existing.iter().filter_map(told).max_by_key(|event| event.at)
    }
}

fn told(reminder: &ExistingReminder) -> Option<LastEvent> {
    let event = AppointmentEvent::told_by(reminder.key.purpose)?;
    let (_, at) = reminder.key.occasion.split_once(EVENT)?;
    Some(LastEvent { event, at: at.parse().ok()?, former_start: None })
}
