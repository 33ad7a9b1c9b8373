//! The operations on plans.

use super::{
    answer::{Plan, PlanPreview, PlanSessionDetails, PlanVersion, Reader},
    deeds::{self, audited},
    materialise, planned,
    request::{NewPlan, PlanChange, PlanEnding, PlanProposal, SessionLink},
    rules,
    sessions::{self, Held},
    store::{self, Row},
    things::{PLAN, PLAN_SESSION},
    words::{PlanId, PlanSessionId},
};
use crate::{App, participant::store::in_scope};
use axum::{extract::State, response::Response};
use contract::{ParticipantId, time::Instant};
use db::Tx;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
    work::Work,
};

/// Start a plan
///
/// For the mentors and counsellors of the participant and the manager of their centre. It follows the present version of its template from its first
/// day on; what would have been before today is not planned. Check-ins are planned eight weeks ahead and from then on by themselves; conversations are
/// to be arranged, each within a week: whoever is in charge is asked a week before. What falls on a day on which the centre is closed is on
/// the next open one. One plan runs at a time.
#[utoipa::path(
    post, path = "/plans", tag = "plans", operation_id = "startPlan",
    request_body = NewPlan,
    params(Call),
    responses((status = 201, description = "Started", body = Plan, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn start(State(app): State<App>, call: Call, body: Body<NewPlan>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let now = work.now;
    let (row, audit) = deeds::start(&app, &mut work.tx, (&call.actor, scope), body.value, now).await?;
    let (location, version) = (format!("/v1/plans/{}", row.id), row.version);
    let plan = seen(&app, &mut work.tx, &call.actor, row, now).await?;
    work.finish(audit, Reply::created(location, &plan)?.version(version)).await
}

/// List a participant's plans
///
/// The latest first, with what comes next. For the participant themself, their mentors and counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/plans", tag = "plans", operation_id = "listPlans",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of plans", body = Page<Plan>), ReadProblems)
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
    let language = language_of(&mut reading.tx, &call.actor).await?;
    let reader = Reader { actor: &call.actor, language };
    let rows = store::list(&mut reading.tx, scope, participant, paging).await?;
    let page = paging.page(rows, |entry| (entry.key.started_at.as_micros(), entry.key.id))?.legible();
    let whole = materialise::legible(&app, &mut reading.tx, page.items, reading.now).await?;
    let items = whole.iter().map(|whole| Plan::seen_by(reader, whole)).collect::<Result<Vec<_>>>()?;
    let audit = Audit::new(&PLAN, "list", None).about(participant).with("count", items.len());
    let page = Page { items, next_cursor: page.next_cursor };
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read a plan
///
/// With its phases on the wall of the centre and what comes next: check-ins by their days, conversations by their weeks. For the participant, their
/// mentors and counsellors and the manager of their centre, as in the list. Participants read what comes next in their language, and not what it is
/// made from.
#[utoipa::path(
    get, path = "/plans/{plan_id}", tag = "plans", operation_id = "readPlan",
    params(("plan_id" = PlanId, Path)),
    responses((status = 200, description = "The plan", body = Plan, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<PlanId>) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let (audit, version) = (audited(&row, "read"), row.version);
    let plan = seen(&app, &mut reading.tx, &call.actor, row, reading.now).await?;
    reading.finish(audit, Reply::ok(&plan)?.version(version)).await
}

/// List the versions of a plan
///
/// What it followed since when, the latest first. For the mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/plans/{plan_id}/versions", tag = "plans", operation_id = "listPlanVersions",
    params(("plan_id" = PlanId, Path), PageQuery),
    responses((status = 200, description = "A page of versions", body = Page<PlanVersion>), ReadProblems)
)]
pub async fn list_versions(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let rows = store::versions(&mut reading.tx, id, paging).await?;
    let page = paging.page(rows, |version| version.number)?;
    let pauses = row.pauses()?;
    let page = page.map(|version| PlanVersion::of(&version, &pauses))?;
    reading.finish(audited(&row, "list_versions"), Reply::ok(&page)?).await
}

