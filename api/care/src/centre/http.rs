//! The operations on centres.

use super::things::CENTRE;
use super::{
    answer::Centre,
    request::{CentreChange, NewCentre},
    rules,
    store::{self, Row},
};
use crate::{
    app::{App, life::Event},
    appointment::closing::{self, Closing},
    calling::EmergencyPhone,
    check_in,
    contact::{LEAST_DAYS, MOST_DAYS},
    digest, life,
    opening_hours::{self, calendar::Calendar},
    plan, posting, public_text,
};
use axum::{extract::State, response::Response};
use contract::{CentreId, StaffRole};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{
        Body, Call, IfMatch, Path, Query,
        fields::{new_id, only_allowed},
    },
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    protect::privacy::Phone,
    reply::Reply,
};
use notifications::policy::ReminderPolicy;
use serde_json::{Map, Value};

/// Register a centre
///
/// For administrators.
#[utoipa::path(
    post, path = "/centres", tag = "centres", operation_id = "registerCentre",
    request_body = NewCentre,
    params(Call),
    responses((status = 201, description = "Registered", body = Centre, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn create(State(app): State<App>, call: Call, body: Body<NewCentre>) -> Result<Response> {
    let (_, role, _) = call.actor.staff(&[StaffRole::Administrator])?;
    let new = body.value;
    let id = CentreId(new_id(new.id, &*app.ids));
    let name = checked_name(&new.name)?;
    let calendar = checked_calendar(&new.calendar.unwrap_or_default())?;
    let reminder_policy = new.reminder_policy.as_ref().map(checked_policy).transpose()?;
    let mut work = app.begin(&call, body.digest).await?;
    let row = Row {
        id,
        name,
        zone: new.zone,
        calendar,
        reminder_policy,
        phone: new.phone.as_ref().map(stored_phone),
        emergency_phones: new.emergency_phones.as_deref().map(stored_phones).transpose()?,
        no_contact_days: None,
        version: 1,
        created_at: work.now,
    };
    store::insert(&mut work.tx, &row).await?;
    work.tx.changed(row.changed());
    digest::note(&app, &mut work.tx, id, &row.zone, work.now).await?;
    let reply = Reply::created(format!("/v1/centres/{id}"), &Centre::seen_by(role, &row)?)?;
    work.finish(Audit::new(&CENTRE, "create", id.0).at(id), reply.version(row.version)).await
}

/// List centres
///
/// Administrators see all, managers, mentors and counsellors their own and those to which they are posted.
#[utoipa::path(
    get, path = "/centres", tag = "centres", operation_id = "listCentres",
    params(PageQuery),
    responses((status = 200, description = "A page of centres", body = Page<Centre>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(query): Query<PageQuery>) -> Result<Reply> {
    let (role, only) = rules::reach(&call.actor)?;
    let paging = query.paging()?;
    let mut tx = app.db.read().await?;
    let also = posting::store::centres_if_posted(&mut tx, &call.actor, app.clock.now()).await?;
    let rows = store::list(&mut tx, (only, &also), paging).await?;
    Reply::ok(&paging.page(rows, |row| row.id.0)?.map(|row| Centre::seen_by(role, &row))?)
}

/// Read a centre
///
/// For administrators; for managers, mentors and counsellors their own and those to which they are posted. Only administrators and managers see
/// `reminder_policy`.
#[utoipa::path(
    get, path = "/centres/{centre_id}", tag = "centres", operation_id = "readCentre",
    params(("centre_id" = CentreId, Path)),
    responses((status = 200, description = "The centre", body = Centre, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<CentreId>) -> Result<Reply> {
    let (role, only) = rules::reach(&call.actor)?;
    let mut tx = app.db.read().await?;
    let also = posting::store::centres_if_posted(&mut tx, &call.actor, app.clock.now()).await?;
    let row = store::load_any(&mut tx, (only, &also), id).await?.ok_or_else(Error::not_found)?;
    Ok(Reply::ok(&Centre::seen_by(role, &row)?)?.version(row.version))
}

/// Change a centre
///
/// Administrators may change every field of every centre, managers the calendar, the reminder policy and the telephone numbers of their own. A new
/// policy or zone holds for the reminders of appointments that exist already: at once, or where there are hundreds of them
/// within moments. A new calendar moves no appointment: people agreed on it. The answer names those for which the centre was open and no
/// longer is, and each of their hosts gets a notice.
#[utoipa::path(
    patch, path = "/centres/{centre_id}", tag = "centres", operation_id = "changeCentre",
    request_body = CentreChange,
    params(
        ("centre_id" = CentreId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Centre, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn change(
    State(app): State<App>,
    call: Call,
    Path(id): Path<CentreId>,
    seen: IfMatch,
    body: Body<CentreChange>,
) -> Result<Response> {
    let (_, role, _) = call.actor.staff(&[StaffRole::Administrator, StaffRole::Manager])?;
    let (_, only) = rules::reach(&call.actor)?;
    let given = body.value.given();
    only_allowed(&given, rules::may_set(role))?;
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = store::load_for_change(&mut work.tx, only, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    let before = row.calendar.clone();
    apply(&mut row, body.value)?;
    store::update(&mut work.tx, &row).await?;
    work.tx.changed(row.changed());
    let closing = Closing {
        centre: id,
        zone: &row.zone,
        policy: row.reminder_policy.as_deref(),
        before: &before,
        after: &row.calendar,
    };
    let closed = closing::tell_hosts(&app, &mut work.tx, &closing, work.now).await?;
    // What is agreed on stays where it is, whatever the calendar says; only reminders follow the policy and the zone.
    if given.iter().any(|field| matches!(*field, "zone" | "reminder_policy" | "no_contact_days")) {
        let changes = Event::CentreChanges(id);
        life::happens(&app, &mut work.tx, &call.actor, changes, work.now).await?;
    }
    // Phones of participants know without network whom to call and when somebody calls them.
    if given.iter().any(|field| matches!(*field, "calendar" | "phone" | "emergency_phones")) {
        check_in::timers::note_centre(&mut work.tx, id, work.now).await?;
    }
    if given.iter().any(|field| matches!(*field, "calendar" | "zone")) {
        digest::note(&app, &mut work.tx, id, &row.zone, work.now).await?;
    }
    // What a plan has ahead leaves days that are closed.
    if given.contains(&"calendar") {
        plan::timers::note_centre(&mut work.tx, id, work.now).await?;
    }
    let centre = Centre::seen_by(role, &row)?.closed_over(role, &closed);
    let audit = Audit::new(&CENTRE, "change", id.0).at(id).with("fields", given);
    let audit = if closed.is_empty() { audit } else { audit.with("appointments_when_closed", closed.len()) };
    work.finish(audit, Reply::ok(&centre)?.version(row.version)).await
}

fn apply(row: &mut Row, change: CentreChange) -> Result<()> {
    if let Some(name) = change.name {
        row.name = checked_name(&name)?;
    }
    if let Some(zone) = change.zone {
        row.zone = zone;
    }
    if let Some(calendar) = change.calendar {
        row.calendar = checked_calendar(&calendar)?;
    }
    if let Some(policy) = change.reminder_policy {
        row.reminder_policy = policy.as_ref().map(checked_policy).transpose()?;
    }
    if let Some(phone) = change.phone {
        row.phone = phone.as_ref().map(stored_phone);
    }
    if let Some(phones) = change.emergency_phones {
        row.emergency_phones = phones.as_deref().map(stored_phones).transpose()?;
    }
    if let Some(days) = change.no_contact_days {
        row.no_contact_days = days.map(checked_days).transpose()?;
    }
    row.version += 1;
    Ok(())
}

/// A centre's number is nobody's secret: it stands on its door.
fn stored_phone(phone: &Phone) -> String {
    phone.expose().to_owned()
}

fn stored_phones(phones: &[EmergencyPhone]) -> Result<String> {
    serde_json::to_string(phones).map_err(Error::internal)
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    public_text::check(name).map_err(|why| Error::field("/name", "value", why))?;
    Ok(name.to_owned())
}

fn checked_days(days: u16) -> Result<i64> {
    if (LEAST_DAYS..=MOST_DAYS).contains(&days) {
        return Ok(days.into());
    }
    Err(Error::field("/no_contact_days", "range", format!("must be {LEAST_DAYS} to {MOST_DAYS} days")))
}

fn checked_calendar(calendar: &Calendar) -> Result<String> {
    let faults = opening_hours::rules::faults(calendar, "/calendar");
    if !faults.is_empty() {
        return Err(Error::fields(faults));
    }
    serde_json::to_string(calendar).map_err(Error::internal)
}

/// The policy as it is stored: as it was written, since what it leaves out follows the service's own.
fn checked_policy(policy: &Map<String, Value>) -> Result<String> {
    let text = serde_json::to_string(policy).map_err(Error::internal)?;
    match ReminderPolicy::parse(&text) {
        Ok(_) => Ok(text),
        Err(error) => {
            Err(Error::field(format!("/reminder_policy{}", error.pointer), "value", "is no reminder policy"))
        }
    }
}
