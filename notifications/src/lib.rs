//! Facts in, pushes out: everything between "this person must be told" and the request that leaves the machine.
//!
//! The [`channel`] module is the outer edge: it knows how to hand one finished message to one push service and to say,
//! in a closed vocabulary, what became of it. It keeps no queue, reads no database and decides nothing about when or
//! whether to send; that belongs to the code that calls it.

pub mod channel;
pub mod outbox;
//! Facts in, pushes out: what to tell whom and when, in which words, and how it reaches their phone.
//!
//! [`policy`] says what a centre wants its people to be reminded of, [`plan`] turns that and an appointment into reminders,
//! and [`message`] finds the words. These three are pure: they read no clock and no database.

pub mod message;
pub mod plan;
pub mod policy;
