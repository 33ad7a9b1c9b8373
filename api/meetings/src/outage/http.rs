//! The operations on outages.

use super::{
    answer::Outage,
    deeds::{self, Declaration, Source},
    request::NewOutage,
    store::{self, Reach, Row},
    words::OutageId,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{CentreId, StaffId, StaffRole};
use kernel::{
    access::Actor,
    error::{Error, Result},
    extract::{Body, Call, Digest, IfMatch, Path, Query},
    page::{Page, PageQuery},
    problems::{ChangeProblems, CreateProblems, ReadProblems},
    reply::Reply,
};
use uuid::Uuid;

/// Who declares and reads them.
const DECLARERS: &[StaffRole] = &[StaffRole::Manager, StaffRole::Administrator];

/// Declare an outage
///
/// That nobody could reach the service, once it is over. For managers, of their centre; for administrators, of any centre or everywhere. Every
/// check-in that was open within that time, and was not answered in time, gets it back behind its end, once, however many outages overlap;
/// what was missed because of it and can be answered again is open again. It is done within minutes, page by page.
#[utoipa::path(
    post, path = "/outages", tag = "outages", operation_id = "declareOutage",
    request_body = NewOutage,
    params(Call),
    responses((status = 201, description = "Declared", body = Outage, headers(("ETag" = String), ("Location" = String))), CreateProblems)
)]
pub async fn declare(State(app): State<App>, call: Call, body: Body<NewOutage>) -> Result<Response> {
    let (source, reach) = declarer(&call.actor)?;
    let new = body.value;
    let centre = where_it_was(reach, new.centre_id)?;
    let mut work = app.begin(&call, body.digest).await?;
    let declaration = Declaration {
        id: new.id,
        centre,
        cause: new.cause,
        local_starts: new.local_starts,
        local_ends: new.local_ends,
        zone: new.zone,
    };
    let now = work.now;
    let (row, audit) = deeds::declared(&app, &mut work.tx, source, declaration, now).await?;
    let reply = Reply::created(format!("/v1/outages/{}", row.id), &Outage::from(&row))?;
    work.finish(audit, reply.version(row.version)).await
}

/// List outages
///
/// The latest declared first. For managers, those of their centre and those that were everywhere; for administrators, all.
#[utoipa::path(
    get, path = "/outages", tag = "outages", operation_id = "listOutages",
    params(PageQuery),
    responses((status = 200, description = "A page of outages", body = Page<Outage>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(query): Query<PageQuery>) -> Result<Reply> {
    let (_, reach) = declarer(&call.actor)?;
    let paging = query.paging::<Uuid>()?;
    let mut tx = app.db.read().await?;
    let rows = store::list(&mut tx, reach, paging).await?;
    Reply::ok(&paging.page(rows, |row| row.id.0)?.map(|row| Ok(Outage::from(&row)))?)
}

/// Read an outage
///
/// For managers and administrators, as in the list.
#[utoipa::path(
    get, path = "/outages/{outage_id}", tag = "outages", operation_id = "readOutage",
    params(("outage_id" = OutageId, Path)),
    responses((status = 200, description = "The outage", body = Outage, headers(("ETag" = String))), ReadProblems)
)]
pub async fn read(State(app): State<App>, call: Call, Path(id): Path<OutageId>) -> Result<Reply> {
    let (_, reach) = declarer(&call.actor)?;
    let mut tx = app.db.read().await?;
    let row = store::load(&mut tx, reach, id).await?.ok_or_else(Error::not_found)?;
    Ok(Reply::ok(&Outage::from(&row))?.version(row.version))
}

/// Withdraw an outage
///
/// It was declared by mistake: nobody gets time for it any more. Who has got some keeps it, and is told nothing: they have been told that they
/// have that time. For managers, of their centre's; for administrators, of all. To mend one, withdraw it and declare it anew: what is given
/// back twice is given once.
#[utoipa::path(
    post, path = "/outages/{outage_id}/withdraw", tag = "outages", operation_id = "withdrawOutage",
    params(("outage_id" = OutageId, Path), IfMatch, Call),
    responses((status = 200, description = "How it stands now", body = Outage, headers(("ETag" = String))), ChangeProblems)
)]
pub async fn withdraw(
    State(app): State<App>,
    call: Call,
    Path(id): Path<OutageId>,
    seen: IfMatch,
) -> Result<Response> {
    let (source, reach) = declarer(&call.actor)?;
    let mut work = app.begin(&call, Digest::empty()).await?;
    let mut row = store::load_for_change(&mut work.tx, reach, id).await?.ok_or_else(Error::not_found)?;
    require_own(reach, &row)?;
    seen.check(row.version)?;
    let now = work.now;
    let audit = deeds::withdraw(&mut work.tx, source, &mut row, now).await?;
    let reply = Reply::ok(&Outage::from(&row))?.version(row.version);
    work.finish(audit, reply).await
}

/// Who declares, and which centre's they see: a manager's own, an administrator's every one.
fn declarer(actor: &Actor) -> Result<(Source, Reach)> {
    let (staff, role, centre): (StaffId, StaffRole, CentreId) = actor.staff(DECLARERS)?;
    let reach = (role == StaffRole::Manager).then_some(centre);
    Ok((Source { staff: Some(staff), centre }, reach))
}

/// A manager names no other centre.
fn where_it_was(reach: Reach, named: Option<CentreId>) -> Result<Option<CentreId>> {
    match (reach, named) {
        (Some(own), Some(named)) if own != named => Err(Error::not_found()),
        (Some(own), _) => Ok(Some(own)),
        (None, named) => Ok(named),
    }
}

/// One that was everywhere is seen by managers, and withdrawn by administrators.
fn require_own(reach: Reach, row: &Row) -> Result<()> {
    if reach.is_none() || row.centre_id == reach {
        return Ok(());
    }
    Err(Error::command_refused::<&str>(None, "one that was everywhere is withdrawn by administrators", &[]))
}
