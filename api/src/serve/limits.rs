//! How long and how large things may be at the door. Every limit is here, so that a test can shorten all of them.

use super::RequestRates;
use std::time::Duration;

/// The limits of the door.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the connection to the end of the first request's head; also from the first byte of a later one.
    pub head: Duration,
    /// How long a connection may be kept without a request.
    pub idle: Duration,
    /// How long a body may take before its rate is looked at, and how long it may then pause.
    pub body_grace: Duration,
    /// The least average rate of a body after that, in bytes a second. A phone on honest 2G sends 2,500.
    pub body_rate: u32,
    /// How long a handler may work once the body has arrived.
    pub handling: Duration,
    /// From the end of the head until the whole answer has left.
    pub exchange: Duration,
    /// How long running requests may take to finish when the service stops.
    pub shutdown: Duration,
    /// The longest path with query, in bytes.
    pub address: usize,
    /// The largest head without the path, in bytes.
    pub headers: usize,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address (a /64 of IPv6). Generous: a whole town may share one carrier's address.
    pub connections_per_source: usize,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
    /// How often one session and one address may ask.
    pub requests: RequestRates,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            body_grace: Duration::from_secs(10),
            body_rate: 1_000,
            handling: Duration::from_secs(30),
            exchange: Duration::from_mins(5),
            shutdown: Duration::from_secs(30),
            address: 8 * 1_024,
            headers: 8 * 1_024,
            connections: 4_096,
            connections_per_source: 256,
            streams: 64,
            requests: RequestRates::default(),
        }
    }
}

/// What is read of a head before it is given up without an answer of ours, in bytes. It leaves room to answer a head that is
/// over its limits with a problem.
pub(super) const READ_AHEAD: usize = 32 * 1_024;
