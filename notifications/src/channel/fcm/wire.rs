//! One request to Google and its answer, over the transport that all channels share.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, Uri};

use crate::channel::retry_after::retry_after;
use crate::channel::transport::{Transport, TransportError};
use crate::channel::{Outcome, RejectReason, RetryReason};

/// A place that requests are sent to.
pub(super) struct Door {
    transport: Arc<Transport>,
    uri: Uri,
    /// What the transport counts requests and failures under. It is the whole address, so that trouble at the token
    /// endpoint does not count against the service even where one host serves both.
    origin: String,
}

/// An answer, as far as it matters here.
pub(super) struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The wait that the answer asks for.
    pub retry_after: Option<Duration>,
    /// The body, cut to the transport's limit.
    pub body: Bytes,
}

impl Door {
    pub fn new(transport: Arc<Transport>, uri: Uri) -> Self {
        let origin = uri.to_string();
        Self { transport, uri, origin }
    }

    /// The address.
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Sends one POST. `Err` is what it means for the message that there is no answer.
    pub async fn post(&self, headers: HeaderMap, body: Bytes, now: DateTime<Utc>) -> Result<Answer, Outcome> {
        match self.transport.post(&self.origin, self.uri.clone(), headers, body).await {
            Ok(reply) => Ok(Answer {
                status: reply.status,
                retry_after: retry_after(&reply.headers, now),
                body: reply.body,
            }),
            Err(error) => Err(without_answer(&error)),
        }
    }
}

fn without_answer(error: &TransportError) -> Outcome {
    match error {
        TransportError::Forbidden => Outcome::Rejected(RejectReason::ForbiddenEndpoint),
        TransportError::CircuitOpen(circuit) => {
            Outcome::Retry { after: Some(circuit.retry_after), reason: RetryReason::Unavailable }
        }
        TransportError::Timeout => Outcome::retry(RetryReason::Timeout),
        TransportError::Network(_) => Outcome::retry(RetryReason::Network),
        TransportError::Broken(_) => Outcome::retry(RetryReason::Unanswered),
    }
}
