//! The operation on the audit log.

use super::{answer::AuditLine, request::Filter, rules, store, things::AUDIT};
use crate::App;
use axum::{extract::State, response::Response};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Query},
    page::Page,
    problems::ReadProblems,
    reply::Reply,
};

/// Read the audit log
///
/// Newest first. Administrators read all of it, managers what concerns their centre, mentors and counsellors what they did,
/// observers all of it without learning who did it, participants who opened or changed their own file: in which role, when,
/// and what. Reading it is audited, too.
#[utoipa::path(
    get, path = "/audit", tag = "audit", operation_id = "readAuditLog",
    params(Filter),
    responses((status = 200, description = "A page of the log", body = Page<AuditLine>), ReadProblems)
)]
pub async fn list(State(app): State<App>, call: Call, Query(filter): Query<Filter>) -> Result<Response> {
    let (part, detail) = rules::part_of(&call.actor);
    if filter.actor_id.is_some() && !detail.tells_actor() {
        return Err(Error::field("?actor_id", "not_allowed", "not for this role"));
    }
    let paging = filter.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let rows = store::list(&mut reading.tx, part, &filter, paging).await?;
    let page = paging.page(rows, |row| row.id.0)?.map(|row| {
        let kind = app.thing(&row.subject_kind);
        AuditLine::of(row, detail, kind, call.actor.centre())
    })?;
    let audit = Audit::new(&AUDIT, "list", None).as_one().with("count", page.items.len());
    reading.finish_audited(audit, Reply::ok(&page)?).await
}
