//! The running service.

pub mod router;
mod source;

pub use source::Source;

/// A body that arrived slower than the least rate.
#[derive(Debug, thiserror::Error)]
#[error("the body arrives too slowly")]
pub struct SlowBody;
