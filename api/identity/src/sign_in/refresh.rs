//! The next access token for a refresh token.

use super::{
    proof::DeviceProof,
    refresh_cookie::{self, RefreshCookie},
    sessions::{self, EndReason, Lifetime, Living, Owner},
    tokens::{SignedInPerson, Tokens},
};
use crate::Identity;
use crate::things::SESSION;
use crate::tokens::refresh::{Holder, Ruling, judge};
use crate::typed::secret::Secret;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{AuditId, ProblemCode, RefreshTokenPlace, SessionId, time::Instant};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::Body,
    problems::CredentialProblems,
    reply::Reply,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A refresh.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token of the last answer. Left out by browsers that keep it in the cookie.
    #[validate(length(min = 1, max = 200))]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "AZNvbk0AcACAAAAAAAAAAQAAAAAAAAABq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqw")]
    pub refresh_token: Option<Secret>,
    /// Where the next refresh token goes; without it, where this one was. A token in the cookie stays there.
    pub refresh_token_in: Option<RefreshTokenPlace>,
}

/// Replaces the tokens of a session.
#[utoipa::path(
    post, path = "/token", tag = "sign_in", operation_id = "refreshTokens",
    summary = "Get the next tokens",
    description = "Replaces the access token and the refresh token; each refresh token works once. Sessions that are bound to a device need a `DPoP` header (RFC 9449) made with its key. When an answer was lost, the same device may repeat its last refresh token, however much later, and gets the same new one until that one was used; without a key the repetition is taken for 10 seconds. An older token, or one that comes from another device, ends the session: somebody has a copy. A browser that keeps its refresh token in the cookie `__Host-refresh` sends no token in the body; the request must then come from a page of the service itself, which the browser says with `Origin` or `Sec-Fetch-Site`. When a token from the cookie is of no use any more, the answer takes the cookie away. Roles: everybody who holds a refresh token.",
    security((), ("refresh_cookie" = [])),
    params(("DPoP" = Option<String>, Header, description = "A proof made with the key that the session is bound to")),
    request_body = Refresh,
    responses(
        (status = 200, description = "The next tokens", body = Tokens, headers(("Set-Cookie" = String, description = "With `refresh_token_in` `cookie`: the next refresh token, in the cookie `__Host-refresh`"))),
        CredentialProblems
    )
)]
pub async fn refresh(
    State(identity): State<Identity>,
    proof: DeviceProof,
    cookie: RefreshCookie,
    body: Body<Refresh>,
) -> Result<Response> {
    let (token, place) = presented(&body.value, &cookie)?;
    match renew(&identity, &proof, token, place).await? {
        Some((mut tokens, ends_at)) => {
            let said = cookie.hand_out(&mut tokens, place, ends_at, identity.clock.now());
            Ok(refresh_cookie::with_cookie(Reply::ok(&tokens)?.into_response(), said))
        }
        // The token is of no use any more, so neither is a cookie that holds it.
        None => Ok(refresh_cookie::with_cookie(
            Error::new(ProblemCode::CredentialRefused).into_response(),
            cookie.cleared(),
        )),
    }
}

/// The token of the request, and where the next one goes.
fn presented<'a>(request: &'a Refresh, cookie: &'a RefreshCookie) -> Result<(&'a str, RefreshTokenPlace)> {
    match (&request.refresh_token, cookie.token()?) {
        (Some(_), Some(_)) => {
            Err(Error::field("/refresh_token", "one_of", "a token came in the cookie as well; send one"))
        }
        (None, None) => {
            Err(Error::field("/refresh_token", "required", "is missing, and no cookie holds one"))
        }
        (Some(token), None) => {
            Ok((token.expose(), request.refresh_token_in.unwrap_or(RefreshTokenPlace::Body)))
        }
        // Otherwise a hole in a page would be enough to get the token out of the cookie after all.
        (None, Some(_)) if request.refresh_token_in == Some(RefreshTokenPlace::Body) => {
            Err(Error::field("/refresh_token_in", "not_allowed", "a token in the cookie stays there"))
        }
        (None, Some(token)) => Ok((token, RefreshTokenPlace::Cookie)),
    }
}

