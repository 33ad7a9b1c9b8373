//! The caller behind an access token.

use crate::{Identity, sign_in::store, sign_in::store::Caller};
use contract::ProblemCode;
use kernel::{
    agenda::Kind,
    error::{Error, Result},
};

/// Postings on the agenda. Whoever has one that has run out is let in only when what the agenda does about it is done.
pub const POSTINGS: Kind = Kind::new("posting");

/// The paths, after the version, that somebody may use whose password must be changed first.
const FOR_PASSWORD_CHANGE: &[&str] = &["/me/password", "/me/authenticator", "/me/sign-out"];

impl Identity {
    /// The caller behind an access token. The session is looked up at every request, so that ending one takes effect at once.
    ///
    /// # Errors
    /// If the token is none of ours or its session has ended, or if this path is closed until the caller has changed their password.
    pub async fn caller(&self, token: &str, path: &str) -> Result<Caller> {
        let now = self.clock.now();
        let session = self
            .sign_in
            .access_tokens
            .verify(token, now)
            .ok_or_else(|| Error::new(ProblemCode::Unauthenticated))?;
        let mut tx = self.db.glance().await?;
        let caller = store::caller(&mut tx, session, now)
            .await?
            .ok_or_else(|| Error::new(ProblemCode::Unauthenticated))?;
        if caller.password_change_due
            && !FOR_PASSWORD_CHANGE.contains(&path.strip_prefix("/v1").unwrap_or(path))
        {
            return Err(Error::new(ProblemCode::PasswordChangeDue));
        }
        Ok(caller)
    }
}
