//! Signing in: who somebody is, proved once, and the tokens that say so afterwards.

pub mod access_token;
mod store;

use crate::{
    access::Actor,
    app::{App, StartError},
    error::{Error, Result},
    protect::{
        keys::{DerivationFailed, KeyDirectory, MasterKey},
        random::Random,
    },
};
use access_token::AccessTokens;
use contract::ProblemCode;

/// What signing in needs.
pub struct SignInServices {
    /// Signs and reads access tokens.
    pub access_tokens: AccessTokens,
}

impl SignInServices {
    /// Reads or makes the signing key.
    pub fn new(
        keys: &KeyDirectory,
        _master: &MasterKey,
        public_url: &str,
        random: &dyn Random,
    ) -> std::result::Result<Self, StartError> {
        let file = keys.ed25519_key("access-token.key", random)?;
        let access_tokens = AccessTokens::new(public_url.to_owned(), &file.bytes).ok_or(DerivationFailed)?;
        Ok(Self { access_tokens })
    }
}

/// The caller behind an access token. The session is looked up at every request, so that ending one takes effect at once.
pub(crate) async fn authenticate(app: &App, token: &str, _path: &str) -> Result<Actor> {
    let now = app.clock.now();
    let session = app
        .sign_in
        .access_tokens
        .verify(token, now)
        .ok_or_else(|| Error::new(ProblemCode::Unauthenticated))?;
    let mut tx = app.db.read().await?;
    store::actor(&mut tx, session, now).await?.ok_or_else(|| Error::new(ProblemCode::Unauthenticated))
}
