//! Two databases, one truth: the schemas are alike, and every statement of the service is one that both understand.

mod expand;
mod failing_disk;
mod feed;
mod given_up;
mod log;
mod one_statement;
mod overlaps;
mod parity;
mod registration;
mod source;
mod statements;
mod tidying;
mod upgrade;
mod words;

pub use registration::FEATURE;
pub use source::pieces;
