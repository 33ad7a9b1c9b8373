//! Connections: accepted, counted, served over HTTP/1.1 or HTTP/2, and given up when they dawdle.
//!
//! A server that only waits can be filled with connections that never ask for anything. So each one is watched: a head must
//! arrive in time, an unused connection is not kept for ever, an answer must be taken at a least rate, and one address cannot have
//! all the places, nor all the memory.

mod accept;
mod activity;
mod answer;
mod exchanges;
mod memory;
mod places;

pub use accept::{Listener, accept};
