//! Facts in, pushes out: everything between "this person must be told" and the request that leaves the machine.
//!
//! The [`channel`] module is the outer edge: it knows how to hand one finished message to one push service and to say,
//! in a closed vocabulary, what became of it. It keeps no queue, reads no database and decides nothing about when or
//! whether to send; that belongs to the code that calls it.

pub mod channel;
pub mod outbox;
