//! The list of what was recorded of how an appointment ended.

use super::{
    answer::{Outcome, RecordedOutcome},
    outcomes::{self, Recorded, reason},
    standing::EndingWords,
    store,
    things::APPOINTMENT,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::AppointmentId;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    page::{Page, PageQuery},
    problems::ReadProblems,
    protect::{privacy::Note, seal::DataKey},
    reply::Reply,
};
use uuid::Uuid;

/// Those that hold a word of a later version are left out, as in every list.
fn read(id: Uuid, recorded: Recorded, key: &DataKey) -> Result<Option<RecordedOutcome>> {
    let is_of_first_release = recorded.ended.is_none();
    let words = EndingWords {
        outcome: recorded.ended,
        side: recorded.side,
        cause: recorded.cause,
        late: recorded.late,
        tried: recorded.tried,
    };
    let Ok(standing) = words.read(recorded.outcome) else { return Ok(None) };
    let Some(ending) = standing.ending() else { return Ok(None) };
    let note: Option<Note> =
        recorded.reason_sealed.map(|sealed| key.open_text(reason(id), &sealed)).transpose()?;
    Ok(Some(RecordedOutcome {
        outcome: ending.outcome,
        said: Outcome::to_staff(ending),
        reason: note,
        recorded_by: recorded.recorded_by,
        recorded_at: recorded.recorded_at,
        recorded_as: is_of_first_release.then(|| recorded.outcome.as_str()),
    }))
}

/// List how an appointment was said to have ended
///
/// Everything that was recorded, the first entry first and each correction behind it, with its reason. For the mentors and counsellors of
/// the participant and the manager of their centre.
#[utoipa::path(
    get, path = "/appointments/{appointment_id}/outcomes", tag = "appointments", operation_id = "listAppointmentOutcomes",
    params(("appointment_id" = AppointmentId, Path), PageQuery),
    responses((status = 200, description = "A page of what was recorded", body = Page<RecordedOutcome>), ReadProblems)
)]
pub async fn list(
    State(app): State<App>,
    call: Call,
    Path(id): Path<AppointmentId>,
    Query(query): Query<PageQuery>,
) -> Result<Response> {
    let scope = call.actor.staff_caseload()?;
    let paging = query.paging()?;
    let mut reading = app.begin_reading(&call).await?;
    let now = reading.now;
    let row = store::load(&mut reading.tx, scope, id, now).await?.ok_or_else(Error::not_found)?;
    let rows = outcomes::load(&mut reading.tx, id, paging).await?;
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let page = paging.page(rows, |entry| entry.key.id)?;
    let page = page
        .map(|entry| entry.row.map(|recorded| read(entry.key.id, recorded, &key)).transpose())?
        .filter_map(Option::flatten);
    let audit = Audit::new(&APPOINTMENT, "list_outcomes", id.0)
        .about(row.participant_id)
        .with("count", page.items.len());
    reading.finish(audit, Reply::ok(&page)?).await
}
