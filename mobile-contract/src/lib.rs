//! What phones rely on: ids, time, vocabulary, the shapes of requests and answers, problem codes and the push payload.
//!
//! Everything that an app team has to agree on with the service lives in this crate and nowhere else, but for the ids and words that
//! one feature alone has: those it declares by [`ids!`](macro@ids) and [`vocabulary!`]. The crate does no I/O and depends on nothing of
//! the service, so a change here is a change of the contract and reads as one in review.

// What the macros derive names this crate as others do.
extern crate self as contract;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
pub mod ids;
pub mod problem;
pub mod province;
pub mod push;
mod storage;
mod subject;
pub mod time;
mod vocabulary;
mod vocabulary_macro;

pub use ids::*;
pub use problem::{FieldFault, Problem, ProblemCode};
pub use province::Province;
pub use subject::{NotificationAction, ReminderPurpose, Subject, SubjectKind};
pub use vocabulary::*;
