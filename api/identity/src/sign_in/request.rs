//! What somebody sends to sign in.

use super::device_label::DeviceLabel;
use crate::typed::{self, secret::Secret};
use contract::RefreshTokenPlace;
use kernel::protect::privacy::Email;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A sign-in.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "mentor@example.org",
    "password": "correct horse battery",
    "device_label": "Android phone"
}))]
pub struct SignIn {
    /// The account's address.
    pub email: Email,
    /// The password. Forms of Unicode that are the same text are the same password (RFC 8265, OpaqueString); a one-time
    /// password may be typed in lower case and without its hyphens.
    #[validate(length(min = 1, max = 128))]
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 128, example = "correct horse battery")]
    pub password: Secret,
    /// The six digits that the authenticator app shows, for accounts that have one; with or without spaces, of any keyboard.
    #[validate(length(min = 6, max = 40), custom(function = "typed::check_authenticator_code"))]
    #[schema(value_type = Option<String>, min_length = 6, max_length = 40, pattern = "^[ -]*([0-9٠-٩۰-۹][ -]*){6}$", example = "081804")]
    pub authenticator_code: Option<Secret>,
    /// What the list of sessions shall call this device.
    pub device_label: Option<DeviceLabel>,
    /// Where the refresh token goes; without it, into the body.
    pub refresh_token_in: Option<RefreshTokenPlace>,
}
