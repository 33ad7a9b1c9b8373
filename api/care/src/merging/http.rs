//! The operations on two files that are about one person.

use super::{
    answer::{MergedFiles, UnmergedFile},
    merge,
    request::FileMerge,
    unmerge,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{AuditId, ParticipantId, StaffRole};
use kernel::{
    error::Result,
    extract::{Body, Call, Digest, IfMatch, Path},
    problems::ChangeProblems,
    reply::Reply,
};

/// Merge another file into this one
///
/// For the manager of the centre of both, where two files are about one person. This one goes on. The other is closed as `merged`: it leaves
/// lists, and its id, its names and its numbers find this one from then on; its history stays where it is and is told in the timeline of this
/// one. For each field in which the two differ `kept` says from which of them it is kept. Appointments that lie ahead under the other file
/// stand under this one where the time is free; check-ins that wait for an answer are called off; whoever accompanies the person does so
/// under this file. Phones that are signed in to the other file are signed out: enrol one with this file. It can be undone for 30 days.
/// `If-Match` and `version` are those of this file.
#[utoipa::path(
    post, path = "/participants/{participant_id}/merge", tag = "merging", operation_id = "mergeParticipants",
    request_body = FileMerge,
    params(
        ("participant_id" = ParticipantId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "Merged", body = MergedFiles, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn merge(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ParticipantId>,
    seen: IfMatch,
    body: Body<FileMerge>,
) -> Result<Response> {
    call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let who = (&call.actor, scope);
    let (answer, [audit, besides]) =
        merge::merge(&app, &mut work.tx, who, (id, &seen), body.value, work.now).await?;
    besides.write(&mut work.tx, Some(&call.actor), AuditId::new(&*app.ids), work.now).await?;
    let reply = Reply::ok(&answer)?.version(answer.version);
    work.finish(audit, reply).await
}

/// Let a merged file stand for itself again
///
/// For the manager of the centre, of a file that was merged into another one within the last 30 days. It stands where it stood. What the other
/// file took from it and nobody changed since is as it was before, in both; appointments that were carried over and are as they were stand
/// under this file again; whoever accompanies the other file only because of the merging does so no longer. What ended with the merging stays
/// ended: phones are enrolled anew, check-ins made anew. `If-Match` and `version` are those of the merged file.
#[utoipa::path(
    post, path = "/participants/{participant_id}/unmerge", tag = "merging", operation_id = "unmergeParticipant",
    params(
        ("participant_id" = ParticipantId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "They are two again", body = UnmergedFile, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn unmerge(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ParticipantId>,
    seen: IfMatch,
) -> Result<Response> {
    call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.caseload()?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let who = (&call.actor, scope);
    let (answer, [audit, besides]) = unmerge::unmerge(&app, &mut work.tx, who, (id, &seen), work.now).await?;
    besides.write(&mut work.tx, Some(&call.actor), AuditId::new(&*app.ids), work.now).await?;
    let reply = Reply::ok(&answer)?.version(answer.version);
    work.finish(audit, reply).await
}
