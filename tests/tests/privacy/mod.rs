//! Personal text goes to those who may read it and nowhere else.
//!
//! Canaries (a name, a number, a note, a token, each found nowhere else in the world) are sent through every path of the
//! service, into the right fields and into wrong ones. Then everything that the service leaves behind is searched for them:
//! every log line of our crates, every refusal, the meters, every byte of the database.

mod canaries;
mod canary;
pub mod leavings;
mod logs;
mod meters;
mod tables;

pub use canaries::WRONG_PASSWORD;
pub use canary::Aviary;
