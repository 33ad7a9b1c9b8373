//! What was recorded of how appointments ended, in its order. Nothing of it is ever changed: a correction is recorded behind what it corrects.

use super::{
    answer::{Outcome, RecordedOutcome},
    ending::Ending,
    standing::EndingWords,
    store,
    things::APPOINTMENT,
};
use crate::App;
use axum::{extract::State, response::Response};
use contract::{AppointmentId, StaffId, time::Instant};
use db::{Tx, sql};
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::{Call, Path, Query},
    legible::{ById, Entry},
    page::{Page, PageQuery, Paging},
    problems::ReadProblems,
    protect::{
        privacy::Note,
        seal::{DataKey, Field, Sealed},
    },
    reply::Reply,
};
use notifications::subjects::appointment::StoredState;
use uuid::Uuid;

/// Where the reason of an outcome lies.
pub const fn reason(id: Uuid) -> Field {
    Field::new("appointment_outcome", "reason_sealed", id)
}

/// An outcome that is to be kept.
pub struct Kept<'a> {
    /// Its id.
    pub id: Uuid,
    /// Of which appointment.
    pub appointment: AppointmentId,
    /// In the words of the first release.
    pub stored: StoredState,
    /// How it ended.
    pub ending: &'a Ending,
    /// Why it was recorded, or corrected, so.
    pub reason: Option<Sealed>,
}

/// Adds an outcome to those recorded before.
pub async fn keep(tx: &mut Tx, kept: Kept<'_>, by: Uuid, now: Instant) -> db::Result<()> {
    let words = EndingWords::of(Some(kept.ending));
    tx.query(sql!(
        "INSERT INTO appointment_outcome (id, appointment_id, outcome, reason_sealed, recorded_by, recorded_at, ended, side, cause, late, tried)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    ))
    .bind(kept.id)
    .bind(kept.appointment)
    .bind(kept.stored)
    .bind(kept.reason)
    .bind(by)
    .bind(now)
    .bind(words.outcome)
    .bind(words.side)
    .bind(words.cause)
    .bind(words.late)
    .bind(words.tried)
    .execute()
    .await?;
    Ok(())
}

/// An outcome as it was recorded.
#[derive(Debug, sqlx::FromRow)]
struct Recorded {
    outcome: StoredState,
    reason_sealed: Option<Sealed>,
    recorded_by: StaffId,
    recorded_at: Instant,
    ended: Option<String>,
    side: Option<String>,
    cause: Option<String>,
    late: Option<bool>,
    tried: Option<String>,
}

async fn load(
    tx: &mut Tx,
    appointment: AppointmentId,
    paging: Paging<Uuid>,
) -> db::Result<Vec<Entry<ById, Recorded>>> {
    tx.query(sql!(
        "SELECT o.id, o.outcome, o.reason_sealed, o.recorded_by, o.recorded_at, o.ended, o.side, o.cause, o.late, o.tried
         FROM appointment_outcome AS o WHERE o.appointment_id = $1 AND o.id > $2 ORDER BY o.id LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(appointment)
    .bind(paging.after.unwrap_or(Uuid::nil()))
    .bind(paging.rows())
    .all()
    .await
}

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
    let rows = load(&mut reading.tx, id, paging).await?;
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
