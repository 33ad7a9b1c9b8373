//! What its owner gets to see of a device.

use super::store::Row;
use contract::{ChannelKind, DeviceId, DeviceState, SessionId, time::Instant};
use notifications::device::DOUBTFUL_AFTER;
use serde::Serialize;
use utoipa::ToSchema;

/// An installed app that can be reached by push.
#[derive(Debug, Serialize, ToSchema)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// How it is reached.
    pub channel: ChannelKind,
    /// The host of its push service. The rest of the address is shown to nobody.
    #[schema(example = "updates.push.services.mozilla.com", max_length = 255)]
    pub push_service: String,
    /// Where it stands.
    pub state: DeviceState,
    /// Whether its push service refused what was sent there, several times and never otherwise: the app must subscribe anew and
    /// tell its new address.
    #[schema(example = false)]
    pub subscribe_anew: bool,
    /// Whether it was registered in the session that asks.
    #[schema(example = true)]
    pub current: bool,
    /// When it was registered.
    pub created_at: Instant,
    /// When it was last heard of: when it told its address, or (to the day) showed a notification.
    pub refreshed_at: Instant,
    /// Counts its changes.
    #[schema(example = 1, minimum = 1)]
    pub version: i64,
}

/// The host of FCM, by which a phone knows it; devices of that channel have no address of their own.
const FCM_HOST: &str = "fcm.googleapis.com";

impl Device {
    /// As its owner sees it from this session.
    pub fn seen_from(session: Option<SessionId>, row: &Row) -> Self {
        let endpoint = row.endpoint.as_deref().and_then(|endpoint| endpoint.parse::<http::Uri>().ok());
        let push_service = match row.channel {
            ChannelKind::Fcm => FCM_HOST.to_owned(),
            ChannelKind::WebPush => {
                endpoint.as_ref().and_then(http::Uri::host).unwrap_or_default().to_owned()
            }
        };
        Self {
            id: row.id,
            channel: row.channel,
            push_service,
            state: row.state,
            subscribe_anew: row.refusals >= DOUBTFUL_AFTER,
            current: Some(row.session_id) == session,
            created_at: row.created_at,
            refreshed_at: row.refreshed_at,
            version: row.version,
        }
    }
}

/// The key that browsers and apps subscribe with.
#[derive(Debug, Serialize, ToSchema)]
pub struct PushPublicKey {
    /// The service's public key (RFC 8292 §3.2), base64url of an uncompressed point: hand it over as `applicationServerKey`.
    #[schema(
        example = "BNbxGYNMhEIi9zrneh7mqV4oUanjLUK3m-mYZBc62frMKrEoMk88r3Lk596T0ck9xlT-aok0fO1KXBLV4-XqxYM",
        pattern = "^[A-Za-z0-9_-]{87}$",
        min_length = 87,
        max_length = 87
    )]
    pub public_key: String,
}
