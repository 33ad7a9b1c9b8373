//! What callers get.

use super::store::Row;
use crate::App;
use contract::{CentreId, EmergencyAccessId, ParticipantId, StaffId, time::Instant};
use kernel::{
    error::Result,
    protect::{
        privacy::{Note, expose_in_answer},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// A manager's emergency access to what was written about a participant for its author alone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000007",
    "centre_id": "01936f6e-4d00-7000-8000-000000000009",
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "staff_id": "01936f6e-4d00-7000-8000-000000000002",
    "reason": "Said on the telephone that they might harm themself; the counsellor is away",
    "started_at": "2026-11-23T10:00:00Z",
    "ends_at": "2026-11-23T10:30:00Z",
    "running": true,
    "version": 1
}))]
pub struct EmergencyAccess {
    /// Its id.
    pub id: EmergencyAccessId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose notes it opens.
    pub participant_id: ParticipantId,
    /// The manager who opened it, and who alone reads by it.
    pub staff_id: StaffId,
    /// Why it was needed.
    #[serde(serialize_with = "expose_in_answer")]
    pub reason: Note,
    /// Since when.
    pub started_at: Instant,
    /// It ends by itself then.
    pub ends_at: Instant,
    /// When somebody ended it before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// Whether notes can be read by it now.
    pub running: bool,
    /// Counts the changes.
    pub version: i64,
}

/// Where the reason of an access lies.
pub const fn reason_field(id: EmergencyAccessId) -> Field {
    Field::new("emergency_access", "reason_sealed", id.0)
}

impl EmergencyAccess {
    /// A row as it stands at `now`, with its reason opened.
    pub fn of(app: &App, row: &Row, now: Instant) -> Result<Self> {
        let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
        Ok(Self {
            id: row.id,
            centre_id: row.centre_id,
            participant_id: row.participant_id,
            staff_id: row.staff_id,
            reason: key.open_text(reason_field(row.id), &row.reason_sealed)?,
            started_at: row.started_at,
            ends_at: row.ends_at,
            ended_at: row.ended_at.filter(|ended| *ended < row.ends_at),
            running: row.is_running(now),
            version: row.version,
        })
    }
}
