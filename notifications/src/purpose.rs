//! What each purpose of a reminder says of all reminders that have it, one line for each. Whatever else depends on the purpose alone is read
//! from here.

use contract::{ReminderPurpose, SubjectKind};

use crate::plan::AppointmentEvent;

/// What a purpose says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    /// The kind of thing that such reminders are about.
    pub subject: SubjectKind,
    /// What sort of reminder it is.
    pub sort: Sort,
    /// Whether the reader can answer by a button from the lock screen.
    pub has_buttons: bool,
}

/// The sorts of reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// It comes some time before a start.
    Lead,
    /// It tells what has happened to an appointment.
    Event(AppointmentEvent),
    /// It tells anything else that somebody should know.
    Notice,
}

/// What this purpose says.
pub const fn of(purpose: ReminderPurpose) -> Purpose {
    use AppointmentEvent::{Answered, Cancelled, Missed, Moved, Proposed, Scheduled};
    use SubjectKind::{Appointment, EmergencyAccess};
    let (subject, sort, has_buttons) = match purpose {
        ReminderPurpose::AppointmentScheduled => (Appointment, Sort::Event(Scheduled), true),
        // Choosing needs the list of times, so the notification opens the app.
        ReminderPurpose::AppointmentProposed => (Appointment, Sort::Event(Proposed), false),
        ReminderPurpose::AppointmentMoved => (Appointment, Sort::Event(Moved), true),
        // It asks for nothing.
        ReminderPurpose::AppointmentCancelled => (Appointment, Sort::Event(Cancelled), false),
        ReminderPurpose::AppointmentInSevenDays
        | ReminderPurpose::AppointmentInThreeDays
        | ReminderPurpose::AppointmentTomorrow
        | ReminderPurpose::AppointmentSoon => (Appointment, Sort::Lead, true),
        // To hosts, who have the app for whatever they do next.
        ReminderPurpose::AppointmentAnswered => (Appointment, Sort::Event(Answered), false),
        ReminderPurpose::AppointmentMissed => (Appointment, Sort::Event(Missed), false),
        ReminderPurpose::AppointmentUnconfirmed
        | ReminderPurpose::AppointmentLapsed
        | ReminderPurpose::AppointmentHandedOver
        | ReminderPurpose::AppointmentCentreClosed => (Appointment, Sort::Notice, false),
        ReminderPurpose::EmergencyAccessOpened
        | ReminderPurpose::OwnInformationOpened
        | ReminderPurpose::OwnNotesOpened => (EmergencyAccess, Sort::Notice, false),
    };
    Purpose { subject, sort, has_buttons }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_has_one_purpose_that_tells_it() {
        for event in AppointmentEvent::ALL {
            let tells = |purpose: &&ReminderPurpose| of(**purpose).sort == Sort::Event(event);
            let telling: Vec<_> = ReminderPurpose::ALL.iter().filter(tells).collect();
            assert_eq!(telling, [&event.purpose()]);
        }
    }

    #[test]
    fn every_purpose_is_named_after_its_subject() {
        for purpose in ReminderPurpose::ALL {
            let about_appointments = purpose.as_str().starts_with("appointment_");
            assert_eq!(of(*purpose).subject == SubjectKind::Appointment, about_appointments, "{purpose}");
        }
    }
}
