//! The operations on assignments.

use super::things::ASSIGNMENT;
use super::{
    answer::Assignment,
    held,
    request::NewAssignment,
    store::{self, Row},
};
use crate::{
    app::{
        App,
        life::{Coming, Event},
    },
    life,
};
use axum::{extract::State, response::Response};
use contract::{AssignmentId, ParticipantId, ProblemCode, StaffRole};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, Path, Query, fields::new_id},
    page::{Page, PageQuery},
    problems::{CreateProblems, ReadProblems},
    reply::Reply,
};

/// Assign a mentor or counsellor
///
/// For the manager of the participant's centre. From now on the mentor or counsellor sees the participant's file, and hears of
/// those appointments of theirs that they host.
#[utoipa::path(
    post, path = "/participants/{participant_id}/assignments", tag = "assignments", operation_id = "assignParticipant",
    request_body = NewAssignment,
    params(
        ("participant_id" = ParticipantId, Path),
        Call
    ),
    responses((status = 201, description = "Assigned", body = Assignment, headers(("ETag" = String))), CreateProblems)
)]
pub async fn create(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    body: Body<NewAssignment>,
) -> Result<Response> {
    let (manager, ..) = call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.caseload()?;
    let new = body.value;
    let id = AssignmentId(new_id(new.id, &*app.ids));
    let mut work = app.begin(&call, body.digest).await?;
    let centre = store::centre_of(&mut work.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    // Those whose reminders are planned again below, held first as always.
    life::is_about_to(&app, &mut work.tx, Coming::AssignmentStarts(participant), work.now).await?;
    if !store::is_accompanied(&mut work.tx, participant, centre).await? {
        return Err(Error::not_found());
    }
    let companion = store::companion(&mut work.tx, centre, new.staff_id, work.now)
        .await?
        .filter(|companion| companion.role.accompanies())
        .ok_or_else(|| Error::field("/staff_id", "unknown", "is no mentor or counsellor of this centre"))?;
    let mut row = Row {
        id,
        participant_id: participant,
        centre_id: centre,
        staff_id: new.staff_id,
        role: companion.role,
        data_key: companion.data_key,
        name_sealed: companion.name_sealed,
        started_at: work.now,
        ended_at: None,
        leads: false,
        version: 1,
    };
    store::insert(&mut work.tx, &row, manager.0).await.map_err(taken)?;
    row.leads = store::leads(&mut work.tx, id).await?;
    let starts = Event::AssignmentStarts(participant, new.staff_id);
    life::happens(&app, &mut work.tx, &call.actor, starts, work.now).await?;
    work.tx.changed(row.changed());
    let reply = Reply { status: 201, ..Reply::ok(&Assignment::of(&app, &row)?)? }.version(row.version);
    let audit = Audit::new(&ASSIGNMENT, "start", id.0).about(participant).with("role", row.role.as_str());
    work.finish(audit, reply).await
}

fn taken(error: db::Error) -> Error {
    if error.violates("assignment_staff_id_participant_id_key") {
        return Error::with_detail(ProblemCode::AlreadyExists, "this person is assigned already");
    }
    error.into()
}

/// List who accompanies a participant, now and before
///
/// Newest first. For the mentors and counsellors to whom the participant is assigned and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/assignments", tag = "assignments", operation_id = "listAssignments",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of the history", body = Page<Assignment>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    store::centre_of(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let rows = store::history(&mut reading.tx, scope, participant, paging).await?;
    let page = paging.page(rows, |entry| entry.key.id)?.legible().map(|row| Assignment::of(&app, &row))?;
    let audit = Audit::new(&ASSIGNMENT, "list", None).about(participant).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// End an assignment
///
/// For the manager of the participant's centre. The mentor or counsellor sees nothing of the participant from now on, and what
/// they would still have been told is withdrawn, also of appointments that they host: give those to somebody else.
#[utoipa::path(
    post, path = "/assignments/{assignment_id}/end", tag = "assignments", operation_id = "endAssignment",
    params(
        ("assignment_id" = AssignmentId, Path),
        Call
    ),
    responses((status = 200, description = "Ended", body = Assignment, headers(("ETag" = String))), CreateProblems)
)]
pub async fn end(State(app): State<App>, call: Call, Path(id): Path<AssignmentId>) -> Result<Response> {
    let (manager, ..) = call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.caseload()?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let seen = held::load(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    // What is asked about the participant ends with it, and is held first as always.
    let coming = Coming::AssignmentStarts(seen.participant_id);
    life::is_about_to(&app, &mut work.tx, coming, work.now).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    if row.ended_at.is_some() {
        return Err(Error::command_refused(None, "the assignment has ended", &[] as &[&str]));
    }
    row.ended_at = Some(work.now);
    row.version += 1;
    store::end(&mut work.tx, &row, manager.0).await?;
    if row.leads {
        store::tell_who_leads(&mut work.tx, &[row.participant_id]).await?;
        row.leads = false;
    }
    let ends = Event::AssignmentEnds(row.staff_id);
    let consequences = life::happens(&app, &mut work.tx, &call.actor, ends, work.now).await?;
    let withdrawn = consequences.count("reminders_withdrawn");
    work.tx.changed(row.changed());
    work.tx.changed(row.revoked());
    let reply = Reply::ok(&Assignment::of(&app, &row)?)?.version(row.version);
    let audit = Audit::new(&ASSIGNMENT, "end", id.0).about(row.participant_id);
    work.finish(audit.with("reminders_withdrawn", withdrawn), reply).await
}

/// Let somebody lead
///
/// For the manager of the participant's centre. What needs somebody about the participant is theirs from now on. While anybody accompanies a
/// participant, exactly one leads; of whom nobody was named, it is whoever has done so longest.
#[utoipa::path(
    post, path = "/assignments/{assignment_id}/lead", tag = "assignments", operation_id = "leadAssignment",
    params(
        ("assignment_id" = AssignmentId, Path),
        Call
    ),
    responses((status = 200, description = "They lead", body = Assignment, headers(("ETag" = String))), CreateProblems)
)]
pub async fn lead(State(app): State<App>, call: Call, Path(id): Path<AssignmentId>) -> Result<Response> {
    call.actor.staff(&[StaffRole::Manager])?;
    let scope = call.actor.caseload()?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    if row.ended_at.is_some() {
        return Err(Error::command_refused(None, "the assignment has ended", &[] as &[&str]));
    }
    row.version += 1;
    store::make_lead(&mut work.tx, &row, work.now).await?;
    row.leads = store::leads(&mut work.tx, id).await?;
    store::tell_who_leads(&mut work.tx, &[row.participant_id]).await?;
    let changes = Event::LeadChanges(row.participant_id);
    life::happens(&app, &mut work.tx, &call.actor, changes, work.now).await?;
    let reply = Reply::ok(&Assignment::of(&app, &row)?)?.version(row.version);
    work.finish(Audit::new(&ASSIGNMENT, "lead", id.0).about(row.participant_id), reply).await
}
