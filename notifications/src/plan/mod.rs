//! From facts to reminders. A [`Subject`] says what it wishes to have said; [`plan`] says which reminders it should have now; [`diff`]
//! compares them with those that exist and says what to change, so that what was sent is never sent again. All of it runs in the
//! transaction that changes the subject, and none of it knows that there is a database.

mod diff;
mod facts;
mod leads;
mod planner;
mod quiet;
pub mod subject;

#[cfg(test)]
mod tests;

pub use diff::{Diff, Reschedule, diff};
pub use facts::{Delivery, ExistingReminder, PlannedReminder, Recipient, ReminderFacts, ReminderKey};
pub use planner::plan;
pub use subject::Subject;
