//! What the door of the service has put on a request by the time a handler gets it, and what both go by: where it came from, which page
//! asked, whose turn it is. The door itself is the server's.

mod buckets;
mod introduction;
mod page_origin;
mod source;

pub use buckets::{Buckets, RequestRate, RequestRates};
pub use introduction::Introduction;
pub use page_origin::{PageOrigin, Standing};
pub use source::{Source, network};

/// A body that arrived slower than the least rate.
#[derive(Debug, thiserror::Error)]
#[error("the body arrives too slowly")]
pub struct SlowBody;
