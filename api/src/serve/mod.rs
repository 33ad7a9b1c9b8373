//! The running service: the listener and what every request passes on its way to a handler and back.
//!
//! `connection` accepts connections and gives up on those that dawdle, `layers` is what all requests have in common, and
//! `router` lists the features. `start` puts the parts together.

mod buckets;
mod connection;
pub mod health;
mod layers;
mod limits;
pub mod metrics;
mod page_origin;
mod proxies;
pub mod router;
mod source;
pub mod start;

pub use buckets::{Buckets, RequestRate, RequestRates};
pub use connection::{Introduction, Listener, accept};
pub use layers::SlowBody;
pub(crate) use layers::headers::NOT_KEPT;
pub use limits::Limits;
pub use page_origin::{PageOrigin, Standing};
pub use proxies::{ForwardedBy, Proxies};
pub use router::Door;
pub use source::Source;
