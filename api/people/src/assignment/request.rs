//! What callers send.

use contract::{AssignmentId, StaffId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A new assignment.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"staff_id": "01936f6e-4d00-7000-8000-000000000002"}))]
pub struct NewAssignment {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<AssignmentId>,
    /// Who accompanies the participant from now on: an active mentor or counsellor of the same centre, or who is posted to it.
    pub staff_id: StaffId,
}
