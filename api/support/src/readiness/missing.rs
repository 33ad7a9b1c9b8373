//! The operations that tell the manager of a centre which papers are missing, to how many and to whom.

use super::{
    answer::{MissingPapers, MissingPerson},
    lacking,
    request::MissingQuery,
    things::READINESS,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{CentreId, StaffRole};
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    page::Page,
    problems::ReadProblems,
    reply::Reply,
};

/// Count the papers that are missing in a centre
///
/// For its manager: to how many of those whom it accompanies each is missing, and how many are obtaining it.
#[utoipa::path(
    get, path = "/centres/{centre_id}/missing-papers", tag = "readiness", operation_id = "countMissingPapers",
    params(("centre_id" = CentreId, Path)),
    responses((status = 200, description = "How many", body = MissingPapers), ReadProblems)
)]
pub async fn count(State(app): State<App>, call: Call, Path(centre): Path<CentreId>) -> Result<Response> {
    require_manager(&call.actor, centre)?;
    let mut reading = app.begin_reading(&call).await?;
    let counts = lacking::count_missing(&mut reading.tx, centre).await?;
    let audit = Audit::new(&READINESS, "count_missing", None).at(centre);
    reading.finish(audit, Reply::ok(&MissingPapers::of(&counts))?).await
}

/// List to whom papers are missing in a centre
///
/// For its manager, by item.
#[utoipa::path(
    get, path = "/centres/{centre_id}/missing-papers/people", tag = "readiness", operation_id = "listMissingPapers",
    params(("centre_id" = CentreId, Path), MissingQuery),
    responses((status = 200, description = "A page of them", body = Page<MissingPerson>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(centre): Path<CentreId>,
    Query(query): Query<MissingQuery>,
) -> Result<Response> {
    require_manager(&call.actor, centre)?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let rows = lacking::list_missing(&mut reading.tx, centre, query.item, paging.clone()).await?;
    let page = paging
        .page(rows, |entry| (entry.key.item.clone(), entry.key.participant_id))?
        .legible()
        .map(|row| Ok(MissingPerson::of(&row)))?;
    let audit = Audit::new(&READINESS, "list_missing", None).at(centre).with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

/// Another centre is as if there were none.
fn require_manager(actor: &Actor, centre: CentreId) -> Result<()> {
    let (_, _, own) = actor.staff(&[StaffRole::Manager])?;
    if own == centre { Ok(()) } else { Err(Error::not_found()) }
}
