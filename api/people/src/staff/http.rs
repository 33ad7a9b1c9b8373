//! The operations on staff members.

use super::{
    answer::{NewCredentials, StaffMember},
    request::{Filter, NewStaffMember, StaffChange},
    rules::{Reach, may_touch},
    store::{self, Row},
};
use crate::{
    app::{
        App,
        life::{Coming, Event, Leaving},
    },
    life,
};
use axum::{extract::State, response::Response};
use contract::{StaffId, StaffRole};
use identity::sign_in::{
    accounts::{self, Credentials, NewAccount},
    sessions::EndReason,
};
use identity::things::STAFF;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query, fields::new_id},
    page::Page,
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    protect::{privacy::Name, seal::Field},
    reply::Reply,
};

/// Add a staff member
///
/// For administrators, with any role at any centre; for managers, mentors and counsellors of their own centre. The answer is
/// to be handed to the new staff member in person; it is shown this once.
#[utoipa::path(
    post, path = "/staff", tag = "staff", operation_id = "addStaffMember",
    request_body = NewStaffMember,
    params(Call),
    responses((status = 201, description = "Added", body = NewCredentials, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn create(State(app): State<App>, call: Call, body: Body<NewStaffMember>) -> Result<Response> {
    let reach = Reach::of(&call.actor)?;
    let new = body.value;
    reach.may_give(new.role)?;
    let centre = reach.centre_for(new.centre_id)?;
    let id = StaffId(new_id(new.id, &*app.ids));
    let credentials = Credentials::generate(&app, new.role).await?;
    let mut work = app.begin(&call, body.digest).await?;
    let account =
        NewAccount { id, centre, role: new.role, language: new.language, name: &new.name, email: &new.email };
    let shown = accounts::new_account(&app, &mut work.tx, work.now, &account, credentials).await?;
    work.tx.changed(store::changed(centre, id));
    let reply = Reply::created(format!("/v1/staff/{id}"), &NewCredentials::of(id, &shown))?.version(1);
    work.finish(Audit::new(&STAFF, "create", id.0).at(centre).with("role", new.role.as_str()), reply).await
}

/// List staff members
///
/// By when they were added. Administrators see everybody, managers the mentors and counsellors of their centre.
#[utoipa::path(
    get, path = "/staff", tag = "staff", operation_id = "listStaffMembers",
    params(Filter),
    responses((status = 200, description = "A page of staff members", body = Page<StaffMember>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let reach = Reach::of(&call.actor)?;
    let paging = filter.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let rows = store::list(&mut reading.tx, reach, &filter, paging).await?;
    let page = paging.page(rows, |entry| entry.key.id)?.legible().map(|row| StaffMember::of(&app, &row))?;
    let audit = Audit::new(&STAFF, "list", None).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read a staff member
///
/// For administrators; for managers, mentors and counsellors of their centre.
#[utoipa::path(
    get, path = "/staff/{staff_id}", tag = "staff", operation_id = "readStaffMember",
    params(("staff_id" = StaffId, Path)),
    responses((status = 200, description = "The staff member", body = StaffMember, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<StaffId>) -> Result<Response> {
    let reach = Reach::of(&call.actor)?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, reach, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&StaffMember::of(&app, &row)?)?.version(row.version);
    reading.finish(Audit::new(&STAFF, "read", id.0).at(row.centre_id), reply).await
}

/// Change a staff member
///
/// For administrators; for managers, mentors and counsellors of their centre, who stay one or the other. Deactivating somebody
/// ends their sessions, devices and assignments at once; another role signs them out. If open appointments lie ahead of somebody
/// who will receive nobody any more, this is refused with 409 `still_open` unless `appointments_to` names who takes
/// them over; the participants keep their times. Who is activated again and has no authenticator app needs new credentials
/// (`reset`): no device is enrolled for them any more.
#[utoipa::path(
    patch, path = "/staff/{staff_id}", tag = "staff", operation_id = "changeStaffMember",
    request_body = StaffChange,
    params(
        ("staff_id" = StaffId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = StaffMember, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn change(
    State(app): State<App>,
    call: Call,
    Path(id): Path<StaffId>,
    seen: IfMatch,
    body: Body<StaffChange>,
) -> Result<Response> {
    let reach = Reach::of(&call.actor)?;
    let (given, change) = (body.value.given(), body.value);
    if let Some(role) = change.role {
        reach.may_give(role)?;
        may_touch(&call.actor, id, "/role")?;
    }
    if change.active.is_some() {
        may_touch(&call.actor, id, "/active")?;
    }
    let successor = change.appointments_to;
    let is_shown_otherwise = change.name.is_some() || change.role.is_some();
    let mut work = app.begin(&call, body.digest).await?;
    if change.active == Some(false) || change.role.is_some() {
        // Asked before anything is held: the time that this takes, and whom it makes wait, would tell of another centre's people.
        store::load(&mut work.tx, reach, id).await?.ok_or_else(Error::not_found)?;
        life::is_about_to(&app, &mut work.tx, Coming::AccountChanges(id), work.now).await?;
    }
    let mut row = store::load_for_change(&mut work.tx, reach, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let before = (row.role, row.active);
    apply(&app, &mut row, change)?;
    store::update(&mut work.tx, &row).await?;
    work.tx.changed(row.changed());
    let leaving = leaving(&row, before, successor);
    if successor.is_some() && !leaving.receives_nobody {
        let reason = "only of somebody who will receive nobody any more";
        return Err(Error::field("/appointments_to", "not_allowed", reason));
    }
    let changes = Event::AccountChanges(leaving);
    let consequences = life::happens(&app, &mut work.tx, &call.actor, changes, work.now).await?;
    if is_shown_otherwise {
        let shown = Event::AccountIsShownOtherwise(id);
        life::happens(&app, &mut work.tx, &call.actor, shown, work.now).await?;
    }
    let reply = Reply::ok(&StaffMember::of(&app, &row)?)?.version(row.version);
    let audit = Audit::new(&STAFF, "change", id.0)
        .at(row.centre_id)
        .with("fields", given)
        .with("role", row.role.as_str())
        .with("active", row.active)
        .with("assignments_ended", consequences.count("assignments_ended"))
        .with("appointments_handed_over", consequences.count("appointments_handed_over"));
    work.finish(audit, reply).await
}

/// Whether participants can come to somebody in this role, active or not.
const fn receives((role, is_active): (StaffRole, bool)) -> bool {
    is_active && role.receives()
}

fn apply(app: &App, row: &mut Row, change: StaffChange) -> Result<()> {
    if let Some(name) = change.name {
        let key = app.keys.staff.key(row.id.0, &row.data_key)?;
        row.name_sealed =
            key.seal_text::<Name>(Field::new("staff", "name_sealed", row.id.0), &name, &*app.random)?;
    }
    row.language = change.language.unwrap_or(row.language);
    row.role = change.role.unwrap_or(row.role);
    row.active = change.active.unwrap_or(row.active);
    row.version += 1;
    Ok(())
}

/// What of the account's former state, role and whether it was active, its new one has no place for.
fn leaving(row: &Row, before: (StaffRole, bool), successor: Option<StaffId>) -> Leaving {
    let out = if !row.active {
        Some(EndReason::AccountClosed)
    } else {
        (before.0 != row.role).then_some(EndReason::RoleChanged)
    };
    Leaving {
        staff: row.id,
        centre: row.centre_id,
        out,
        accompanies_nobody: !row.active || !row.role.accompanies(),
        receives_nobody: receives(before) && !receives((row.role, row.active)),
        successor,
    }
}

/// Give a staff member new credentials
///
/// For somebody who lost their password or authenticator app. For administrators; for managers, mentors and counsellors of
/// their centre. What they had stops working, and their sessions end. The answer is shown this once.
#[utoipa::path(
    post, path = "/staff/{staff_id}/reset", tag = "staff", operation_id = "resetStaffMember",
    params(
        ("staff_id" = StaffId, Path),
        Call
    ),
    responses((status = 200, description = "The new credentials", body = NewCredentials), CreateProblems)
)]
pub async fn reset(State(app): State<App>, call: Call, Path(id): Path<StaffId>) -> Result<Response> {
    let reach = Reach::of(&call.actor)?;
    may_touch(&call.actor, id, "{staff_id}")?;
    // Read first, since the credentials depend on the role and take too long to make for a running transaction.
    let before = store::load(&mut app.db.read().await?, reach, id).await?.ok_or_else(Error::not_found)?;
    let credentials = Credentials::generate(&app, before.role).await?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let row = store::load_for_change(&mut work.tx, reach, id).await?.ok_or_else(Error::not_found)?;
    if row.role != before.role {
        return Err(Error::stood_in_the_way());
    }
    let shown = accounts::reset(&app, &mut work.tx, work.now, id, credentials).await?;
    work.tx.changed(row.changed());
    let reply = Reply::ok(&NewCredentials::of(id, &shown))?;
    work.finish(Audit::new(&STAFF, "reset", id.0).at(row.centre_id), reply).await
}
