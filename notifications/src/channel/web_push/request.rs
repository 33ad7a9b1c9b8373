//! The headers of a push request (RFC 8030): how long it may wait, how urgent it is, and what it replaces.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use contract::DeviceId;
use http::HeaderValue;
use uuid::Uuid;

use super::keys::BASE64URL;

/// How urgent a message is, so that a phone can save its battery (RFC 8030 section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Urgency {
    /// For a phone on power and on Wi-Fi.
    VeryLow,
    /// For a phone on power or on Wi-Fi.
    Low,
    /// For a phone on neither.
    #[default]
    Normal,
    /// Even when the battery is low.
    High,
}

impl Urgency {
    pub(super) const fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::VeryLow => "very-low",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        })
    }
}

/// The name under which a message replaces an earlier one: on the phone (its tag), and at a push service that still holds the
/// earlier one (RFC 8030 section 5.4).
///
/// It tells nobody anything, so it is a keyed hash: 24 bytes, which are exactly the 32 characters that the RFC allows.
#[derive(Clone, PartialEq, Eq)]
pub struct Topic([u8; 32]);

/// The key of the hash; it never leaves the server.
pub struct TopicKey(hmac::Key);

impl TopicKey {
    /// A key from 32 secret bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The tag of what this recipient is told about this subject: whatever it is, it replaces what they were told before.
    #[must_use]
    pub fn tag(&self, recipient: Uuid, subject: Uuid) -> Topic {
        Topic::derive(self, b"tag", &[recipient, subject])
    }

    /// The same at the push service of one of their devices. Another for each device: nobody there learns that two
    /// subscriptions are one person's.
    #[must_use]
    pub fn topic(&self, device: DeviceId, recipient: Uuid, subject: Uuid) -> Topic {
        Topic::derive(self, b"topic", &[device.0, recipient, subject])
    }

    /// What all wake-ups of a device have in common: the app fetches everything on any of them, so one is enough.
    #[must_use]
    pub fn wake_up(&self, device: DeviceId) -> Topic {
        Topic::derive(self, b"wake-up", &[device.0])
    }
}

impl fmt::Debug for TopicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TopicKey(…)")
    }
}

impl Topic {
    fn derive(key: &TopicKey, end: &[u8], of: &[Uuid]) -> Self {
        let mut hash = hmac::Context::with_key(&key.0);
        hash.update(end);
        of.iter().for_each(|id| hash.update(id.as_bytes()));
        let tag = hash.sign();
        let mut characters = [0; 32];
        let hashed = tag.as_ref().get(..24).unwrap_or_default();
        // 24 bytes always fill the 32 characters, so there is nothing to report.
        let written = BASE64URL.encode_slice(hashed, &mut characters);
        debug_assert_eq!(written, Ok(32));
        Self(characters)
    }

    /// The topic as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_bytes(&self.0).ok()
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The steps of the TTL header, in seconds, from long to short.
///
/// An exact TTL would tell the push service when the appointment is. The step below the time that is left is taken, so
/// that nothing arrives after it has become useless.
const TIMES_TO_LIVE: [(u64, &str); 14] = [
    (2_419_200, "2419200"),
    (1_209_600, "1209600"),
    (604_800, "604800"),
    (259_200, "259200"),
    (86_400, "86400"),
    (43_200, "43200"),
    (21_600, "21600"),
    (10_800, "10800"),
    (3_600, "3600"),
    (1_800, "1800"),
    (900, "900"),
    (300, "300"),
    (60, "60"),
    (0, "0"),
];

/// The step below the time that is left, for channels that state it in other ways.
pub fn coarse_time_to_live(left: Duration) -> Duration {
    let step = TIMES_TO_LIVE.iter().find(|(seconds, _)| *seconds <= left.as_secs());
    Duration::from_secs(step.map_or(0, |(seconds, _)| *seconds))
}

/// The TTL header for the time that is left (RFC 8030 section 5.2).
pub(super) fn time_to_live(left: Duration) -> HeaderValue {
    let left = left.as_secs();
    let step = TIMES_TO_LIVE.iter().find(|(seconds, _)| *seconds <= left);
    HeaderValue::from_static(step.map_or("0", |(_, text)| text))
}
