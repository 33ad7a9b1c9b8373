//! The operation on the audit log.

use super::{answer::AuditLine, request::Filter, rules, store, things::AUDIT};
use crate::{App, hand_over::things::HAND_OVER, participant::store::named};
use axum::{extract::State, response::Response};
use db::Tx;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Query},
    page::Page,
    problems::ReadProblems,
    reply::Reply,
};
use std::collections::BTreeSet;
use uuid::Uuid;

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
    let mut rows = store::list(&mut reading.tx, part, &filter, paging).await?;
    hide_who_is_asked_about(&mut reading.tx, &call.actor, &mut rows).await?;
    let page = paging.page(rows, |row| row.id.0)?.map(|row| {
        let kind = app.thing(&row.subject_kind);
        AuditLine::of(row, detail, kind, call.actor.centre())
    })?;
    let audit = Audit::new(&AUDIT, "list", None).as_one().with("count", page.items.len());
    reading.finish_audited(audit, Reply::ok(&page)?).await
}

/// Whoever was asked to accompany somebody whom they have not got reads that they were, and what they answered, and not by which id that person
/// is known: it stands in no hand-over of theirs, either.
async fn hide_who_is_asked_about(tx: &mut Tx, actor: &Actor, rows: &mut [store::Row]) -> Result<()> {
    let Ok(scope) = actor.staff_caseload() else { return Ok(()) };
    let is_about_one = |row: &store::Row| row.subject_kind == HAND_OVER.word;
    let about = rows.iter().filter(|row| is_about_one(row)).filter_map(|row| row.participant_id);
    let about: BTreeSet<Uuid> = about.map(|participant| participant.0).collect();
    if about.is_empty() {
        return Ok(());
    }
    let about: Vec<Uuid> = about.into_iter().collect();
    let theirs: BTreeSet<Uuid> =
        named(tx, scope, &about).await?.into_iter().map(|entry| entry.key.id).collect();
    for row in rows.iter_mut().filter(|row| is_about_one(row)) {
        row.participant_id = row.participant_id.filter(|participant| theirs.contains(&participant.0));
    }
    Ok(())
}
