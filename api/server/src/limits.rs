//! How long and how large things may be at the door. Every limit is here, so that a test can shorten all of them.

use kernel::door::RequestRates;
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
    /// The least average rate after that, in bytes a second, at which a body arrives and an answer is taken. A phone on honest
    /// 2G has 2,500.
    pub body_rate: u32,
    /// How long an answer may lie that nobody takes any more of. The system passes on what is taken in steps, which honest 2G
    /// takes a while for.
    pub answer_pause: Duration,
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
    /// How many of them are answered at once as long as nobody has proved on the connection who they are.
    pub streams_of_strangers: usize,
    /// What the running requests of one address (a /64 of IPv6) may take of our memory, in bytes.
    pub memory_per_source: usize,
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
            answer_pause: Duration::from_secs(30),
            handling: Duration::from_secs(30),
            exchange: Duration::from_mins(5),
            shutdown: Duration::from_secs(30),
            address: 8 * 1_024,
            headers: 8 * 1_024,
            connections: 4_096,
            connections_per_source: 256,
            streams: 32,
            streams_of_strangers: 8,
            memory_per_source: 16 * 1_024 * 1_024,
            requests: RequestRates::default(),
        }
    }
}

/// Answers are handed over in parts of this many bytes; about two of them are in memory for each that nobody takes. On HTTP/2 there
/// are many at once.
pub const PART: usize = 16 * 1_024;
/// The same on HTTP/2.
pub const PART_OF_STREAM: usize = 4 * 1_024;

/// What is received of one body on HTTP/2 before anybody has read it, in bytes: the largest body.
pub const STREAM_WINDOW: u32 = 64 * 1_024;
/// The same of all bodies on one connection.
pub const CONNECTION_WINDOW: u32 = 128 * 1_024;

/// What is read of a head before it is given up without an answer of ours, in bytes. It leaves room to answer a head that is
/// over its limits with a problem.
pub const READ_AHEAD: usize = 32 * 1_024;
