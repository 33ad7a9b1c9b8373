//! Facts in, pushes out: what to tell whom and when, in which words, and how it reaches their phone.
//!
//! [`policy`] says what a centre wants its people to be reminded of, [`plan`] turns that and an appointment into reminders,
//! and [`message`] finds the words. These three are pure: they read no clock and no database. [`outbox`] keeps the reminders,
//! and [`channel`] is the outer edge: it hands one finished message to one push service and says, in a closed vocabulary, what
//! became of it.

pub mod channel;
pub mod message;
pub mod outbox;
pub mod plan;
pub mod policy;