/// See what a change of a plan would do
///
/// Nothing is changed. What would be added, put elsewhere and called off from tomorrow on, as far as it is planned ahead, and what would stay; with a
/// fingerprint that the change carries. What was opened, answered, arranged or called off, and whatever was, stays in any case. For the
/// mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/plans/{plan_id}/preview", tag = "plans", operation_id = "previewPlanChange",
    request_body = PlanProposal,
    params(("plan_id" = PlanId, Path), IfMatch, Call),
    responses((status = 200, description = "What would be done", body = PlanPreview, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn preview(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanId>,
    if_match: IfMatch,
    body: Body<PlanProposal>,
) -> Result<Response> {
    let (planner, ..) = call.actor.staff(rules::PLANNERS)?;
    let mut work = app.begin(&call, body.digest).await?;
    let row = held(&mut work, &call.actor, &if_match, id).await?;
    let (audit, version, now) = (audited(&row, "preview"), row.version, work.now);
    let proposed = deeds::propose(&app, &mut work.tx, planner, row, body.value, now).await?;
    let row = &proposed.whole.followed.row;
    let effective_on = store::day(&row.effective_on)?.into();
    let (difference, fingerprint) = (&proposed.difference, proposed.fingerprint);
    let preview = PlanPreview::of(row.edition(), effective_on, difference, fingerprint);
    work.finish(audit, Reply::ok(&preview)?.version(version)).await
}

/// Change a plan
///
/// From tomorrow on, as it was previewed: if it would do something else than was shown, it is refused (409) and nothing is done. For the mentors and
/// counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/plans/{plan_id}/change", tag = "plans", operation_id = "changePlan",
    request_body = PlanChange,
    params(("plan_id" = PlanId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = Plan, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn change(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanId>,
    if_match: IfMatch,
    body: Body<PlanChange>,
) -> Result<Response> {
    call.actor.staff(rules::PLANNERS)?;
    let mut work = app.begin(&call, body.digest).await?;
    let row = held(&mut work, &call.actor, &if_match, id).await?;
    let (now, parts) = (work.now, body.value.parts());
    let (row, audit) = deeds::change(&app, &mut work.tx, &call.actor, row, parts, now).await?;
    finish(&app, work, &call.actor, row, audit).await
}

/// End a plan
///
/// Its check-ins of tomorrow and later are called off, and its conversations that nobody has arranged are not needed any more. For the mentors and
/// counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/plans/{plan_id}/end", tag = "plans", operation_id = "endPlan",
    request_body = PlanEnding,
    params(("plan_id" = PlanId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = Plan, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn end(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanId>,
    if_match: IfMatch,
    body: Body<PlanEnding>,
) -> Result<Response> {
    call.actor.staff(rules::PLANNERS)?;
    let mut work = app.begin(&call, body.digest).await?;
    let row = held(&mut work, &call.actor, &if_match, id).await?;
    let now = work.now;
    let (row, audit) = deeds::end(&app, &mut work.tx, &call.actor, row, body.value, now).await?;
    finish(&app, work, &call.actor, row, audit).await
}

/// Read a conversation of a plan
///
/// With the kind of appointment that it is to be. For the mentors and counsellors of the participant and the manager of their centre, who arrange it.
#[utoipa::path(
    get, path = "/plan-sessions/{plan_session_id}", tag = "plans", operation_id = "readPlanSession",
    params(("plan_session_id" = PlanSessionId, Path)),
    responses((status = 200, description = "The conversation", body = PlanSessionDetails, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read_session(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanSessionId>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let session = planned::session(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let plan = store::load(&mut reading.tx, scope, session.plan_id).await?.ok_or_else(Error::not_found)?;
    let kind = sessions::kind_of(&mut reading.tx, &plan, &session).await?;
    let audit = Audit::new(&PLAN_SESSION, "read", id.0).about(session.participant_id);
    let reply = Reply::ok(&PlanSessionDetails::of(&session, kind)?)?.version(session.version);
    reading.finish(audit, reply).await
}

/// Say at which appointment a conversation is
///
/// One of the participant's that stands, of the same kind, and of no other conversation. Should it fall, somebody is asked to arrange another. For the
/// mentors and counsellors of the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/plan-sessions/{plan_session_id}/link", tag = "plans", operation_id = "linkPlanSession",
    request_body = SessionLink,
    params(("plan_session_id" = PlanSessionId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = PlanSessionDetails, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn link(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanSessionId>,
    if_match: IfMatch,
    body: Body<SessionLink>,
) -> Result<Response> {
    call.actor.staff(rules::PLANNERS)?;
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, body.digest).await?;
    let appointment = Some(body.value.appointment_id);
    let mut held = sessions::held(&mut work.tx, scope, id, appointment).await?;
    if_match.check(held.session.version)?;
    let now = work.now;
    let audit = sessions::link(&app, &mut work.tx, &call.actor, &mut held, &body.value, now).await?;
    finish_session(work, &held, audit).await
}

/// Say that a conversation is not needed
///
/// For the mentors and counsellors of the participant and the manager of their centre. It can be linked to an appointment all the same.
#[utoipa::path(
    post, path = "/plan-sessions/{plan_session_id}/cancel", tag = "plans", operation_id = "cancelPlanSession",
    params(("plan_session_id" = PlanSessionId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = PlanSessionDetails, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn cancel_session(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PlanSessionId>,
    if_match: IfMatch,
) -> Result<Response> {
    call.actor.staff(rules::PLANNERS)?;
    let scope = call.actor.staff_caseload()?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let mut held = sessions::held(&mut work.tx, scope, id, None).await?;
    if_match.check(held.session.version)?;
    let now = work.now;
    let audit = sessions::cancel(&app, &mut work.tx, &call.actor, &mut held, now).await?;
    finish_session(work, &held, audit).await
}

async fn held(work: &mut Work, actor: &Actor, if_match: &IfMatch, id: PlanId) -> Result<Row> {
    let scope = actor.staff_caseload()?;
    let row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    if_match.check(row.version)?;
    Ok(row)
}

async fn seen(app: &App, tx: &mut Tx, actor: &Actor, row: Row, now: Instant) -> Result<Plan> {
    let reader = Reader { actor, language: language_of(tx, actor).await? };
    let whole = materialise::whole(app, tx, vec![row], now).await?.pop();
    Plan::seen_by(reader, &whole.ok_or_else(|| Error::internal("a plan is not there any more"))?)
}

async fn finish(app: &App, mut work: Work, actor: &Actor, row: Row, audit: Audit) -> Result<Response> {
    let (version, now) = (row.version, work.now);
    let plan = seen(app, &mut work.tx, actor, row, now).await?;
    work.finish(audit, Reply::ok(&plan)?.version(version)).await
}

async fn finish_session(work: Work, held: &Held, audit: Audit) -> Result<Response> {
    let details = PlanSessionDetails::of(&held.session, held.kind)?;
    work.finish(audit, Reply::ok(&details)?.version(held.session.version)).await
}

/// In which language staff reads; a participant's stands with the plan.
async fn language_of(tx: &mut Tx, actor: &Actor) -> Result<Option<contract::Language>> {
    match actor {
        Actor::Staff { id, .. } => Ok(store::language_of(tx, *id).await?),
        Actor::Participant { .. } => Ok(None),
    }
}
