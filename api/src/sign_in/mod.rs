//! Signing in: who somebody is, proved once, and the tokens that say so afterwards.
//!
//! Staff prove an e-mail address, a password and a second factor (`password`, `second_factor`): a code from an authenticator
//! app, or for mentors and counsellors the device that was enrolled for them (`enrolled_devices`). Participants prove a
//! one-time code that was given to them in person (the feature `enrolment`). All get a session: an access token for ten
//! minutes and a refresh token for the next one (`tokens`). `credentials` is for changing the factors.

pub mod access_token;
pub mod accounts;
mod attempt;
mod authenticator;
mod credentials;
pub mod device_label;
mod enrolled_devices;
mod password;
mod password_forms;
pub mod password_rules;
pub mod passwords;
pub mod proof;
mod refresh;
pub mod refresh_cookie;
pub mod refresh_token;
pub mod second_factor;
pub mod secret;
mod seen_tokens;
pub mod sessions;
mod store;
pub(crate) mod throttle;
pub mod tokens;
pub(crate) mod typed;

use crate::{
    access::Actor,
    app::{App, StartError},
    error::{Error, Result},
    extract::Digest,
    protect::{
        keys::{DerivationFailed, DerivedKey, KeyDirectory, MasterKey, Purpose},
        random::Random,
    },
    serve::PageOrigin,
};
use access_token::AccessTokens;
use axum::http::Uri;
use contract::ProblemCode;
use passwords::Passwords;
use refresh_token::RefreshTokens;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The key that access tokens are signed with.
const SIGNING_KEY: &str = "access-token.key";
/// The one before it. To change keys: rename the file above to this one and restart; ten minutes later this one can go.
const PREVIOUS_SIGNING_KEY: &str = "access-token.previous.key";

/// The paths, after the version, that somebody may use whose password must be changed first.
const FOR_PASSWORD_CHANGE: &[&str] = &["/me/password", "/me/authenticator", "/me/sign-out"];

/// What signing in needs.
pub struct SignInServices {
    /// Signs and reads access tokens.
    pub access_tokens: AccessTokens,
    /// Makes and reads refresh tokens.
    pub refresh_tokens: RefreshTokens,
    /// Computes password hashes.
    pub passwords: Passwords,
    /// The address under which people reach the service.
    pub public_url: Uri,
    /// The origin of the service's own pages.
    pub origin: PageOrigin,
    pub(crate) throttle_key: DerivedKey,
    pub(crate) enrolment_key: DerivedKey,
}

impl SignInServices {
    /// Reads or makes the signing key and derives the others.
    pub fn new(
        keys: &KeyDirectory,
        master: &MasterKey,
        public_url: &str,
        random: &dyn Random,
    ) -> std::result::Result<Self, StartError> {
        let no_address = || StartError::PublicUrl(public_url.to_owned());
        let parsed: Uri = public_url.parse().map_err(|_| no_address())?;
        if parsed.host().is_none() || !matches!(parsed.scheme_str(), Some("http" | "https")) {
            return Err(no_address());
        }
        let file = keys.ed25519_key(SIGNING_KEY, random)?;
        let previous = keys.read(PREVIOUS_SIGNING_KEY)?;
        let previous = previous.as_ref().map(|bytes| bytes.as_slice());
        Ok(Self {
            access_tokens: AccessTokens::new(public_url.to_owned(), &file.bytes, previous)
                .ok_or(DerivationFailed)?,
            refresh_tokens: RefreshTokens::new(master.derive(Purpose::RefreshTokens)?),
            passwords: Passwords::new(random).map_err(|_| DerivationFailed)?,
            public_url: parsed,
            origin: PageOrigin::of(public_url),
            throttle_key: master.derive(Purpose::Throttle)?,
            enrolment_key: master.derive(Purpose::EnrolmentCodes)?,
        })
    }

    /// The digest of a body that holds a secret, for telling a repetition from another request: under a key, so that nobody
    /// who gets hold of the database can try passwords against it.
    pub(crate) fn keyed(&self, digest: Digest) -> Digest {
        Digest::of(&self.throttle_key.authenticate(digest.as_bytes()))
    }
}

/// Signing in, refreshing, and changing one's factors.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(password::sign_in))
        .routes(routes!(refresh::refresh))
        .routes(routes!(credentials::change_password))
        .routes(routes!(credentials::new_authenticator, credentials::confirm_authenticator))
}

/// What lies outside the versions of the contract: the public keys of access tokens.
pub fn well_known() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(tokens::key_set))
}

/// The caller behind an access token. The session is looked up at every request, so that ending one takes effect at once.
pub(crate) async fn authenticate(app: &App, token: &str, path: &str) -> Result<Actor> {
    let now = app.clock.now();
    let session = app
        .sign_in
        .access_tokens
        .verify(token, now)
        .ok_or_else(|| Error::new(ProblemCode::Unauthenticated))?;
    let mut tx = app.db.glance().await?;
    let caller = store::caller(&mut tx, session, now)
        .await?
        .ok_or_else(|| Error::new(ProblemCode::Unauthenticated))?;
    if caller.password_change_due && !FOR_PASSWORD_CHANGE.contains(&path.strip_prefix("/v1").unwrap_or(path))
    {
        return Err(Error::new(ProblemCode::PasswordChangeDue));
    }
    Ok(caller.actor)
}
