//! The running service.

pub mod router;

/// A body that arrived slower than the least rate.
#[derive(Debug, thiserror::Error)]
#[error("the body arrives too slowly")]
pub struct SlowBody;
