//! What phones rely on: ids, time, vocabulary, the shapes of requests and answers, problem codes and the push payload.
//!
//! Everything that an app team has to agree on with the service lives in this crate and nowhere else. It does no I/O and
//! depends on nothing of the service, so a change here is a change of the contract and reads as one in review.

pub mod ids;
pub mod problem;
pub mod push;
mod storage;
mod subject;
pub mod time;
mod vocabulary;
mod vocabulary_macro;

pub use ids::*;
pub use problem::{FieldFault, Problem, ProblemCode};
pub use subject::Subject;
pub use vocabulary::*;
