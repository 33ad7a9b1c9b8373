//! Signing in with e-mail address, password and a second factor: a code from the authenticator app, or an enrolled device.
//!
//! Whatever is wrong, the answer is the same and takes the same time: a hash is computed and a code is checked even where
//! there is no such account. A try is counted before it is made; see `attempt`.

use super::{
    attempt::Attempt,
    proof::DeviceProof,
    refresh_cookie::{self, RefreshCookie},
    request::SignIn,
    tokens::Tokens,
};
use crate::Identity;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{ProblemCode, RefreshTokenPlace};
use kernel::{
    door::Source,
    error::{Error, Result},
    extract::Body,
    problems::CredentialProblems,
    reply::Reply,
};

/// Signs a staff member in.
#[utoipa::path(
    post, path = "/sign-in", tag = "sign_in", operation_id = "signIn",
    summary = "Sign in as staff",
    description = "Proves an e-mail address, a password and a second factor, and begins a session. For accounts that have an authenticator app the second factor is its code; managers, administrators and observers must have one. For mentors and counsellors without one it is a `DPoP` header (RFC 9449) made with the key of a device that is enrolled for them. Signing in with the one-time password that was handed over in person enrols the device whose proof comes with it, and so does signing in with the authenticator. Whatever is wrong or missing, the answer is the same. With a `DPoP` header the session is bound to the device's key: it then lives longer, and refreshing needs a proof every time. Roles: everybody, without signing in.",
    security(()),
    params(("DPoP" = Option<String>, Header, description = "A proof made with the device's key: the second factor where that device is enrolled, and what the session is bound to")),
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in", body = Tokens, headers(("Set-Cookie" = String, description = "With `refresh_token_in` `cookie`: the refresh token, in the cookie `__Host-refresh`"))),
        CredentialProblems
    )
)]
pub async fn sign_in(
    State(identity): State<Identity>,
    source: Source,
    proof: DeviceProof,
    cookie: RefreshCookie,
    body: Body<SignIn>,
) -> Result<Response> {
    let place = body.value.refresh_token_in.unwrap_or(RefreshTokenPlace::Body);
    refresh_cookie::check(place, proof.key().is_some())?;
    let attempt = Attempt::begin(&identity, source, &proof, &body.value).await?;
    let factors = attempt.check(&identity, &body.value).await?;
    let wait = attempt.wait();
    let signed_in = attempt.settle(&identity, &proof, &body.value, factors).await?;
    let refused = || wait.map_or_else(|| Error::new(ProblemCode::SignInRefused), Error::too_many);
    let (mut tokens, ends_at) = signed_in.ok_or_else(refused)?;
    let said = cookie.hand_out(&mut tokens, place, ends_at, identity.clock.now());
    Ok(refresh_cookie::with_cookie(Reply::ok(&tokens)?.into_response(), said))
}
