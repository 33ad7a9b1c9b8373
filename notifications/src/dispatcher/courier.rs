//! Who carries a finished message: the seam between the dispatcher and the channels.

use std::future::Future;
use std::time::Duration;

use contract::Urgency;
use contract::time::Instant;

use crate::channel::endpoint::{Endpoint, EndpointPolicy};
use crate::channel::fcm::{Fcm, FcmMessage, Priority};
use crate::channel::web_push::encrypt::{EphemeralSource, SystemEphemeral};
use crate::channel::web_push::{self, SubscriptionKeys, Topic, WebPush, WebPushMessage};
use crate::channel::{Channel, Outcome, RejectReason};
use crate::outbox::Address;

/// What a Web Push message says.
#[derive(Debug)]
pub struct Letter {
    /// The payload.
    pub payload: Vec<u8>,
    /// What is said to a push service that finds the payload too large.
    pub wake_up: Vec<u8>,
}

/// One message to one device.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// Where to.
    pub address: &'a Address,
    /// What it says; `None` for a channel that only wakes the app.
    pub letter: Option<&'a Letter>,
    /// What it replaces while it is on its way to this device.
    pub topic: &'a Topic,
    /// How soon the phone should wake.
    pub urgency: Urgency,
    /// For how long it is of use.
    pub time_to_live: Duration,
    /// When it is sent.
    pub now: Instant,
}

/// Carries messages.
pub trait Courier: Send + Sync + 'static {
    /// Carries one and says what came of it, within the courier's own time limit.
    fn send(&self, parcel: Parcel<'_>) -> impl Future<Output = Outcome> + Send;
}

/// Carries over Web Push and FCM, as far as they are set up.
pub struct PushCourier<E = SystemEphemeral> {
    /// Web Push, with the rules for its endpoints: they are applied again before every use.
    pub web_push: Option<(WebPush<E>, EndpointPolicy)>,
    /// FCM.
    pub fcm: Option<Fcm>,
}

impl<E: EphemeralSource + 'static> Courier for PushCourier<E> {
    async fn send(&self, parcel: Parcel<'_>) -> Outcome {
        match parcel.address {
            Address::WebPush { endpoint, agreement_key, authentication_secret } => {
                let Some((channel, policy)) = &self.web_push else {
                    return Outcome::Rejected(RejectReason::Misconfigured);
                };
                let Ok(endpoint) = Endpoint::parse(endpoint, policy) else {
                    return Outcome::Rejected(RejectReason::ForbiddenEndpoint);
                };
                let (Some(keys), Some(letter)) = (keys(agreement_key, authentication_secret), parcel.letter)
                else {
                    return Outcome::Rejected(RejectReason::Invalid);
                };
                channel
                    .send(WebPushMessage {
                        endpoint: &endpoint,
                        keys: &keys,
                        payload: &letter.payload,
                        fallback_payload: Some(&letter.wake_up),
                        time_to_live: parcel.time_to_live,
                        urgency: match parcel.urgency {
                            Urgency::Low => web_push::Urgency::Low,
                            Urgency::Normal => web_push::Urgency::Normal,
                            Urgency::High => web_push::Urgency::High,
                        },
                        topic: parcel.topic,
                    })
                    .await
            }
            Address::Fcm { token } => {
                let Some(channel) = &self.fcm else { return Outcome::Rejected(RejectReason::Misconfigured) };
                channel
                    .send(FcmMessage {
                        token,
                        collapse_key: parcel.topic.as_str(),
                        // An exact one would tell Google when the appointment is.
                        time_to_live: web_push::coarse_time_to_live(parcel.time_to_live),
                        priority: match parcel.urgency {
                            Urgency::High => Priority::High,
                            Urgency::Low | Urgency::Normal => Priority::Normal,
                        },
                        now: parcel.now.to_chrono(),
                    })
                    .await
            }
        }
    }
}

fn keys(agreement_key: &[u8], authentication_secret: &[u8]) -> Option<SubscriptionKeys> {
    SubscriptionKeys::from_bytes(agreement_key.try_into().ok()?, authentication_secret.try_into().ok()?).ok()
}
