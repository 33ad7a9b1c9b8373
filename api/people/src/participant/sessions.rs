//! Cutting off a participant's phone, such as when it is lost.

use super::store;
use axum::{extract::State, response::Response};
use contract::ParticipantId;
use identity::things::PARTICIPANT;
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

/// Ends every session of a participant.
#[utoipa::path(
    delete, path = "/participants/{participant_id}/sessions", tag = "sessions", operation_id = "endParticipantSessions",
    summary = "Cut a participant's phone off",
    description = "Ends every session of a participant, such as when a phone is lost. A new enrolment code signs them in again. Roles: mentor and counsellor (their participants), manager (the centre's).",
    params(("participant_id" = ParticipantId, Path, description = "The participant")),
    responses((status = 200, description = "Ended", body = EndedSessions), CreateProblems)
)]
pub async fn end_participant_sessions(
    State(kernel): State<Kernel>,
    call: Call,
    Path(id): Path<ParticipantId>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut work = kernel.begin(&call, Digest::empty()).await?;
    store::in_scope(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let ended = sessions::end_all(&mut work.tx, id.0, None, EndReason::EndedByStaff, work.now).await?;
    let audit = Audit::new(&PARTICIPANT, "end_sessions", id.0).about(id).with("ended_sessions", ended);
    work.finish(audit, Reply::ok(&EndedSessions { ended_sessions: ended })?).await
}
