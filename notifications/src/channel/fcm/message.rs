//! What FCM is given: an empty wake-up.
//!
//! Google reads everything that is sent through FCM, so nothing that concerns a person is. The request says which app
//! installation to wake, until when it is worth it, and which earlier wake-up it replaces; the app then fetches the text
//! from this service over its own connection. One message carries the fields of both platforms, since a registration
//! token does not tell whether it belongs to Android or iOS; FCM ignores the half that does not apply.
//!
//! Sources: FCM HTTP v1 `projects.messages` (AndroidConfig, ApnsConfig), and Apple's "Pushing background updates to your
//! app" and "Sending notification requests to APNs".

use std::fmt::{self, Display};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::channel::web_push::Urgency;

/// The longest time for which FCM keeps a message: 2,419,200 seconds, which is four weeks.
pub const MAX_TIME_TO_LIVE: Duration = Duration::from_secs(2_419_200);

/// One wake-up for one app installation.
#[derive(Clone, Copy)]
pub struct FcmMessage<'a> {
    /// The registration token of the app installation. It is an address that others could abuse, so `Debug` hides it.
    pub token: &'a str,
    /// A later message with the same key replaces one that is still waiting. At most 64 bytes (the limit of APNs), and
    /// meaningless to an outsider: use the topic of the reminder, never the identifier of a person or appointment.
    pub collapse_key: &'a str,
    /// How long the message is worth delivering. Fractions of a second are dropped; zero means "now or never"; more than
    /// [`MAX_TIME_TO_LIVE`] is cut to that.
    pub time_to_live: Duration,
    /// Whether to wake a phone that is saving power.
    pub priority: Priority,
    /// The present instant. APNs wants an absolute expiry, and the access token's age is judged by it.
    pub now: DateTime<Utc>,
}

impl fmt::Debug for FcmMessage<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FcmMessage")
            .field("time_to_live", &self.time_to_live)
            .field("priority", &self.priority)
            .finish_non_exhaustive()
    }
}

/// How hard FCM tries to deliver at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Priority {
    /// At the next moment when the phone is awake anyway.
    Normal,
    /// At once, waking the phone. For what the person must see now; Android demotes apps that overuse it.
    High,
}

impl From<Urgency> for Priority {
    /// FCM has two steps where Web Push has four.
    fn from(urgency: Urgency) -> Self {
        match urgency {
            Urgency::VeryLow | Urgency::Low | Urgency::Normal => Self::Normal,
            Urgency::High => Self::High,
        }
    }
}

/// Writes the request body of `messages:send`.
pub(super) fn body(message: &FcmMessage<'_>) -> Result<Vec<u8>, serde_json::Error> {
    let seconds = message.time_to_live.min(MAX_TIME_TO_LIVE).as_secs();
    let expiration = match i64::try_from(seconds) {
        Ok(0) | Err(_) => 0,
        Ok(seconds) => message.now.timestamp().saturating_add(seconds),
    };
    let request = SendRequest {
        message: Message {
            token: message.token,
            data: Data { v: "1" },
            android: Android {
                collapse_key: message.collapse_key,
                priority: message.priority,
                ttl: Text(Seconds(seconds)),
            },
            apns: Apns {
                headers: ApnsHeaders {
                    collapse_id: message.collapse_key,
                    expiration: Text(expiration),
                    priority: "5",
                    push_type: "background",
                },
                payload: ApnsPayload { aps: Aps { content_available: 1 } },
            },
        },
    };
    let mut body = Vec::with_capacity(FIXED_PART + message.token.len() + 2 * message.collapse_key.len());
    serde_json::to_writer(&mut body, &request)?;
    Ok(body)
}

/// The length of a body without its token and collapse keys, generously.
const FIXED_PART: usize = 320;

#[derive(Serialize)]
struct SendRequest<'a> {
    message: Message<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    token: &'a str,
    data: Data,
    android: Android<'a>,
    apns: Apns<'a>,
}

/// A data message needs at least one entry to reach the app's own code; the version of the wake-up says nothing.
#[derive(Serialize)]
struct Data {
    v: &'static str,
}

#[derive(Serialize)]
struct Android<'a> {
    collapse_key: &'a str,
    priority: Priority,
    ttl: Text<Seconds>,
}

#[derive(Serialize)]
struct Apns<'a> {
    headers: ApnsHeaders<'a>,
    payload: ApnsPayload,
}

/// APNs demands priority 5 for background pushes and drops those with 10, whatever the urgency.
#[derive(Serialize)]
struct ApnsHeaders<'a> {
    #[serde(rename = "apns-collapse-id")]
    collapse_id: &'a str,
    #[serde(rename = "apns-expiration")]
    expiration: Text<i64>,
    #[serde(rename = "apns-priority")]
    priority: &'static str,
    #[serde(rename = "apns-push-type")]
    push_type: &'static str,
}

#[derive(Serialize)]
struct ApnsPayload {
    aps: Aps,
}

#[derive(Serialize)]
struct Aps {
    #[serde(rename = "content-available")]
    content_available: u8,
}

/// A value that goes over the wire as a JSON text, written without a text of its own in between.
struct Text<T>(T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A duration in the JSON form of `google.protobuf.Duration`.
struct Seconds(u64);

impl Display for Seconds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}s", self.0)
    }
}
