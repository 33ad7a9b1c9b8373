//! What callers get.

use super::store::Row;
use contract::{AssignmentId, ParticipantId, StaffId, StaffRole, time::Instant};
use kernel::Kernel;
use kernel::{
    error::Result,
    protect::{
        privacy::{Name, expose_in_answer},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// The tie between a participant and somebody who accompanies them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000003",
    "participant_id": "01936f6e-4d00-7000-8000-000000000001",
    "staff_id": "01936f6e-4d00-7000-8000-000000000002",
    "staff_name": "Youssef Alaoui",
    "staff_role": "mentor",
    "started_at": "2026-11-23T10:00:00Z",
    "leads": true,
    "version": 1
}))]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Who is accompanied.
    pub participant_id: ParticipantId,
    /// Who accompanies them.
    pub staff_id: StaffId,
    /// Their name.
    #[serde(serialize_with = "expose_in_answer")]
    pub staff_name: Name,
    /// Their role today.
    pub staff_role: StaffRole,
    /// Since when.
    pub started_at: Instant,
    /// Until when; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// Whether they are in charge: what needs somebody about the participant is theirs. While anybody accompanies a participant, exactly
    /// one leads: whom the manager named last, and else whoever has done so longest.
    pub leads: bool,
    /// Counts the changes; the same as in the ETag.
    pub version: i64,
}

impl Assignment {
    /// Opens the name of a row.
    pub fn of(kernel: &Kernel, row: &Row) -> Result<Self> {
        let key = kernel.keys.staff.key(row.staff_id.0, &row.data_key)?;
        Ok(Self {
            id: row.id,
            participant_id: row.participant_id,
            staff_id: row.staff_id,
            staff_name: key
                .open_text(Field::new("staff", "name_sealed", row.staff_id.0), &row.name_sealed)?,
            staff_role: row.role,
            started_at: row.started_at,
            ended_at: row.ended_at,
            leads: row.leads,
            version: row.version,
        })
    }
}
