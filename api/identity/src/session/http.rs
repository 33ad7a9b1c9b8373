//! Sessions: one's own, and those of people who lost their phone. Ending one takes effect with the next request made on it and
//! the next push to its device.

use crate::sign_in::{
    refresh_cookie::{RefreshCookie, with_cookie},
    sessions::{self, EndReason, Listed},
};
use crate::things::SESSION;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use contract::{ParticipantId, PersonKind, ProblemCode, SessionId, time::Instant};
use kernel::{
    Kernel,
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Digest, Path, Query},
    page::{Page, PageQuery},
    problems::{CreateProblems, ReadProblems},
    reply::Reply,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A phone or browser on which somebody is signed in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What the device calls itself.
    #[schema(example = "Android phone")]
    pub label: String,
    /// Whether it is bound to a key that never leaves the device.
    #[schema(example = true)]
    pub bound: bool,
    /// Whether it is the one that asks.
    #[schema(example = true)]
    pub current: bool,
    /// When it began.
    pub created_at: Instant,
    /// When its tokens were last replaced.
    pub refreshed_at: Instant,
    /// When it ends unless it is used again.
    pub expires_at: Instant,
}

/// How many sessions were ended.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct EndedSessions {
    /// How many.
    #[schema(example = 1, minimum = 0)]
    pub ended_sessions: u64,
}

/// The caller's sessions.
#[utoipa::path(
    get, path = "/me/sessions", tag = "sessions", operation_id = "listMySessions",
    summary = "Where one is signed in",
    description = "The caller's living sessions, the newest first. Roles: everybody.",
    params(PageQuery),
    responses((status = 200, description = "A page of sessions", body = Page<Session>), ReadProblems)
)]
pub async fn my_sessions(
    State(kernel): State<Kernel>,
    call: Call,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let paging = query.paging()?;
    let (mut tx, now) = (kernel.db.read().await?, kernel.clock.now());
    let whose = (call.actor.kind(), call.actor.person());
    let rows = sessions::list(&mut tx, whose, paging.after, paging.rows(), now).await?;
    let page = paging.page(rows, |row| row.id)?.map(|row| Ok(view(row, call.actor.session())))?;
    Ok(Reply::ok(&page)?.into_response())
}

fn view(row: Listed, current: Option<SessionId>) -> Session {
    Session {
        id: row.id,
        label: row.label,
        bound: row.device_key.is_some(),
        current: Some(row.id) == current,
        created_at: row.created_at,
        refreshed_at: row.rotated_at,
        expires_at: row.expires_at,
    }
}

/// Ends one of the caller's sessions.
#[utoipa::path(
    delete, path = "/me/sessions/{session_id}", tag = "sessions", operation_id = "endMySession",
    summary = "End one of one's sessions",
    description = "Its tokens are refused from now on, and nothing is pushed to its device any more. Of staff, the device is no second factor any more either, unless it is the one that asks. Roles: everybody.",
    params(("session_id" = SessionId, Path, description = "The session")),
    responses((status = 204, description = "Ended"), CreateProblems)
)]
pub async fn end_my_session(
    State(kernel): State<Kernel>,
    call: Call,
    cookie: RefreshCookie,
    Path(session): Path<SessionId>,
) -> Result<Response> {
    let mut work = kernel.begin(&call, Digest::empty()).await?;
    if !sessions::is_of(&mut work.tx, session, call.actor.person(), work.now).await? {
        return Err(Error::not_found());
    }
    // Ending an old session of the device one sits at is signing out: it must not cost that device its trust.
    let is_here = match call.actor.session() {
        Some(here) => here == session || sessions::are_on_one_device(&mut work.tx, here, session).await?,
        None => false,
    };
    let reason = if is_here { EndReason::SignedOut } else { EndReason::EndedByOwner };
    sessions::end_one(&mut work.tx, session, reason, work.now).await?;
    let audit = own(&call.actor, Audit::new(&SESSION, "end", session.0));
    let answer = work.finish(audit.with("reason", reason.as_str()), Reply::empty()).await?;
    let said = if call.actor.session() == Some(session) { cookie.cleared() } else { None };
    Ok(with_cookie(answer, said))
}

/// Ends the caller's present session.
#[utoipa::path(
    post, path = "/me/sign-out", tag = "sessions", operation_id = "signOut",
    summary = "Sign out here",
    description = "Ends the session that asks: its tokens are refused from now on, and nothing is pushed to its device any more. A browser loses its cookie. Roles: everybody.",
    responses((status = 204, description = "Signed out"), CreateProblems)
)]
pub async fn sign_out(
    State(kernel): State<Kernel>,
    mut call: Call,
    cookie: RefreshCookie,
) -> Result<Response> {
    // A repetition could not be answered: its access token is refused.
    call.idempotency_key = None;
    let session = call.actor.session().ok_or_else(|| Error::new(ProblemCode::Unauthenticated))?;
    let mut work = kernel.begin(&call, Digest::empty()).await?;
    sessions::end_one(&mut work.tx, session, EndReason::SignedOut, work.now).await?;
    let audit = own(&call.actor, Audit::new(&SESSION, "end", session.0));
    let answer = work.finish(audit.with("reason", EndReason::SignedOut.as_str()), Reply::empty()).await?;
    Ok(with_cookie(answer, cookie.cleared()))
}

/// What participants do to their own sessions stands in their own access log.
fn own(actor: &Actor, audit: Audit) -> Audit {
    match actor.kind() {
        PersonKind::Participant => audit.about(ParticipantId(actor.person())),
        PersonKind::Staff => audit,
    }
}
