//! The operations on calls.

use super::{
    answer::{self, CallToMake, ReminderCall},
    deeds,
    request::{CallSettling, Filter},
    store::{self, Whose},
    things::CALLS_TO_MAKE,
    words::ReminderCallId,
};
use crate::{App, accompanied, contact_way::store as ways, participant::store::in_scope};
use axum::{extract::State, response::Response};
use contract::{ReminderId, StaffId, StaffRole};
use kernel::{
    access::not_for_this_role,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::{Page, Paging},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};
use uuid::Uuid;

/// List the calls that are to be made today
///
/// Everybody whom no app tells what there is to say: who has no phone that is reached, wants to be called or told otherwise, or whom a reminder did not reach. Each
/// with when they may be called, never at night; at which number, and what to say in their language. Whoever has to be told first comes first. It ends with what it is about, when they were told, and when they have the
/// app. For mentors and counsellors those whom they are in charge of; for managers those of whom nobody is, or those of a staff member.
#[utoipa::path(
    get, path = "/calls-to-make", tag = "calls", operation_id = "listCallsToMake",
    params(Filter),
    responses((status = 200, description = "A page of calls", body = Page<CallToMake>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let is_manager = call.actor.role() == Some(StaffRole::Manager);
    let own = StaffId(call.actor.person());
    let paging: Paging<(i64, Uuid)> = filter.paging()?;
    if filter.staff_id.is_some_and(|staff| staff != own) && !is_manager {
        return Err(not_for_this_role());
    }
    if filter.staff_id.is_some() && filter.participant_id.is_some() {
        return Err(Error::field("?staff_id", "not_allowed", "not beside participant_id"));
    }
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let whose = match (filter.participant_id, filter.staff_id) {
        (Some(participant), _) => {
            in_scope(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
            Whose::To(scope, participant)
        }
        (None, Some(staff)) if is_manager => Whose::Of(staff, Some(call.actor.centre())),
        (None, None) if is_manager => Whose::Nobodys(call.actor.centre()),
        (None, _) => Whose::Of(own, None),
    };
    let lines = store::lines(&mut reading.tx, whose, now).await?;
    let mut lines = answer::to_make(&app, lines, now)?;
    let place = |line: &(store::Line, answer::Known)| (line.1.window.1.as_micros(), line.0.id.0);
    lines.retain(|line| paging.after.is_none_or(|after| place(line) > after));
    lines.truncate(usize::from(paging.limit) + 1);
    let people: Vec<Uuid> = lines.iter().map(|(line, _)| line.participant_id.0).collect();
    let rows = ways::ways(&mut reading.tx, &people, now).await?;
    let people = ways::people(&mut reading.tx, &people).await?;
    let page = paging.page(lines, place)?.map(|line| CallToMake::of(&app, &line, (&people, &rows), now))?;
    let page = page.filter_map(|line| line);
    let audit = Audit::new(&CALLS_TO_MAKE, "list", None).with("count", page.items.len());
    let audit = match filter.participant_id {
        Some(participant) => audit.about(participant),
        None => audit,
    };
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Say that somebody was told
///
/// The call is no longer to be made. If they themself were reached, it counts as a contact. Where nobody was reached, record an attempt instead. For the mentors and counsellors of
/// the participant and the manager of their centre.
#[utoipa::path(
    post, path = "/calls-to-make/{reminder_id}/settle", tag = "calls", operation_id = "settleCall",
    request_body = CallSettling,
    params(("reminder_id" = ReminderId, Path), Call),
    responses((status = 201, description = "Recorded", body = ReminderCall, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn settle(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ReminderId>,
    body: Body<CallSettling>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let staff = StaffId(call.actor.person());
    let mut work = app.begin(&call, body.digest).await?;
    let told = store::reminder(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let met =
        accompanied::met(&mut work.tx, scope, told.participant_id).await?.ok_or_else(Error::not_found)?;
    let whose = (id, told.participant_id, met);
    let times = (None, work.now);
    let (row, audit) = deeds::settle(&app, &mut work.tx, staff, whose, body.value, times).await?;
    let reply = Reply::created(format!("/v1/reminder-calls/{}", row.id), &ReminderCall::of(&row))?;
    work.finish(audit, reply.version(row.version)).await
}

/// Read that somebody was told
///
/// For the mentors and counsellors of the participant and the manager of their centre; one that was withdrawn as well.
#[utoipa::path(
    get, path = "/reminder-calls/{reminder_call_id}", tag = "calls", operation_id = "readReminderCall",
    params(("reminder_call_id" = ReminderCallId, Path)),
    responses((status = 200, description = "What was recorded", body = ReminderCall, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<ReminderCallId>) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&ReminderCall::of(&row))?.version(row.version);
    reading.finish(deeds::audit_of(&row, "read"), reply).await
}

/// Take back that somebody was told
///
/// It was entered by mistake: the call is to be made again, if it is still worth it, and it is no contact. For the mentor or counsellor who recorded it, while they accompany the participant,
/// and the manager of the centre.
#[utoipa::path(
    post, path = "/reminder-calls/{reminder_call_id}/withdraw", tag = "calls", operation_id = "withdrawReminderCall",
    params(("reminder_call_id" = ReminderCallId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = ReminderCall, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<ReminderCallId>,
    seen: IfMatch,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let staff = StaffId(call.actor.person());
    let is_manager = call.actor.role() == Some(StaffRole::Manager);
    let mut work = app.begin(&call, Digest::empty()).await?;
    let mut row = store::load_for_change(&mut work.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    deeds::require_own(&row, staff, is_manager)?;
    let now = work.now;
    let audit = deeds::withdraw(&app, &mut work.tx, staff, &mut row, now).await?;
    let reply = Reply::ok(&ReminderCall::of(&row))?.version(row.version);
    work.finish(audit, reply).await
}
