//! Web Push: one sealed message to one browser or app, through the push service that it chose.
//!
//! The journey of a message: [`mod@encrypt`] seals the payload for the subscription and pads it to a fixed length (RFC 8291),
//! [`vapid`] says who sends (RFC 8292), [`request`] holds the headers (RFC 8030), the transport carries it, and
//! `outcome` turns the answer into one of the four things that a caller can do. [`mod@decrypt`] is the receiver's side.

pub mod decrypt;
pub mod encrypt;
pub mod keys;
mod outcome;
pub mod request;
mod schedule;
#[cfg(test)]
mod tests;
pub mod vapid;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use self::encrypt::{EncryptError, EphemeralSource, PaddedLength, SystemEphemeral, encrypt};
pub use self::keys::SubscriptionKeys;
pub use self::request::{Topic, TopicKey, Urgency, coarse_time_to_live};
use self::vapid::VapidSigner;
use super::endpoint::Endpoint;
use super::transport::{Reply, Transport};
use super::{Channel, Outcome, RejectReason, RetryReason};

static TTL: HeaderName = HeaderName::from_static("ttl");
static URGENCY: HeaderName = HeaderName::from_static("urgency");
static TOPIC: HeaderName = HeaderName::from_static("topic");

/// One message to one subscription.
#[derive(Debug, Clone, Copy)]
pub struct WebPushMessage<'a> {
    /// Where to.
    pub endpoint: &'a Endpoint,
    /// For whom it is sealed.
    pub keys: &'a SubscriptionKeys,
    /// What the app is told; at most [`PaddedLength::STANDARD`] bytes.
    pub payload: &'a [u8],
    /// What it is told if the service finds that too large; at most [`PaddedLength::SMALL`] bytes.
    pub fallback_payload: Option<&'a [u8]>,
    /// How long the message is of any use from now.
    pub time_to_live: Duration,
    /// How urgent it is.
    pub urgency: Urgency,
    /// What it replaces.
    pub topic: &'a Topic,
}

/// The time, asked for once per message.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The Web Push channel.
pub struct WebPush<E = SystemEphemeral> {
    transport: Arc<Transport>,
    signer: VapidSigner,
    ephemeral: E,
    now: Now,
}

impl<E: EphemeralSource> WebPush<E> {
    /// A channel that sends through `transport` and signs with `signer`.
    #[must_use]
    pub const fn new(transport: Arc<Transport>, signer: VapidSigner, ephemeral: E, now: Now) -> Self {
        Self { transport, signer, ephemeral, now }
    }

    async fn attempt(
        &self,
        message: &WebPushMessage<'_>,
        payload: &[u8],
        padded: PaddedLength,
    ) -> Result<Reply, Outcome> {
        let origin = message.endpoint.origin();
        let body = self.seal(payload, message.keys, padded)?;
        // Neither can fail unless the library does, which another attempt may survive.
        let failed = Outcome::retry(RetryReason::Unavailable);
        let authorization = self.signer.authorization(origin, (self.now)()).map_err(|_| failed)?;
        let topic = message.topic.header().ok_or(failed)?;

        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(TTL.clone(), request::time_to_live(message.time_to_live));
        headers.insert(URGENCY.clone(), message.urgency.header());
        headers.insert(TOPIC.clone(), topic);
        headers.insert(header::AUTHORIZATION, authorization);
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        self.transport
            .post(origin, message.endpoint.uri().clone(), headers, body)
            .await
            .map_err(|error| outcome::of_error(&error))
    }

    fn seal(&self, payload: &[u8], keys: &SubscriptionKeys, padded: PaddedLength) -> Result<Bytes, Outcome> {
        let sealed = self
            .ephemeral
            .next()
            .map_err(EncryptError::from)
            .and_then(|ephemeral| encrypt(payload, keys, padded, &ephemeral));
        match sealed {
            Ok(body) => Ok(body.into()),
            Err(EncryptError::TooLong(_)) => Err(Outcome::Rejected(RejectReason::TooLarge)),
            Err(EncryptError::Library) => Err(Outcome::retry(RetryReason::Unavailable)),
        }
    }
}

impl<E: EphemeralSource> Channel for WebPush<E> {
    type Message<'a> = WebPushMessage<'a>;

    async fn send(&self, message: Self::Message<'_>) -> Outcome {
        let mut reply = self.attempt(&message, message.payload, PaddedLength::STANDARD).await;
        if let (Ok(Reply { status: StatusCode::PAYLOAD_TOO_LARGE, .. }), Some(smaller)) =
            (&reply, message.fallback_payload)
        {
            reply = self.attempt(&message, smaller, PaddedLength::SMALL).await;
        }
        let outcome = match reply {
            Ok(reply) => outcome::of_reply(reply.status, &reply.headers, (self.now)()),
            Err(outcome) => outcome,
        };
        if matches!(outcome, Outcome::Retry { reason: RetryReason::Unauthorised, .. }) {
            self.signer.forget(message.endpoint.origin());
        }
        outcome
    }
}
