//! The operations that change placements.

use super::{
    answer::Placement,
    correcting, deeds, held,
    parts::{self, Whole},
    request::{
        Agreement, Ending, MilestoneCorrection, MilestoneWithdrawal, NewPlacement, NewStage,
        PlacementCorrection, Verification, Withdrawal,
    },
    righting, store,
    words::PlacementId,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::StaffId;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path},
    problems::{ChangeProblems, CreateProblems},
    reply::Reply,
    work::Work,
};

/// Record a placement
///
/// As far as the way to it has come; recorded with its start, it has begun. For the mentors and counsellors of the participant and the
/// manager of their centre. Milestones are held at 30, 90, 180 and 365 days from the start; whoever accompanies the participant is reminded
/// when one falls due.
#[utoipa::path(
    post, path = "/placements", tag = "placements", operation_id = "recordPlacement",
    request_body = NewPlacement,
    params(Call),
    responses((status = 201, description = "Recorded", body = Placement, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn record(State(app): State<App>, call: Call, body: Body<NewPlacement>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let new = body.value;
    let mut work = app.begin(&call, body.digest).await?;
    let person =
        store::person(&mut work.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let author = StaffId(call.actor.person());
    let (whole, audit) = deeds::record(&app, &mut work.tx, author, person, new, (None, work.now)).await?;
    let location = format!("/v1/placements/{}", whole.row.id);
    let reply = Reply::created(location, &Placement::of(&app, &call.actor, &whole)?)?;
    work.finish(audit, reply.version(whole.row.version)).await
}

/// Record a stage of the way to a placement
///
/// Reached, refused by somebody else, or no longer wanted. With the last one the placement begins. Whoever was refused can be on the way
/// again. For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/placements/{placement_id}/record-stage", tag = "placements", operation_id = "recordPlacementStage",
    request_body = NewStage,
    params(
        ("placement_id" = PlacementId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Placement, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn record_stage(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    seen: IfMatch,
    body: Body<NewStage>,
) -> Result<Response> {
    let (mut work, mut whole) = held_for(&app, &call, id, seen, body.digest).await?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = deeds::record_stage(&app, &mut work.tx, by, &mut whole, body.value, now).await?;
    done(&app, &call, work, &whole, audit).await
}

/// Verify that a placement was held
///
/// By what it is known, and how sure that is. Also later, when it was missed. For the mentors and counsellors of the participant and the
/// manager of their centre. An employer who may know nothing, or to contact with whom the participant no longer
/// agrees, is no evidence: they are not asked.
#[utoipa::path(
    post, path = "/placements/{placement_id}/verify-milestone", tag = "placements", operation_id = "verifyMilestone",
    request_body = Verification,
    params(
        ("placement_id" = PlacementId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Placement, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn verify_milestone(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    seen: IfMatch,
    body: Body<Verification>,
) -> Result<Response> {
    let (mut work, mut whole) = held_for(&app, &call, id, seen, body.digest).await?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = held::verify(&app, &mut work.tx, by, &mut whole, body.value, (None, now)).await?;
    done(&app, &call, work, &whole, audit).await
}

/// Correct what is known of a milestone
///
/// By what it is known that the placement was held, how sure that is, or of which day it is. What was said before stays beside it, with the
/// reason (`listPlacementCorrections`); who verified it, and when, stays. For the mentors and counsellors of the participant and the manager of
/// their centre. An employer who may not be asked is no evidence here either.
#[utoipa::path(
    post, path = "/placements/{placement_id}/correct-milestone", tag = "placements", operation_id = "correctMilestone",
    request_body = MilestoneCorrection,
    params(
        ("placement_id" = PlacementId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Placement, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn correct_milestone(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    seen: IfMatch,
    body: Body<MilestoneCorrection>,
) -> Result<Response> {
    let (mut work, mut whole) = held_for(&app, &call, id, seen, body.digest).await?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = righting::correct(&app, &mut work.tx, by, &mut whole, body.value, (None, now)).await?;
    done(&app, &call, work, &whole, audit).await
}

/// Withdraw that a milestone was verified
///
/// By mistake: it stands as if nobody had said anything of it. It is pending again, and somebody is asked if its day has come; missed, if those
/// who were asked let their time pass; closed, if the placement ended before it. What was said stays among the corrections, with the reason. For
/// the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/placements/{placement_id}/withdraw-milestone", tag = "placements", operation_id = "withdrawMilestone",
    request_body = MilestoneWithdrawal,
    params(
        ("placement_id" = PlacementId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Placement, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw_milestone(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    seen: IfMatch,
    body: Body<MilestoneWithdrawal>,
) -> Result<Response> {
    let (mut work, mut whole) = held_for(&app, &call, id, seen, body.digest).await?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = righting::withdraw(&app, &mut work.tx, by, &mut whole, body.value, now).await?;
    done(&app, &call, work, &whole, audit).await
}

/// Say what the employer may know
///
/// As the participant agreed before the caller, who is its witness. Anything but `nothing` needs their consent to contact with this employer, and
/// is `nothing` again once they take that back or its time runs out. For the mentors and counsellors of the participant and the manager of
/// their centre.
#[utoipa::path(
    post, path = "/placements/{placement_id}/agree-employer-knowledge", tag = "placements",
    operation_id = "agreeEmployerKnowledge",
    request_body = Agreement,
    params(
        ("placement_id" = PlacementId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Placement, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn agree_employer_knowledge(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    seen: IfMatch,
    body: Body<Agreement>,
) -> Result<Response> {
    let (mut work, mut whole) = held_for(&app, &call, id, seen, body.digest).await?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = deeds::agree_employer_knowledge(&app, &mut work.tx, by, &mut whole, body.value, now).await?;
    done(&app, &call, work, &whole, audit).await
}

/// Correct a placement
///
/// For the mentors and counsellors of the participant and the manager of their centre. What it said before stays beside it, with the reason.
/// Where the first or the last day is another, its milestones are reckoned again; what was achieved stays achieved.
#[utoipa::path(
    patch, path = "/placements/{placement_id}", tag = "placements", operation_id = "correctPlacement",
    request_body = PlacementCorrection,
    params(
        ("placement_id" = PlacementId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Placement, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn correct(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    seen: IfMatch,
    body: Body<PlacementCorrection>,
) -> Result<Response> {
    let (mut work, mut whole) = held_for(&app, &call, id, seen, body.digest).await?;
    let now = work.now;
    let audit = correcting::correct(&app, &mut work.tx, &call.actor, &mut whole, body.value, now).await?;
    done(&app, &call, work, &whole, audit).await
}

/// End a placement
///
/// Closes the milestones that were not reached. Unless it was for something better, somebody is to act at once. For the mentors and
/// counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/placements/{placement_id}/end", tag = "placements", operation_id = "endPlacement",
    request_body = Ending,
    params(
        ("placement_id" = PlacementId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Placement, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn end(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    seen: IfMatch,
    body: Body<Ending>,
) -> Result<Response> {
    let (mut work, mut whole) = held_for(&app, &call, id, seen, body.digest).await?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = deeds::end(&app, &mut work.tx, by, &mut whole, body.value, now).await?;
    done(&app, &call, work, &whole, audit).await
}

/// Withdraw a placement that was entered by mistake
///
/// It leaves lists, phones, days worked and milestones, and can still be read by whoever has its id. For the mentors and counsellors of the
/// participant and the manager of their centre.
#[utoipa::path(
    post, path = "/placements/{placement_id}/withdraw", tag = "placements", operation_id = "withdrawPlacement",
    request_body = Withdrawal,
    params(
        ("placement_id" = PlacementId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Placement, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlacementId>,
    seen: IfMatch,
    body: Body<Withdrawal>,
) -> Result<Response> {
    let (mut work, mut whole) = held_for(&app, &call, id, seen, body.digest).await?;
    let (by, now) = (StaffId(call.actor.person()), work.now);
    let audit = deeds::withdraw(&app, &mut work.tx, by, &mut whole, body.value, now).await?;
    done(&app, &call, work, &whole, audit).await
}

/// The placement, in scope, held, and as the caller saw it.
async fn held_for(
    app: &App,
    call: &Call,
    id: PlacementId,
    seen: IfMatch,
    body: Digest,
) -> Result<(Work, Whole)> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(call, body).await?;
    let row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let whole = parts::complete_one(&mut work.tx, row).await?;
    Ok((work, whole))
}

async fn done(app: &App, call: &Call, work: Work, whole: &Whole, audit: Audit) -> Result<Response> {
    let reply = Reply::ok(&Placement::of(app, &call.actor, whole)?)?.version(whole.row.version);
    work.finish(audit, reply).await
}