/// The next tokens and when their session ends unless it is used again; `None` if this token is of no use. An error says
/// nothing about the token: the device may make a better request with it.
async fn renew(
    identity: &Identity,
    proof: &DeviceProof,
    token: &str,
    place: RefreshTokenPlace,
) -> Result<Option<(Tokens, Instant)>> {
    let Some((session, presented)) = identity.sign_in.refresh_tokens.read(token) else { return Ok(None) };
    let (mut tx, now) = (identity.db.write().await?, identity.clock.now());
    proof.spend(&mut tx).await?;
    let Some(living) = sessions::living(&mut tx, session, now).await? else { return Ok(None) };
    let person = living
        .owner()
        .and_then(|owner| SignedInPerson::of(owner, living.role, living.centre_id, living.language));
    let Some(person) = person else { return Ok(None) };
    refresh_cookie::check(place, living.device_key.is_some())?;
    let ruling = judge(presented, living.generation, living.rotated_at, holder(&living, proof)?, now);
    let next = carry_out(identity, &mut tx, session, &living, ruling, now).await?;
    let Some((generation, ends_at)) = next else {
        tx.commit().await?;
        return Ok(None);
    };
    let tokens =
        Tokens::issue(identity, session, generation, person, living.password_change_due.unwrap_or(false))?;
    tx.commit().await?;
    Ok(Some((tokens, ends_at)))
}

fn holder(living: &Living, proof: &DeviceProof) -> Result<Holder> {
    let Some(bound_to) = &living.device_key else { return Ok(Holder::Unbound) };
    // Without a good proof nothing is known about the caller; it may be the device with a wrong clock. The session stays.
    Ok(if proof.required_key()? == bound_to { Holder::SameDevice } else { Holder::OtherDevice })
}

/// When the session ends unless it is used after now.
fn end(living: &Living, now: Instant) -> Option<Instant> {
    let lifetime = Lifetime::of(living.owner()?, living.device_key.is_some());
    Some(lifetime.end(living.created_at, now))
}

/// The number of the token to give out and when the session ends unless it is used again, `None` for a refusal.
async fn carry_out(
    identity: &Identity,
    tx: &mut Tx,
    session: SessionId,
    living: &Living,
    ruling: Ruling,
    now: Instant,
) -> Result<Option<(i64, Instant)>> {
    match ruling {
        Ruling::Refuse => Ok(None),
        // The device has just proved its key: the session is in use, although the answers to it get lost.
        Ruling::Repeat if living.device_key.is_some() => {
            let Some(end) = end(living, now) else { return Ok(None) };
            sessions::prolong(tx, session, end).await?;
            Ok(Some((living.generation, end)))
        }
        Ruling::Repeat => Ok(Some((living.generation, living.expires_at))),
        Ruling::Advance(next) => {
            let Some(end) = end(living, now) else { return Ok(None) };
            let rotated = sessions::rotate(tx, session, (living.generation, next), end, now).await?;
            Ok(rotated.then_some((next, end)))
        }
        Ruling::Reuse => {
            tracing::warn!(session.id = %session, "a refresh token was used twice; its session is ended");
            metrics::counter!("muwakaba_refresh_token_reuse_total").increment(1);
            sessions::end_one(tx, session, EndReason::Reuse, now).await?;
            let mut audit = Audit::new(&SESSION, "end", session.0)
                .with("reason", EndReason::Reuse.as_str())
                .at(living.centre_id);
            if let Some(Owner::Participant(id)) = living.owner() {
                audit = audit.about(id);
            }
            audit.write(tx, None, AuditId::new(&*identity.ids), now).await?;
            Ok(None)
        }
    }
}
