//! What callers send.

use crate::page;
use contract::{AssignmentId, StaffId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A new assignment.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"staff_id": "01936f6e-4d00-7000-8000-000000000002"}))]
pub struct NewAssignment {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<AssignmentId>,
    /// Who accompanies the participant from now on: an active mentor or counsellor of the same centre.
    pub staff_id: StaffId,
}

/// Which part of the history to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Where the page begins: `next_cursor` of the page before.
    #[validate(length(max = 256))]
    #[param(max_length = 256)]
    pub cursor: Option<String>,
    /// How many at most.
    #[validate(range(min = 1, max = page::MAX_LIMIT))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u16>,
}
