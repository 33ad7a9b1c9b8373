//! The operations on employers.

use super::{
    answer::{Employer, field},
    request::{EmployerChange, NewEmployer, province},
    store::{self, Row},
    things::EMPLOYER,
    words::EmployerId,
};
use crate::{App, posting};
use axum::{extract::State, response::Response};
use contract::{CentreId, StaffRole, time::Instant};
use db::Tx;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path, Query, fields::new_id},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};

/// Who sees them: whoever finds work for people.
const READERS: &[StaffRole] = &[StaffRole::Mentor, StaffRole::Counsellor, StaffRole::Manager];

/// Write an employer down
///
/// For the mentors, counsellors and managers of the centre, those posted to it among them.
#[utoipa::path(
    post, path = "/centres/{centre_id}/employers", tag = "employers", operation_id = "registerEmployer",
    request_body = NewEmployer,
    params(
        ("centre_id" = CentreId, Path),
        Call
    ),
    responses((status = 201, description = "Written down", body = Employer, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn register(
    State(app): State<App>,
    call: Call,
    Path(centre): Path<CentreId>,
    body: Body<NewEmployer>,
) -> Result<Response> {
    call.actor.staff(READERS)?;
    let new = body.value;
    let province = province(new.province)?;
    let mut work = app.begin(&call, body.digest).await?;
    let now = work.now;
    require_centre(&mut work.tx, &call.actor, centre, now).await?;
    let id = EmployerId(new_id(new.id, &*app.ids));
    let key = &app.keys.employers;
    let row = Row {
        id,
        centre_id: centre,
        name_sealed: key.seal_text(field("name_sealed", id), &new.name, &*app.random)?,
        contact_sealed: new
            .contact
            .map(|contact| key.seal_text(field("contact_sealed", id), &contact, &*app.random))
            .transpose()?,
        sector: new.sector,
        province,
        recorded_at: now,
        version: 1,
    };
    store::insert(&mut work.tx, &row).await?;
    work.tx.changed(row.changed());
    let reply = Reply::created(format!("/v1/employers/{id}"), &Employer::of(&app, &row)?)?;
    work.finish(Audit::new(&EMPLOYER, "create", id.0).at(centre), reply.version(row.version)).await
}

/// List the employers of a centre
///
/// For the mentors, counsellors and managers of the centre, those posted to it among them.
#[utoipa::path(
    get, path = "/centres/{centre_id}/employers", tag = "employers", operation_id = "listEmployers",
    params(("centre_id" = CentreId, Path), PageQuery),
    responses((status = 200, description = "A page of employers", body = Page<Employer>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(centre): Path<CentreId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    call.actor.staff(READERS)?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    require_centre(&mut reading.tx, &call.actor, centre, now).await?;
    let rows = store::list(&mut reading.tx, centre, paging).await?;
    let page = paging.page(rows, |entry| entry.key.id)?.legible().map(|row| Employer::of(&app, &row))?;
    let audit = Audit::new(&EMPLOYER, "list", None).at(centre).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read an employer
///
/// For the mentors, counsellors and managers of the centre, those posted to it among them.
#[utoipa::path(
    get, path = "/employers/{employer_id}", tag = "employers", operation_id = "readEmployer",
    params(("employer_id" = EmployerId, Path)),
    responses((status = 200, description = "The employer", body = Employer, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<EmployerId>) -> Result<Response> {
    call.actor.staff(READERS)?;
    let mut reading = app.begin_reading(&call).await?;
    let centres = centres_of(&mut reading.tx, &call.actor, reading.now).await?;
    let row = store::load(&mut reading.tx, &centres, id).await?.ok_or_else(Error::not_found)?;
    let reply = Reply::ok(&Employer::of(&app, &row)?)?.version(row.version);
    reading.finish(Audit::new(&EMPLOYER, "read", id.0).at(row.centre_id), reply).await
}

/// Change what is written about an employer
///
/// For the mentors, counsellors and managers of the centre, those posted to it among them.
#[utoipa::path(
    patch, path = "/employers/{employer_id}", tag = "employers", operation_id = "changeEmployer",
    request_body = EmployerChange,
    params(
        ("employer_id" = EmployerId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Employer, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn change(
    State(app): State<App>,
    call: Call,
    Path(id): Path<EmployerId>,
    seen: IfMatch,
    body: Body<EmployerChange>,
) -> Result<Response> {
    call.actor.staff(READERS)?;
    let change = body.value;
    let given = change.given();
    if given.is_empty() {
        return Err(Error::field("", "required", "must change at least one field"));
    }
    let mut work = app.begin(&call, body.digest).await?;
    let centres = centres_of(&mut work.tx, &call.actor, work.now).await?;
    let mut row = store::load_for_change(&mut work.tx, &centres, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    apply(&app, &mut row, change)?;
    store::update(&mut work.tx, &row).await?;
    work.tx.changed(row.changed());
    let audit = Audit::new(&EMPLOYER, "change", id.0).at(row.centre_id).with("fields", given);
    work.finish(audit, Reply::ok(&Employer::of(&app, &row)?)?.version(row.version)).await
}

fn apply(app: &App, row: &mut Row, change: EmployerChange) -> Result<()> {
    let key = &app.keys.employers;
    if let Some(name) = change.name {
        row.name_sealed = key.seal_text(field("name_sealed", row.id), &name, &*app.random)?;
    }
    if let Some(contact) = change.contact {
        row.contact_sealed = contact
            .map(|contact| key.seal_text(field("contact_sealed", row.id), &contact, &*app.random))
            .transpose()?;
    }
    row.sector = change.sector.unwrap_or(row.sector);
    if let Some(word) = change.province {
        row.province = province(word)?;
    }
    row.version += 1;
    Ok(())
}

/// The centres where somebody works.
async fn centres_of(tx: &mut Tx, actor: &Actor, now: Instant) -> Result<Vec<CentreId>> {
    let mut centres = vec![actor.centre()];
    centres.extend(posting::store::centres_if_posted(tx, actor, now).await?);
    Ok(centres)
}

/// Another centre's employers are as if there were none.
async fn require_centre(tx: &mut Tx, actor: &Actor, centre: CentreId, now: Instant) -> Result<()> {
    if centres_of(tx, actor, now).await?.contains(&centre) { Ok(()) } else { Err(Error::not_found()) }
}
