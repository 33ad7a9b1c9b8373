//! What apps send about where they are reached.
//!
//! A Web Push subscription is written by the browser (`JSON.stringify(subscription)`), and browsers may add members to it (Push
//! API §8), such as `expirationTime`. So these objects take members that are not known here; what we define ourselves does not.

use crate::App;
use contract::DeviceId;
use identity::typed::secret::Secret;
use kernel::error::{Error, Result};
use notifications::{
    channel::{
        endpoint::{Endpoint, MAX_ENDPOINT_LENGTH},
        web_push::{SubscriptionKeys, keys::KeysRefusal},
    },
    outbox::Address,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

/// The longest FCM registration token. Theirs have under 300 characters; the service promises no length.
const MAX_TOKEN: u64 = 2_048;

/// The keys of a Web Push subscription.
#[derive(Debug, Deserialize, Validate, ToSchema)]
pub struct NewSubscriptionKeys {
    /// The subscription's public key (RFC 8291 §3.1): base64url of 65 bytes.
    #[schema(value_type = String, min_length = 87, max_length = 88, pattern = "^[A-Za-z0-9_-]{87}=?$")]
    pub p256dh: Secret,
    /// The subscription's authentication secret (RFC 8291 §3.2): base64url of 16 bytes.
    #[schema(value_type = String, min_length = 22, max_length = 24, pattern = "^[A-Za-z0-9_-]{22}(==)?$")]
    pub auth: Secret,
}

/// A Web Push subscription, as the browser's `PushSubscription.toJSON()` has it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[schema(example = json!({
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABl",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg"
    }
}))]
pub struct NewWebPushDevice {
    /// Chosen by the app, so that registering twice makes one device; else the service chooses.
    pub id: Option<DeviceId>,
    /// Where the push service takes messages. Only known push services are accepted, over https.
    #[validate(length(min = 1, max = 2048))]
    #[schema(value_type = String, min_length = 1, max_length = 2048)]
    pub endpoint: Secret,
    /// The keys that messages are sealed for.
    #[validate(nested)]
    pub keys: NewSubscriptionKeys,
}

/// The present subscription of a device.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[schema(example = json!({
    "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABm",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg"
    }
}))]
pub struct WebPushSubscription {
    /// Where the push service takes messages. Only known push services are accepted, over https.
    #[validate(length(min = 1, max = 2048))]
    #[schema(value_type = String, min_length = 1, max_length = 2048)]
    pub endpoint: Secret,
    /// The keys that messages are sealed for.
    #[validate(nested)]
    pub keys: NewSubscriptionKeys,
}

/// An FCM registration.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx"}))]
pub struct NewFcmDevice {
    /// Chosen by the app, so that registering twice makes one device; else the service chooses.
    pub id: Option<DeviceId>,
    /// The registration token.
    #[validate(length(min = 20, max = MAX_TOKEN), custom(function = "token_characters"))]
    #[schema(value_type = String, min_length = 20, max_length = 2048, pattern = "^[A-Za-z0-9_:.-]+$")]
    pub token: Secret,
}

/// The present FCM registration of a device.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "dQw4w9WgXcQ:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqz"}))]
pub struct FcmRegistration {
    /// The registration token.
    #[validate(length(min = 20, max = MAX_TOKEN), custom(function = "token_characters"))]
    #[schema(value_type = String, min_length = 20, max_length = 2048, pattern = "^[A-Za-z0-9_:.-]+$")]
    pub token: Secret,
}

fn token_characters(token: &Secret) -> std::result::Result<(), ValidationError> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"_:.-".contains(&byte);
    if token.expose().bytes().all(good) {
        Ok(())
    } else {
        Err(ValidationError::new("value").with_message("is not an FCM registration token".into()))
    }
}

/// Where a subscription is reached, if it is one that this service may call.
pub fn web_push(app: &App, endpoint: &Secret, keys: &NewSubscriptionKeys) -> Result<Address> {
    debug_assert_eq!(MAX_ENDPOINT_LENGTH, 2_048);
    let endpoint = Endpoint::parse(endpoint.expose(), &app.push.endpoints)
        .map_err(|refusal| Error::field("/endpoint", refusal.as_str(), refusal.to_string()))?;
    let keys = SubscriptionKeys::parse(keys.p256dh.expose(), keys.auth.expose()).map_err(|refusal| {
        let pointer = match refusal {
            KeysRefusal::Auth => "/keys/auth",
            KeysRefusal::PublicKeyForm | KeysRefusal::PublicKeyPoint => "/keys/p256dh",
        };
        Error::field(pointer, "value", refusal.to_string())
    })?;
    Ok(Address::web_push(&endpoint, &keys))
}

/// Where an FCM registration is reached, if this service sends through FCM.
pub fn fcm(app: &App, token: &Secret) -> Result<Address> {
    if app.push.has_fcm {
        return Ok(Address::fcm(token.expose().to_owned()));
    }
    Err(Error::field("/token", "not_configured", "this service does not send through FCM; use Web Push"))
}
