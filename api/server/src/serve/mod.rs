//! The door: the listener, and what every request passes on its way to a handler and back.
//!
//! `connection` accepts connections and gives up on those that dawdle, `layers` is what all requests have in common. What lies behind the
//! door is not known here.

mod connection;
mod door;
pub mod layers;
pub mod metrics;

pub use connection::{Listener, accept};
pub use door::Door;
