//! The operations on hand-overs.

use super::{
    answer::{HandOver, PossibleCompanion},
    candidates,
    deeds::{self, Deed},
    request::{CentreHandOver, CompanionHandOver, Filter, HandOverNo},
    rules::By,
    store,
    things::HAND_OVER,
    words::HandOverId,
};
use crate::{App, assignment::store::centre_of};
use axum::{extract::State, response::Response};
use contract::{AssignmentId, ParticipantId};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
    work::Work,
};

/// List who can be asked to accompany a participant
///
/// The mentors and counsellors of the participant's centre, and those who are posted to it now, by when they were added. For the mentors and
/// counsellors of the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/possible-companions", tag = "hand_overs", operation_id = "listPossibleCompanions",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of colleagues", body = Page<PossibleCompanion>), ReadProblems)
)]
pub async fn list_possible(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let centre = centre_of(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let rows = candidates::list(&mut reading.tx, (participant, centre), now, paging).await?;
    let page =
        paging.page(rows, |entry| entry.key.id)?.legible().map(|row| PossibleCompanion::of(&app, &row))?;
    let audit =
        Audit::new(&HAND_OVER, "list_possible", None).about(participant).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Ask a colleague to accompany a participant
///
/// In the place of whoever does by this assignment, or at their side. For that mentor or counsellor, and for managers of the participant's
/// centre. Nothing changes until the colleague accepts; until then they see what is asked, how the participant is called and what they
/// speak, and nothing else. They are told at once.
#[utoipa::path(
    post, path = "/assignments/{assignment_id}/hand-over", tag = "hand_overs", operation_id = "askCompanion",
    request_body = CompanionHandOver,
    params(
        ("assignment_id" = AssignmentId, Path),
        Call
    ),
    responses((status = 201, description = "Asked", body = HandOver, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn ask_companion(
    State(app): State<App>,
    call: Call,
    Path(assignment): Path<AssignmentId>,
    body: Body<CompanionHandOver>,
) -> Result<Response> {
    By::of(&call.actor)?;
    let mut work = app.begin(&call, body.digest).await?;
    let (tx, now) = (&mut work.tx, work.now);
    let (id, audit) = deeds::ask_companion(&app, tx, &call.actor, (assignment, body.value), now).await?;
    asked(&app, &call, work, (id, audit)).await
}

/// Ask another centre to accompany a participant
///
/// For managers of the participant's centre. Nothing changes until a manager of the other centre accepts. Until then they see what is asked,
/// the participant's initials, what they speak and in which province they live, and nothing else. Then the participant is theirs and nothing
/// of them is this centre's any more: whoever accompanied them does so no longer, emergency accesses end, and a code that was not used yet
/// does not work. Appointments that lie ahead are cancelled, and the participant is told: make them anew at the other centre. Whether the file is
/// open or closed stays as it is. A file number that another file has there becomes `former_file_number`, which still finds the person, and the
/// other centre gives its own.
#[utoipa::path(
    post, path = "/participants/{participant_id}/hand-over", tag = "hand_overs", operation_id = "askCentre",
    request_body = CentreHandOver,
    params(
        ("participant_id" = ParticipantId, Path),
        Call
    ),
    responses((status = 201, description = "Asked", body = HandOver, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn ask_centre(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<CentreHandOver>,
) -> Result<Response> {
    call.actor.staff(&[contract::StaffRole::Manager])?;
    let mut work = app.begin(&call, body.digest).await?;
    let (tx, now) = (&mut work.tx, work.now);
    let (id, audit) = deeds::ask_centre(&app, tx, &call.actor, (participant, body.value), now).await?;
    asked(&app, &call, work, (id, audit)).await
}

async fn asked(app: &App, call: &Call, mut work: Work, (id, audit): (HandOverId, Audit)) -> Result<Response> {
    let (by, scope) = (By::of(&call.actor)?, call.actor.staff_caseload()?);
    let row = store::load(&mut work.tx, scope, by.staff, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::created(format!("/v1/hand-overs/{id}"), &HandOver::of(app, &row, by)?)?;
    work.finish(audit, reply.version(row.version)).await
}

/// List hand-overs
///
/// The newest first: for mentors and counsellors those that they are asked, and those by which they are or were to be relieved; for managers
/// those of their centre, and those that other centres ask of it.
#[utoipa::path(
    get, path = "/hand-overs", tag = "hand_overs", operation_id = "listHandOvers",
    params(Filter),
    responses((status = 200, description = "A page of hand-overs", body = Page<HandOver>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let (by, scope) = (By::of(&call.actor)?, call.actor.staff_caseload()?);
    let paging = filter.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let rows = store::list(&mut reading.tx, scope, by.staff, filter.state, paging).await?;
    let page = paging.page(rows, |entry| entry.key.id)?.legible().map(|row| HandOver::of(&app, &row, by))?;
    let audit = Audit::new(&HAND_OVER, "list", None).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read a hand-over
///
/// For the mentor or counsellor who is asked, whoever is to be relieved, and managers of both centres.
#[utoipa::path(
    get, path = "/hand-overs/{hand_over_id}", tag = "hand_overs", operation_id = "readHandOver",
    params(("hand_over_id" = HandOverId, Path)),
    responses((status = 200, description = "The hand-over", body = HandOver, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<HandOverId>) -> Result<Response> {
    let (by, scope) = (By::of(&call.actor)?, call.actor.staff_caseload()?);
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, by.staff, id).await?.ok_or_else(Error::not_found)?;
    let audit = Audit::new(&HAND_OVER, "read", id.0).about(row.participant_id);
    let reply = Reply::ok(&HandOver::of(&app, &row, by)?)?.version(row.version);
    reading.finish(audit, reply).await
}

/// Accept a hand-over
///
/// For the mentor or counsellor who is asked, or a manager of the centre that is asked. What was asked is done in this moment: the participant
/// is in the caseload of whoever accepts, what lies ahead with whoever stops is theirs where they can be there, and the participant is told that
/// somebody else accompanies them.
#[utoipa::path(
    post, path = "/hand-overs/{hand_over_id}/accept", tag = "hand_overs", operation_id = "acceptHandOver",
    params(
        ("hand_over_id" = HandOverId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "It is done", body = HandOver, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn accept(
    State(app): State<App>,
    call: Call,
    Path(id): Path<HandOverId>,
    seen: IfMatch,
) -> Result<Response> {
    answer(&app, &call, id, &seen, (Digest::empty(), Deed::Accept)).await
}

/// Refuse a hand-over
///
/// For the mentor or counsellor who is asked, or a manager of the centre that is asked. Everything stays as it is.
#[utoipa::path(
    post, path = "/hand-overs/{hand_over_id}/refuse", tag = "hand_overs", operation_id = "refuseHandOver",
    request_body = HandOverNo,
    params(
        ("hand_over_id" = HandOverId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "It stays as it was", body = HandOver, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn refuse(
    State(app): State<App>,
    call: Call,
    Path(id): Path<HandOverId>,
    seen: IfMatch,
    body: Body<HandOverNo>,
) -> Result<Response> {
    answer(&app, &call, id, &seen, (body.digest, Deed::Refuse(body.value.reason))).await
}

/// Withdraw a hand-over
///
/// For the mentor or counsellor who asked, and managers of the centre that asks. Nobody is asked any more.
#[utoipa::path(
    post, path = "/hand-overs/{hand_over_id}/withdraw", tag = "hand_overs", operation_id = "withdrawHandOver",
    params(
        ("hand_over_id" = HandOverId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "Nobody is asked any more", body = HandOver, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<HandOverId>,
    seen: IfMatch,
) -> Result<Response> {
    answer(&app, &call, id, &seen, (Digest::empty(), Deed::Withdraw)).await
}

async fn answer(
    app: &App,
    call: &Call,
    id: HandOverId,
    seen: &IfMatch,
    (digest, deed): (Digest, Deed),
) -> Result<Response> {
    let (by, scope) = (By::of(&call.actor)?, call.actor.staff_caseload()?);
    let mut work = app.begin(call, digest).await?;
    let (tx, now) = (&mut work.tx, work.now);
    let mut row = deeds::hold(app, tx, &call.actor, (id, deed), now).await?;
    seen.check(row.version)?;
    let audit = deeds::carry_out(app, tx, &call.actor, (&mut row, deed), now).await?;
    // Read anew: whoever accepts has the participant now.
    let row = store::load(tx, scope, by.staff, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&HandOver::of(app, &row, by)?)?.version(row.version);
    match deed {
        Deed::Accept | Deed::Withdraw => work.finish(audit, reply).await,
        // Whoever refuses has not got the participant, before or after, and the answer tells nothing of them any more.
        Deed::Refuse(_) => work.finish_leave(audit, reply).await,
    }
}
