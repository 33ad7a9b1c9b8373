//! The operations on partners.

use super::{
    answer::Partner,
    deeds::STAFF,
    partners::{self, Reader, Row},
    request::{NewPartner, PartnerChange, PartnerFilter},
    things::PARTNER,
    words::PartnerId,
};
use crate::{App, public_text};
use axum::{extract::State, response::Response};
use contract::StaffRole;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Body, Call, IfMatch, Path, Query, fields::new_id},
    page::Page,
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};

/// Register a partner
///
/// For managers, of their own centre: what it is called and what it offers, and nothing about a person.
#[utoipa::path(
    post, path = "/partners", tag = "referrals", operation_id = "registerPartner",
    request_body = NewPartner,
    params(Call),
    responses((status = 201, description = "Registered", body = Partner, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn register(State(app): State<App>, call: Call, body: Body<NewPartner>) -> Result<Response> {
    let (_, _, centre_id) = call.actor.staff(&[StaffRole::Manager])?;
    let new = body.value;
    check("/name", Some(&new.name))?;
    check("/offers", Some(&new.offers))?;
    let mut work = app.begin(&call, body.digest).await?;
    let id = PartnerId(new_id(new.id, &*app.ids));
    let row = Row {
        id,
        centre_id,
        name: new.name,
        offers: new.offers,
        active: true,
        created_at: work.now,
        version: 1,
    };
    partners::insert(&mut work.tx, &row).await?;
    work.tx.changed(row.changed());
    let reply = Reply::created(format!("/v1/partners/{id}"), &Partner::from(row))?.version(1);
    work.finish(Audit::new(&PARTNER, "create", id.0), reply).await
}

/// List the partners of a centre
///
/// For the mentors, counsellors and managers who work there.
#[utoipa::path(
    get, path = "/partners", tag = "referrals", operation_id = "listPartners",
    params(PartnerFilter),
    responses((status = 200, description = "A page of partners", body = Page<Partner>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Query(filter): Query<PartnerFilter>,
) -> Result<Response> {
    let (staff, _, home) = call.actor.staff(STAFF)?;
    let paging = filter.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let (reader, centre) = (Reader { staff, home, now: reading.now }, filter.centre_id.unwrap_or(home));
    if !partners::works_at(&mut reading.tx, reader, centre).await? {
        return Err(Error::not_found());
    }
    let rows = partners::list(&mut reading.tx, centre, paging).await?;
    let page = paging.page(rows, |entry| entry.key.id)?.legible().map(|row| Ok(Partner::from(row)))?;
    let audit = Audit::new(&PARTNER, "list", None).at(centre).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read a partner
///
/// For the mentors, counsellors and managers who work at its centre.
#[utoipa::path(
    get, path = "/partners/{partner_id}", tag = "referrals", operation_id = "readPartner",
    params(("partner_id" = PartnerId, Path)),
    responses((status = 200, description = "The partner", body = Partner, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<PartnerId>) -> Result<Response> {
    let (staff, _, home) = call.actor.staff(STAFF)?;
    let mut reading = app.begin_reading(&call).await?;
    let reader = Reader { staff, home, now: reading.now };
    let row = partners::load(&mut reading.tx, reader, id).await?.ok_or_else(Error::not_found)?;
    let audit = Audit::new(&PARTNER, "read", id.0).at(row.centre_id);
    let version = row.version;
    reading.finish(audit, Reply::ok(&Partner::from(row))?.version(version)).await
}

/// Change a partner
///
/// For managers, of their own centre. To one that is not active nothing more is asked; what was asked before goes on.
#[utoipa::path(
    patch, path = "/partners/{partner_id}", tag = "referrals", operation_id = "changePartner",
    request_body = PartnerChange,
    params(
        ("partner_id" = PartnerId, Path),
        IfMatch,
        Call
    ),
    responses((status = 200, description = "How it stands now", body = Partner, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn change(
    State(app): State<App>,
    call: Call,
    Path(id): Path<PartnerId>,
    seen: IfMatch,
    body: Body<PartnerChange>,
) -> Result<Response> {
    let (_, _, centre) = call.actor.staff(&[StaffRole::Manager])?;
    let PartnerChange { name, offers, active } = body.value;
    check("/name", name.as_deref())?;
    check("/offers", offers.as_deref())?;
    let fields: Vec<&str> =
        [("name", name.is_some()), ("offers", offers.is_some()), ("active", active.is_some())]
            .into_iter()
            .filter_map(|(field, is_given)| is_given.then_some(field))
            .collect();
    if fields.is_empty() {
        return Err(Error::field("", "required", "must change at least one field"));
    }
    let mut work = app.begin(&call, body.digest).await?;
    let mut row = partners::load_for_change(&mut work.tx, centre, id).await?.ok_or_else(Error::not_found)?;
    seen.check(row.version)?;
    row.name = name.unwrap_or(row.name);
    row.offers = offers.unwrap_or(row.offers);
    row.active = active.unwrap_or(row.active);
    row.version += 1;
    partners::update(&mut work.tx, &row).await?;
    work.tx.changed(row.changed());
    let version = row.version;
    let reply = Reply::ok(&Partner::from(row))?.version(version);
    work.finish(Audit::new(&PARTNER, "change", id.0).with("fields", fields), reply).await
}

fn check(field: &str, text: Option<&str>) -> Result<()> {
    let fault = |why| Error::field(field, "value", why);
    text.map_or(Ok(()), |text| public_text::check(text).map_err(fault))
}
