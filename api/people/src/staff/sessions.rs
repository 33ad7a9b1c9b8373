//! Cutting off the devices of a staff member, such as when a phone is lost.

use super::{
    rules::{Reach, may_touch},
    store,
};
use axum::{extract::State, response::Response};
use contract::StaffId;
use identity::things::STAFF;
use identity::{
    session::EndedSessions,
    sign_in::sessions::{self, EndReason},
};
use kernel::{
    Kernel,
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Digest, Path},
    problems::CreateProblems,
    reply::Reply,
};

/// Ends every session of a staff member.
#[utoipa::path(
    delete, path = "/staff/{staff_id}/sessions", tag = "sessions", operation_id = "endStaffSessions",
    summary = "Cut a staff member's devices off",
    description = "Ends every session of a staff member, such as when a phone is lost. None of their devices is a second factor any more: who has no authenticator app needs new credentials (`POST /v1/staff/{staff_id}/reset`) to sign in again. One's own are ended under `/v1/me/sessions`. Roles: manager (mentors and counsellors of the centre), administrator (everybody else).",
    params(("staff_id" = StaffId, Path, description = "The staff member")),
    responses((status = 200, description = "Ended", body = EndedSessions), CreateProblems)
)]
pub async fn end_staff_sessions(
    State(kernel): State<Kernel>,
    call: Call,
    Path(id): Path<StaffId>,
) -> Result<Response> {
    let reach = Reach::of(&call.actor)?;
    may_touch(&call.actor, id, "{staff_id}")?;
    let mut work = kernel.begin(&call, Digest::empty()).await?;
    let member = store::load_for_change(&mut work.tx, reach, id).await?.ok_or_else(Error::not_found)?;
    let ended = sessions::end_all(&mut work.tx, id.0, None, EndReason::EndedByStaff, work.now).await?;
    let audit = Audit::new(&STAFF, "end_sessions", id.0).at(member.centre_id).with("ended_sessions", ended);
    work.finish(audit, Reply::ok(&EndedSessions { ended_sessions: ended })?).await
}
