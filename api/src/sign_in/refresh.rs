//! The next access token for a refresh token.

use super::{
    proof::DeviceProof,
    refresh_token::{Holder, Ruling, judge},
    secret::Secret,
    sessions::{self, EndReason, Lifetime, Living, Owner},
    tokens::{SignedInPerson, Tokens},
};
use crate::{
    app::App,
    audit::Audit,
    error::{Error, Result},
    extract::Body,
    openapi::CredentialProblems,
    reply::Reply,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{AuditId, ProblemCode, SessionId, time::Instant};
use db::Tx;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A refresh.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token of the last answer.
    #[validate(length(min = 1, max = 200))]
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "AZNvbk0AcACAAAAAAAAAAQAAAAAAAAABq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqw")]
    pub refresh_token: Secret,
}

/// Replaces the tokens of a session.
#[utoipa::path(
    post, path = "/token", tag = "sign_in", operation_id = "refreshTokens",
    summary = "Get the next tokens",
    description = "Replaces the access token and the refresh token; each refresh token works once. Sessions that are bound to a device need a `DPoP` header (RFC 9449) made with its key. When an answer was lost, the same device may repeat its last refresh token within 60 seconds and gets the same new one. A token that was used up before, or that comes from another device, ends the session: somebody has a copy. Roles: everybody who holds a refresh token.",
    security(()),
    params(("DPoP" = Option<String>, Header, description = "A proof made with the key that the session is bound to")),
    request_body = Refresh,
    responses((status = 200, description = "The next tokens", body = Tokens), CredentialProblems)
)]
pub async fn refresh(State(app): State<App>, proof: DeviceProof, body: Body<Refresh>) -> Result<Response> {
    let refused = || Error::new(ProblemCode::CredentialRefused);
    let token = body.value.refresh_token.expose();
    let (session, presented) = app.sign_in.refresh_tokens.read(token).ok_or_else(refused)?;
    let (mut tx, now) = (app.db.write().await?, app.clock.now());
    proof.spend(&mut tx).await?;
    let living = sessions::living(&mut tx, session, now).await?.ok_or_else(refused)?;
    let owner = living.owner().ok_or_else(refused)?;
    let person =
        SignedInPerson::of(owner, living.role, living.centre_id, living.language).ok_or_else(refused)?;
    let ruling = judge(presented, living.generation, living.rotated_at, holder(&living, &proof)?, now);
    let Some(generation) = carry_out(&app, &mut tx, session, &living, ruling, now).await? else {
        tx.commit().await?;
        return Err(refused());
    };
    let tokens =
        Tokens::issue(&app, session, generation, person, living.password_change_due.unwrap_or(false))?;
    tx.commit().await?;
    Ok(Reply::ok(&tokens)?.into_response())
}

fn holder(living: &Living, proof: &DeviceProof) -> Result<Holder> {
    let Some(bound_to) = &living.device_key else { return Ok(Holder::Unbound) };
    // Without a good proof nothing is known about the caller; it may be the device with a wrong clock. The session stays.
    Ok(if proof.required_key()? == bound_to { Holder::SameDevice } else { Holder::OtherDevice })
}

/// The number of the token to give out, `None` for a refusal.
async fn carry_out(
    app: &App,
    tx: &mut Tx,
    session: SessionId,
    living: &Living,
    ruling: Ruling,
    now: Instant,
) -> Result<Option<i64>> {
    match ruling {
        Ruling::Repeat => Ok(Some(living.generation)),
        Ruling::Refuse => Ok(None),
        Ruling::Advance(next) => {
            let Some(owner) = living.owner() else { return Ok(None) };
            let end = Lifetime::of(owner, living.device_key.is_some()).end(living.created_at, now);
            let rotated = sessions::rotate(tx, session, (living.generation, next), end, now).await?;
            Ok(rotated.then_some(next))
        }
        Ruling::Reuse => {
            tracing::warn!(session.id = %session, "a refresh token was used twice; its session is ended");
            metrics::counter!("muwakaba_refresh_token_reuse_total").increment(1);
            sessions::end_one(tx, session, EndReason::Reuse, now).await?;
            let mut audit = Audit::new("session.end", session.0)
                .with("reason", EndReason::Reuse.as_str())
                .at(living.centre_id);
            if let Some(Owner::Participant(id)) = living.owner() {
                audit = audit.about(id);
            }
            audit.write(tx, None, AuditId::new(&*app.ids), now).await?;
            Ok(None)
        }
    }
}
