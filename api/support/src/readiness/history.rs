//! What was said of whether somebody looks for work, now and before.

use super::{
    answer::{WillingnessTold, field},
    store,
    things::READINESS,
    words::{NotSeekingReason, Willingness},
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{ParticipantId, StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    legible::Entry,
    page::{Page, PageQuery, Paging},
    problems::ReadProblems,
    protect::seal::{DataKey, Sealed},
    reply::Reply,
};

/// What was said once.
#[derive(Debug, sqlx::FromRow)]
struct Said {
    /// The version of the list that said it.
    version: i64,
    /// Whether they look for work.
    willingness: Willingness,
    /// Why they do not.
    reason: Option<NotSeekingReason>,
    /// What would have to change, as it was sealed in the list.
    change_sealed: Option<Sealed>,
    /// When it was said.
    recorded_at: Instant,
    /// Who recorded it.
    recorded_by: StaffId,
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
struct ByVersion {
    version: i64,
}

/// List what was said of whether somebody looks for work
///
/// The latest first, which is what holds now; a reason why not and what would have to change as they were said then. For the participant, their
/// mentors and counsellors and the manager of their centre.
#[utoipa::path(
    get, path = "/participants/{participant_id}/willingness-history", tag = "readiness", operation_id = "listWillingnessHistory",
    params(("participant_id" = ParticipantId, Path), PageQuery),
    responses((status = 200, description = "A page of what was said", body = Page<WillingnessTold>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(participant): Path<ParticipantId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let person = store::person(&mut reading.tx, scope, participant).await?.ok_or_else(Error::not_found)?;
    let key = app.keys.participants.key(participant.0, &person.data_key)?;
    let page = paging
        .page(said(&mut reading.tx, participant, paging).await?, |entry| entry.key.version)?
        .legible()
        .map(|said| told(&key, participant, said))?;
    let audit = Audit::new(&READINESS, "list_willingness", participant.0)
        .about(participant)
        .with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}

async fn said(
    tx: &mut Tx,
    participant: ParticipantId,
    paging: Paging<i64>,
) -> Result<Vec<Entry<ByVersion, Said>>> {
    let rows = tx
        .query(sql!(
            "SELECT version, willingness, reason, change_sealed, recorded_at, recorded_by FROM readiness_willingness
             WHERE participant_id = $1 AND version < $2 ORDER BY version DESC LIMIT ",
            lite "+",
            "$3"
        ))
        .bind(participant)
        .bind(paging.after.unwrap_or(i64::MAX))
        .bind(paging.rows())
        .all()
        .await?;
    Ok(rows)
}

fn told(key: &DataKey, participant: ParticipantId, said: Said) -> Result<WillingnessTold> {
    let place = field("readiness", "change_sealed", participant);
    let change = said.change_sealed.as_ref().map(|sealed| key.open_text(place, sealed));
    Ok(WillingnessTold {
        willingness: said.willingness,
        reason: said.reason,
        what_would_change: change.transpose()?,
        recorded_at: Some(said.recorded_at),
        recorded_by: Some(said.recorded_by),
        version: said.version,
    })
}
