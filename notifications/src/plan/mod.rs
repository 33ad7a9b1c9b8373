//! From facts to reminders. [`plan_appointment`] says which reminders an appointment should have now; [`diff`] compares them
//! with those that exist and says what to change, so that what was sent is never sent again. Both run in the transaction that
//! changes the appointment, and neither knows that there is a database. [`plan_emergency_access`] says who hears of a manager's
//! emergency access.

mod appointment;
mod diff;
mod emergency_access;
mod facts;
mod leads;
mod occasion;
mod quiet;

#[cfg(test)]
mod tests;

pub use appointment::plan_appointment;
pub use diff::{Diff, Reschedule, diff};
pub use emergency_access::{EmergencyAccessFacts, EmergencyNotices, plan_emergency_access};
pub use facts::{
    AppointmentEvent, AppointmentFacts, ExistingReminder, LastEvent, PlannedReminder, Recipient,
    ReminderFacts, ReminderKey,
};
pub use occasion::{recall_closing, recall_hand_over};
