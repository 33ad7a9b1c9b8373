//! The operations on digests.

use super::{
    answer::{Digest, named_in},
    remind, store,
    things::DIGEST,
    words::DigestId,
};
use crate::App;
use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use contract::StaffRole;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    page::{Page, PageQuery, Paging},
    problems::ReadProblems,
    reply::Reply,
};

/// List the weeks of one's centre in figures
///
/// For managers, of their own centre: the latest week first. Each was made on the first open morning of its week, and stays as it was made.
#[utoipa::path(
    get, path = "/digests", tag = "digests", operation_id = "listDigests",
    params(PageQuery),
    responses((status = 200, description = "A page of weeks", body = Page<Digest>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(query): Query<PageQuery>) -> Result<Response> {
    let (_, _, centre) = call.actor.staff(&[StaffRole::Manager])?;
    let paging: Paging<NaiveDate> = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let rows = store::list(&mut reading.tx, centre, &paging).await?;
    let page = paging.page(rows, store::Row::monday)?;
    let companions = store::companions_named(&mut reading.tx, &named_in(&page.items)?).await?;
    let page = page.map(|row| Digest::of(&app, &row, &companions))?;
    let audit = Audit::new(&DIGEST, "list", None).at(centre).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Read a week of one's centre in figures
///
/// For managers, of their own centre. Whoever reads it has seen what told them of it.
#[utoipa::path(
    get, path = "/digests/{digest_id}", tag = "digests", operation_id = "readDigest",
    params(("digest_id" = DigestId, Path)),
    responses((status = 200, description = "The week", body = Digest), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<DigestId>) -> Result<Response> {
    let (staff, _, centre) = call.actor.staff(&[StaffRole::Manager])?;
    let mut reading = app.begin_reading(&call).await?;
    let row = store::load(&mut reading.tx, centre, id).await?.ok_or_else(Error::not_found)?;
    let companions = store::companions_named(&mut reading.tx, &named_in([&row])?).await?;
    let reply = Reply::ok(&Digest::of(&app, &row, &companions)?)?;
    let is_unseen = store::is_unseen(&mut reading.tx, id, staff).await?;
    let now = reading.now;
    let response = reading.finish(Audit::new(&DIGEST, "read", id.0).at(centre), reply).await?;
    // Behind the reading, which holds nothing any more.
    if is_unseen {
        remind::looked(&app, id, staff, now).await?;
    }
    Ok(response)
}
