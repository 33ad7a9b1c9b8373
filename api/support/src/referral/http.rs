//! The operations on referrals.

use super::{
    answer::{Referral, SentReferral},
    deeds,
    request::{NewReferral, RecordedReferralAnswer, ReferralClosing, ReferralMeeting},
    store::{self, Row},
    things::REFERRAL,
    words::{ReferralAnswerWay, ReferralEnd, ReferralId},
};
use crate::{App, participant::store::in_scope};
use axum::{extract::State, response::Response};
use contract::{ParticipantId, PersonKind};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
    work::Work,
};

/// Ask something of a partner for a participant
///
/// For the mentors and counsellors of the participant and the manager of their centre. The participant agrees to exactly this, which is written
/// into the ledger of consents under the referral's id; without that there is none, but for danger to life, when a manager says why, and the
/// participant reads it. The partner learns of it by a link: see `sendReferral`.
#[utoipa::path(
    post, path = "/referrals", tag = "referrals", operation_id = "askReferral",
    request_body = NewReferral,
    params(Call),
    responses((status = 201, description = "Asked for", body = Referral, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn ask(State(app): State<App>, call: Call, body: Body<NewReferral>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let new = body.value;
    let mut work = app.begin(&call, body.digest).await?;
    let whom = store::whom(&mut work.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let (row, audit) = deeds::ask(&app, &mut work.tx, (&call.actor, work.now), whom, new, work.now).await?;
    let answer = Referral::of(&app, &row, call.actor.kind())?;
    let reply = Reply::created(format!("/v1/referrals/{}", row.id), &answer)?;
    work.finish(audit, reply.version(row.version)).await
}

/// List what was asked of partners for a participant
///
/// The latest first. For the participant themself, who sees what was told to whom, the mentors and counsellors of the participant and the manager
/// of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/referrals", tag = "referrals", operation_id = "listReferrals",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of referrals", body = Page<Referral>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    in_scope(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let rows = store::list(&mut reading.tx, scope, participant, paging).await?;
    let reader = call.actor.kind();
    let page =
        paging.page(rows, |entry| entry.key.id)?.legible().map(|row| Referral::of(&app, &row, reader))?;
    let audit = Audit::new(&REFERRAL, "list", None).about(participant).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read a referral
///
/// For the participant themself, the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/referrals/{referral_id}", tag = "referrals", operation_id = "readReferral",
    params(("referral_id" = ReferralId, Path)),
    responses((status = 200, description = "The referral", body = Referral, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<ReferralId>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let audit = Audit::new(&REFERRAL, "read", id.0).about(row.participant_id);
    let answer = Referral::of(&app, &row, call.actor.kind())?;
    reading.finish(audit, Reply::ok(&answer)?.version(row.version)).await
}

/// Make a link by which the partner answers
///
/// For the mentors and counsellors of the participant and the manager of their centre. The link works once, for 14 days, and opens with a code of
/// six digits that is given to the partner another way. The service sends neither: show, print or copy them. Both are shown this once; made
/// again, those from before work no more.
#[utoipa::path(
    post, path = "/referrals/{referral_id}/send", tag = "referrals", operation_id = "sendReferral",
    params(
        ("referral_id" = ReferralId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "The link and its code", body = SentReferral, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn send(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ReferralId>,
    seen: IfMatch,
) -> Result<Response> {
    let (mut work, mut row) = held(&app, &call, id, seen, Digest::empty()).await?;
    deeds::require_ground(&app, &mut work.tx, &row, work.now).await?;
    let (link, audit) = deeds::send(&app, &mut work.tx, &mut row, work.now).await?;
    let reply = Reply::ok(&SentReferral::of(&app, &row, &link)?)?.version(row.version);
    work.finish(audit, reply).await
}

/// Write down what a partner answered otherwise
///
/// On the telephone, or in person. For the mentors and counsellors of the participant and the manager of their centre. The link works no more.
#[utoipa::path(
    post, path = "/referrals/{referral_id}/record-answer", tag = "referrals", operation_id = "recordReferralAnswer",
    request_body = RecordedReferralAnswer,
    params(
        ("referral_id" = ReferralId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Referral, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn record_answer(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ReferralId>,
    seen: IfMatch,
    body: Body<RecordedReferralAnswer>,
) -> Result<Response> {
    let (mut work, mut row) = held(&app, &call, id, seen, body.digest).await?;
    let answer = (body.value.answer, body.value.refusal);
    let audit =
        deeds::answer(&app, &mut work.tx, &mut row, answer, ReferralAnswerWay::Staff, work.now).await?;
    finish(&app, work, &row, audit).await
}

/// Write down that the participant and the partner met
///
/// For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/referrals/{referral_id}/record-meeting", tag = "referrals", operation_id = "recordReferralMeeting",
    request_body = ReferralMeeting,
    params(
        ("referral_id" = ReferralId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Referral, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn record_meeting(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ReferralId>,
    seen: IfMatch,
    body: Body<ReferralMeeting>,
) -> Result<Response> {
    let (mut work, mut row) = held(&app, &call, id, seen, body.digest).await?;
    let audit = deeds::record_meeting(&app, &mut work.tx, &mut row, body.value.met_on, work.now).await?;
    finish(&app, work, &row, audit).await
}

/// Close a referral with what came of it
///
/// For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/referrals/{referral_id}/close", tag = "referrals", operation_id = "closeReferral",
    request_body = ReferralClosing,
    params(
        ("referral_id" = ReferralId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Referral, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn close(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ReferralId>,
    seen: IfMatch,
    body: Body<ReferralClosing>,
) -> Result<Response> {
    let (mut work, mut row) = held(&app, &call, id, seen, body.digest).await?;
    let audit = deeds::close(&app, &mut work.tx, &mut row, body.value.outcome, work.now).await?;
    finish(&app, work, &row, audit).await
}

/// Take a referral back
///
/// For the mentors and counsellors of the participant and the manager of their centre. The link works no more. The participant takes it back by
/// withdrawing their consent: see `withdrawConsent`.
#[utoipa::path(
    post, path = "/referrals/{referral_id}/revoke", tag = "referrals", operation_id = "revokeReferral",
    params(
        ("referral_id" = ReferralId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Referral, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn revoke(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ReferralId>,
    seen: IfMatch,
) -> Result<Response> {
    let (mut work, mut row) = held(&app, &call, id, seen, Digest::empty()).await?;
    let audit = deeds::revoke(&app, &mut work.tx, &mut row, ReferralEnd::TakenBack, work.now).await?;
    finish(&app, work, &row, audit).await
}

/// Begins a command on a referral of the caller's caseload, as they have seen it.
async fn held(app: &App, call: &Call, id: ReferralId, seen: IfMatch, digest: Digest) -> Result<(Work, Row)> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(call, digest).await?;
    let row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    Ok((work, row))
}

/// Commands are staff's alone.
async fn finish(app: &App, work: Work, row: &Row, audit: Audit) -> Result<Response> {
    let reply = Reply::ok(&Referral::of(app, row, PersonKind::Staff)?)?.version(row.version);
    work.finish(audit, reply).await
}
