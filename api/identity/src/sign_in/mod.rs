//! Signing in: who somebody is, proved once, and the tokens that say so afterwards.
//!
//! Staff prove an e-mail address, a password and a second factor (`password`, `second_factor`): a code from an authenticator
//! app, or for mentors and counsellors the device that was enrolled for them (`enrolled_devices`). Participants prove a
//! one-time code that was given to them in person (the feature `enrolment`). All get a session: an access token for ten
//! minutes and a refresh token for the next one (`tokens`). `credentials` is for changing the factors.

pub mod accounts;
mod attempt;
mod authenticator;
mod credentials;
pub mod device_label;
mod enrolled_devices;
mod password;
pub mod proof;
mod refresh;
pub mod refresh_cookie;
mod request;
pub mod second_factor;
pub mod sessions;
pub mod store;
pub mod throttle;
pub mod tokens;
pub mod used_proofs;

use crate::Identity;
use axum::extract::FromRef;
use kernel::extract::Callers;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Signing in, refreshing, and changing one's factors.
pub fn router<S>() -> OpenApiRouter<S>
where
    S: Callers + Clone + 'static,
    Identity: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(password::sign_in))
        .routes(routes!(refresh::refresh))
        .routes(routes!(credentials::change_password))
        .routes(routes!(credentials::new_authenticator, credentials::confirm_authenticator))
}

/// What lies outside the versions of the contract: the public keys of access tokens.
pub fn well_known<S>() -> OpenApiRouter<S>
where
    S: Callers + Clone + 'static,
    Identity: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(tokens::key_set))
}
