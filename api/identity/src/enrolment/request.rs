//! What a phone sends to become a participant's, and what it gets.

use crate::sign_in::{device_label::DeviceLabel, tokens::Tokens};
use crate::typed::secret::Secret;
use contract::{Language, RefreshTokenPlace};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// An enrolment: a code in one of its two forms.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "one_form", skip_on_field_errors = false))]
pub struct Enrolment {
    /// The code as it was typed; case, spaces, hyphens and the keyboard's digits do not matter.
    #[validate(length(min = 8, max = 40))]
    #[schema(value_type = Option<String>, min_length = 8, max_length = 40, pattern = "^[ -]*([2-9٢-٩۲-۹A-HJ-NP-Za-hj-np-z][ -]*){8}$", example = "7KQM-2WXA")]
    pub code: Option<Secret>,
    /// The text of the QR code, or what follows its second colon.
    #[validate(length(min = 32, max = 47))]
    #[schema(value_type = Option<String>, min_length = 32, max_length = 47, pattern = "^(muwakaba:enrol:)?[A-Za-z0-9_-]{32}$", example = "muwakaba:enrol:J5C0yqKq9Vt0c2mRr0bq6vXrD1pQwE8Z")]
    pub qr_secret: Option<Secret>,
    /// What the list of sessions shall call this phone.
    pub device_label: DeviceLabel,
    /// The language of the app, if the participant chose one on this phone.
    pub language: Option<Language>,
    /// Where the refresh token goes; without it, into the body.
    pub refresh_token_in: Option<RefreshTokenPlace>,
}

/// The tokens of a newly enrolled phone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Enrolled {
    /// The tokens.
    #[serde(flatten)]
    pub tokens: Tokens,
    /// How many former sessions of the participant this enrolment ended.
    #[schema(example = 0, minimum = 0)]
    pub ended_sessions: u64,
}

fn one_form(enrolment: &Enrolment) -> std::result::Result<(), validator::ValidationError> {
    if enrolment.code.is_some() != enrolment.qr_secret.is_some() {
        return Ok(());
    }
    Err(validator::ValidationError::new("one_of").with_message("send either code or qr_secret".into()))
}
