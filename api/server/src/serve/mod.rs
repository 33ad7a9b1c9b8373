//! The running service: the listener and what every request passes on its way to a handler and back.
//!
//! `connection` accepts connections and gives up on those that dawdle, `layers` is what all requests have in common, and
//! `router` lists the features. `start` puts the parts together.

mod connection;
pub mod health;
mod layers;
mod limits;
pub mod metrics;
mod proxies;
pub mod router;
pub mod start;

pub use connection::{Listener, accept};
pub use limits::Limits;
pub use proxies::{ForwardedBy, Proxies};
pub use router::Door;
