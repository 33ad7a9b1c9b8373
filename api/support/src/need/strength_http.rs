//! The operations on strengths.

use super::{
    request::{NeedWithdrawal, NewStrength},
    strength::{self, Strength},
    words::StrengthId,
};
use crate::{App, accompanied};
use axum::{extract::State, response::Response};
use contract::StaffId;
use kernel::{
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};

/// Record a strength
///
/// For the mentors and counsellors of the participant, who reads it as well.
#[utoipa::path(
    post, path = "/strengths", tag = "needs", operation_id = "recordStrength",
    request_body = NewStrength,
    params(Call),
    responses((status = 201, description = "Recorded", body = Strength, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn record(State(app): State<App>, call: Call, body: Body<NewStrength>) -> Result<Response> {
    let (author, _) = accompanied::author(&call.actor)?;
    let (scope, new) = (call.actor.caseload()?, body.value);
    let mut work = app.begin(&call, body.digest).await?;
    let met =
        accompanied::met(&mut work.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let (row, audit) = strength::record_deed(&app, &mut work.tx, author, met, new, (None, work.now)).await?;
    let reply = Reply::created(format!("/v1/strengths/{}", row.id), &Strength::of(&app, &row)?)?;
    work.finish(audit, reply.version(row.version)).await
}

/// Read a strength
///
/// For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/strengths/{strength_id}", tag = "needs", operation_id = "readStrength",
    params(("strength_id" = StrengthId, Path)),
    responses((status = 200, description = "The strength", body = Strength, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<StrengthId>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = strength::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&Strength::of(&app, &row)?)?.version(row.version);
    reading.finish(strength::audit(&row, "read"), reply).await
}

/// Withdraw a strength as entered by mistake
///
/// For the mentors and counsellors of the participant and the manager of their centre. It leaves the picture.
#[utoipa::path(
    post, path = "/strengths/{strength_id}/withdraw", tag = "needs", operation_id = "withdrawStrength",
    request_body = NeedWithdrawal,
    params(
        ("strength_id" = StrengthId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Strength, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<StrengthId>,
    seen: IfMatch,
    body: Body<NeedWithdrawal>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let staff = StaffId(call.actor.person());
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = strength::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let audit =
        strength::withdraw_deed(&app, &mut work.tx, staff, &mut row, &body.value.reason, work.now).await?;
    let reply = Reply::ok(&Strength::of(&app, &row)?)?.version(row.version);
    work.finish(audit, reply).await
}
