//! How one message reaches one push service, and what came of it.
//!
//! A channel is handed a finished message and answers with an [`Outcome`]. The outcome is closed on purpose: the caller
//! has exactly four things to do (settle, try again later, forget the device, give up) and must not need to know which
//! push service it is talking to. Reasons are for people: they end in logs, metrics and the delivery's row, under the
//! stable names of their `as_str`.

pub mod bounded;
pub mod circuit;
pub mod endpoint;
pub mod fcm;
pub mod retry_after;
#[cfg(test)]
mod test_service;
pub mod transport;
pub mod web_push;

use std::future::Future;
use std::time::Duration;

/// What came of one attempt to hand over one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The push service has accepted the message.
    Delivered,
    /// Not now: the same message may be tried again.
    Retry {
        /// The least time to wait, where the service named one or the channel knows better than a general back-off.
        after: Option<Duration>,
        /// Why it did not work this time.
        reason: RetryReason,
    },
    /// The device is no longer registered with its push service; nothing must be sent to it again.
    Gone,
    /// This message will never be accepted, however often it is tried.
    Rejected(RejectReason),
}

impl Outcome {
    /// The name of the outcome in logs, metrics and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retry { .. } => "retry",
            Self::Gone => "gone",
            Self::Rejected(_) => "rejected",
        }
    }

    /// The name of the reason behind the outcome, where there is one to tell.
    #[must_use]
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Delivered | Self::Gone => None,
            Self::Retry { reason, .. } => Some(reason.as_str()),
            Self::Rejected(reason) => Some(reason.as_str()),
        }
    }

    /// Whether the attempt chain of this delivery ends here.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Retry { .. })
    }

    /// A retry with no waiting time of its own.
    #[must_use]
    pub const fn retry(reason: RetryReason) -> Self {
        Self::Retry { after: None, reason }
    }
}

/// Why an attempt is worth repeating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryReason {
    /// The service asks for fewer requests (429, a quota).
    Throttled,
    /// The service is in trouble (5xx), or its circuit is open here because it was.
    Unavailable,
    /// The service does not accept our key or token (401, 403): an operator's matter, so wait long.
    Unauthorised,
    /// No connection: nothing was sent.
    Network,
    /// The connection broke before the answer came: nobody knows whether the message was taken.
    Unanswered,
    /// No answer in the time allowed: nobody knows whether the message was taken.
    Timeout,
}

impl RetryReason {
    /// Every reason, for tests and for registering metrics.
    pub const ALL: [Self; 6] = [
        Self::Throttled,
        Self::Unavailable,
        Self::Unauthorised,
        Self::Network,
        Self::Unanswered,
        Self::Timeout,
    ];

    /// Whether the message may have been taken nevertheless.
    #[must_use]
    pub const fn may_have_arrived(self) -> bool {
        matches!(self, Self::Unanswered | Self::Timeout)
    }

    /// The name of the reason in logs, metrics and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Unauthorised => "unauthorised",
            Self::Network => "network",
            Self::Unanswered => "unanswered",
            Self::Timeout => "timeout",
        }
    }
}

/// Why an attempt must not be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectReason {
    /// The message is over the service's limit and cannot be made smaller.
    TooLarge,
    /// The service calls the message malformed.
    Invalid,
    /// The address is one that we refuse to call: off the allow-list, not public, or redirecting elsewhere.
    ForbiddenEndpoint,
    /// Our own configuration and the device's registration do not fit (another sender, a wrong project).
    Misconfigured,
}

impl RejectReason {
    /// Every reason, for tests and for registering metrics.
    pub const ALL: [Self; 4] = [Self::TooLarge, Self::Invalid, Self::ForbiddenEndpoint, Self::Misconfigured];

    /// The name of the reason in logs, metrics and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Invalid => "invalid",
            Self::ForbiddenEndpoint => "forbidden_endpoint",
            Self::Misconfigured => "misconfigured",
        }
    }
}

/// One way to reach a device.
///
/// The future is named in the trait, so a channel is used as a type parameter and no call allocates a box for it.
pub trait Channel {
    /// What is sent; it borrows from the caller for the time of the call.
    type Message<'a>;

    /// Hands one message to the push service. It never fails in another way than by its [`Outcome`], and it is bounded
    /// in time by the channel's own limits.
    fn send(&self, message: Self::Message<'_>) -> impl Future<Output = Outcome> + Send;
}
