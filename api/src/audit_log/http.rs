//! The operation on the audit log.

use super::{answer::AuditLine, request::Filter, rules, store};
use crate::{
    app::App,
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Query},
    openapi::ReadProblems,
    page::{self, Page},
    reply::Reply,
};
use axum::{extract::State, response::Response};

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
    let before = page::read_cursor(filter.cursor.as_deref())?;
    let mut work = app.begin_list(&call).await?;
    let rows = store::list(&mut work.tx, part, &filter, before).await?;
    let page = page::paged(rows, filter.limit.unwrap_or(page::DEFAULT_LIMIT), |row| row.id.0)?;
    let items: Vec<_> =
        page.items.into_iter().map(|row| AuditLine::of(row, detail)).collect::<Result<_>>()?;
    let audit = Audit::new("audit.list", None).with("count", items.len());
    work.finish(audit, Reply::ok(&Page { items, next_cursor: page.next_cursor })?).await
}
