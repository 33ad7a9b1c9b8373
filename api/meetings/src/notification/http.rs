//! Reading reminders.

use super::{
    answer::{Notification, PlannedReminder},
    store::{self, Row, Stored},
    subject::standings,
};
use crate::App;
use crate::appointment::things::APPOINTMENT;
use axum::{extract::State, response::Response};
use contract::{AppointmentId, ReminderId};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    page::{Page, PageQuery},
    problems::ReadProblems,
    reply::Reply,
};

/// List one's notifications
///
/// The reminders that the caller was sent or is about to be sent, the newest first, with the same content that a push
/// message brings. For apps that were only woken, for people who want no push, and to look something up again. Fetching
/// changes nothing: send a receipt when one was shown. Roles: everybody, their own.
#[utoipa::path(
    get, path = "/notifications", tag = "notifications", operation_id = "listNotifications",
    params(PageQuery),
    responses((status = 200, description = "A page of notifications", body = Page<Notification>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(query): Query<PageQuery>) -> Result<Reply> {
    let paging = query.paging()?;
    let (mut tx, now) = (app.db.read().await?, app.clock.now());
    let recipient = (call.actor.kind(), call.actor.person());
    let rows = store::list(&mut tx, recipient, now, paging).await?;
    let page = paging.page(rows, |row| (row.due_at.as_micros(), row.id.0))?.filter_map(Stored::read);
    let standings = standings(&app, &mut tx, &page.items).await?;
    let seen = |row: Row| {
        let standing = standings.get(&row.subject_id).map(|standing| &**standing);
        Some(Notification::seen(&app, &row, standing, now))
    };
    Reply::ok(&page.filter_map(seen))
}

/// Read one of one's notifications
///
/// As in the list. Roles: everybody, their own.
#[utoipa::path(
    get, path = "/notifications/{reminder_id}", tag = "notifications", operation_id = "readNotification",
    params(("reminder_id" = ReminderId, Path)),
    responses((status = 200, description = "The notification", body = Notification), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<ReminderId>) -> Result<Reply> {
    let (mut tx, now) = (app.db.read().await?, app.clock.now());
    let recipient = (call.actor.kind(), call.actor.person());
    let row = store::load(&mut tx, recipient, now, id).await?.ok_or_else(Error::not_found)?;
    let standings = standings(&app, &mut tx, std::slice::from_ref(&row)).await?;
    let standing = standings.get(&row.subject_id).map(|standing| &**standing);
    Reply::ok(&Notification::seen(&app, &row, standing, now))
}

/// See an appointment's reminders
///
/// Who will be told what and when, what went out, what was seen, and what will not go any more. Reading it is audited, as of
/// the participant's file. Roles: mentors and counsellors of the participant, and the manager of their centre.
#[utoipa::path(
    get, path = "/appointments/{appointment_id}/reminders", tag = "notifications", operation_id = "listAppointmentReminders",
    params(("appointment_id" = AppointmentId, Path), PageQuery),
    responses((status = 200, description = "A page of the plan, in the order in which the reminders are due", body = Page<PlannedReminder>), ReadProblems)
)]
pub async fn plan(
    State(app): State<App>,
    call: Call,
    Path(id): Path<AppointmentId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let participant =
        store::participant_of(&mut reading.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    let rows = store::plan(&mut reading.tx, id, paging).await?;
    let page = paging.page(rows, |row| (row.due_at.as_micros(), row.id.0))?;
    let audit =
        Audit::new(&APPOINTMENT, "read_reminders", id.0).about(participant).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page.filter_map(PlannedReminder::read))?).await
}
