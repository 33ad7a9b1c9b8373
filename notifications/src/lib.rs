//! Facts in, pushes out: what to tell whom and when, in which words, and how it reaches their phone.
//!
//! [`subjects`] are the kinds of things that people are reminded of: what each wishes to have said. [`policy`] says what a centre wants,
//! [`plan`] turns both into reminders, [`purpose`] says what each sort of them is, and [`message`] finds the words. These are pure: they
//! read no clock and no database.
//!
//! [`outbox`] and [`device`] are the rows: which reminders are to be sent, and where to. [`dispatcher`] takes what is due,
//! makes its [`payload`] (with the [`action_token`]s of its buttons), sends it and asks [`retry`] what to do about a failure.
//!
//! The [`channel`] module is the outer edge: it knows how to hand one finished message to one push service and to say,
//! in a closed vocabulary, what became of it. It keeps no queue, reads no database and decides nothing about when or
//! whether to send; that belongs to the code that calls it.

pub mod action_token;
pub mod channel;
pub mod device;
pub mod dispatcher;
pub mod jitter;
pub mod message;
pub mod outbox;
pub mod payload;
pub mod plan;
pub mod policy;
pub mod purpose;
pub mod retry;
pub mod subjects;
