//! What a push service's answer means for the message (RFC 8030 sections 5 and 7.3, RFC 8292 section 4.2).

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};

use crate::channel::retry_after::retry_after;
use crate::channel::transport::TransportError;
use crate::channel::{Outcome, RejectReason, RetryReason};

/// A refused key is put right by an operator, if at all, so asking again soon is of no use.
const UNAUTHORISED_PAUSE: Duration = Duration::from_mins(15);

pub(super) fn of_reply(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Outcome {
    let asked = || retry_after(headers, now);
    match status.as_u16() {
        // 201 "created" and 202 "accepted, with a receipt to come" are the RFC's; services also answer 200 and 204.
        200..=299 => Outcome::Delivered,
        // A push service has no reason to send us elsewhere, and we do not go.
        300..=399 => Outcome::Rejected(RejectReason::ForbiddenEndpoint),
        401 | 403 => Outcome::Retry {
            after: Some(asked().unwrap_or_default().max(UNAUTHORISED_PAUSE)),
            reason: RetryReason::Unauthorised,
        },
        404 | 410 => Outcome::Gone,
        408 => Outcome::Retry { after: asked(), reason: RetryReason::Timeout },
        413 => Outcome::Rejected(RejectReason::TooLarge),
        429 => Outcome::Retry { after: asked(), reason: RetryReason::Throttled },
        400..=499 => Outcome::Rejected(RejectReason::Invalid),
        _ => Outcome::Retry { after: asked(), reason: RetryReason::Unavailable },
    }
}

pub(super) fn of_error(error: &TransportError) -> Outcome {
    match error {
        TransportError::Forbidden => Outcome::Rejected(RejectReason::ForbiddenEndpoint),
        TransportError::CircuitOpen(open) => {
            Outcome::Retry { after: Some(open.retry_after), reason: RetryReason::Unavailable }
        }
        TransportError::Timeout => Outcome::retry(RetryReason::Timeout),
        TransportError::Network(_) => Outcome::retry(RetryReason::Network),
        TransportError::Broken(_) => Outcome::retry(RetryReason::Unanswered),
    }
}
