//! What was recorded of how appointments ended, in the database. Nothing of it is ever changed: a correction is recorded behind what it
//! corrects.

use super::{ending::Ending, standing::EndingWords};
use contract::{AppointmentId, StaffId, time::Instant};
use db::{Result, Tx, sql};
use kernel::{
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Field, Sealed},
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
pub async fn keep(tx: &mut Tx, kept: Kept<'_>, by: Uuid, now: Instant) -> Result<()> {
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
pub struct Recorded {
    /// In the word of the first release.
    pub outcome: StoredState,
    /// Why, sealed.
    pub reason_sealed: Option<Sealed>,
    /// Who recorded it.
    pub recorded_by: StaffId,
    /// When.
    pub recorded_at: Instant,
    /// How it ended; none where the first release recorded it.
    pub ended: Option<String>,
    /// On whose side it lay.
    pub side: Option<String>,
    /// Why, from the list of that side.
    pub cause: Option<String>,
    /// Whether the participant came late.
    pub late: Option<bool>,
    /// What was tried, as a JSON list.
    pub tried: Option<String>,
}

/// What was recorded of this appointment, the first entry first, with one more than the page holds.
pub async fn load(
    tx: &mut Tx,
    appointment: AppointmentId,
    paging: Paging<Uuid>,
) -> Result<Vec<Entry<ById, Recorded>>> {
    tx.query(sql!(
        "SELECT o.id, o.outcome, o.reason_sealed, o.recorded_by, o.recorded_at, o.ended, o.side, o.cause, o.late, o.tried
         FROM appointment_outcome AS o WHERE o.appointment_id = $1 AND o.id > $2 ORDER BY o.id LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(appointment)
    .bind(paging.after.unwrap_or_default())
    .bind(paging.rows())
    .all()
    .await
}
