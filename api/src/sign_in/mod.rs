//! Signing in: who somebody is, proved once, and the tokens that say so afterwards.

pub mod access_token;
mod store;

use crate::{
    access::Actor,
    app::App,
    error::{Error, Result},
};
use access_token::AccessTokens;
use contract::ProblemCode;

/// What signing in needs.
pub struct SignInServices {
    /// Signs and reads access tokens.
    pub access_tokens: AccessTokens,
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
