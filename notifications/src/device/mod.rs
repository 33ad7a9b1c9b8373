//! The installed apps that can be reached: which session they belong to, at which address.
//!
//! An address (a Web Push endpoint, an FCM token) belongs to one device at a time. Where a phone changes hands, its address
//! comes again under another person's session: the old device is then gone and a new one begins, so that nothing meant for
//! the one reaches the other. The same person signing in anew keeps their device.

mod permission;
mod store;
mod upkeep;

use contract::time::Instant;
use contract::{ChannelKind, DeviceId, DeviceState, PersonKind, SessionId};
use uuid::Uuid;

use crate::channel::web_push::SubscriptionKeys;
use crate::outbox::Address;

pub use permission::{allow_push, forbid_push};
pub use store::{end_session, list, refresh, register, remove};
pub(crate) use upkeep::heard_of;
pub use upkeep::{Aged, DOUBTFUL_AFTER, FCM_GONE_AFTER, Refused, STALE_AFTER, age, refused};

/// How many devices of one person are pushed to. With one more, the one that was silent for longest goes.
pub const MAX_DEVICES: u32 = 10;

/// Whose device it is, and in which session it was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The session: when it ends, the device goes with it.
    pub session_id: SessionId,
    /// Participant or staff.
    pub person_kind: PersonKind,
    /// The person.
    pub person_id: Uuid,
}

/// A device as its owner sees it. Its address is not shown to anyone.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// The session in which it was registered.
    pub session_id: SessionId,
    /// How it is reached.
    pub channel: ChannelKind,
    /// Where it stands.
    pub state: DeviceState,
    /// How many messages in a row its push service refused.
    pub refusals: i64,
    /// When it was registered.
    pub created_at: Instant,
    /// When it was last heard of: when it told its address, or (to the day) showed a notification.
    pub refreshed_at: Instant,
    /// Counts the changes; its entity tag.
    pub version: i64,
}

impl Address {
    /// That of a Web Push subscription whose endpoint passed the endpoint rules ([`crate::channel::endpoint`]).
    pub fn web_push(endpoint: &crate::channel::endpoint::Endpoint, keys: &SubscriptionKeys) -> Self {
        Self::WebPush {
            endpoint: endpoint.uri().to_string(),
            agreement_key: keys.point().to_vec(),
            authentication_secret: keys.auth().to_vec(),
        }
    }

    /// That of an FCM registration.
    pub const fn fcm(token: String) -> Self {
        Self::Fcm { token }
    }
}
