//! What callers send.

use super::words::{HandOverId, HandOverRefusal, HandOverState};
use contract::{CentreId, StaffId};
use kernel::{page::list_query, protect::privacy::Note};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// What is asked of a colleague.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "staff_id": "01936f6e-4d00-7000-8000-000000000002",
    "takes_lead": true,
    "ends_former": true,
    "note": "She looks for work near the harbour, where you know people."
}))]
pub struct CompanionHandOver {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<HandOverId>,
    /// Who is asked: an active mentor or counsellor of the participant's centre, or who is posted to it (`listPossibleCompanions`).
    pub staff_id: StaffId,
    /// Whether they lead from then on.
    pub takes_lead: bool,
    /// Whether whoever accompanies the participant by this assignment does so no longer from then on.
    pub ends_former: bool,
    /// What they should know in order to answer. They read it before they have the participant.
    pub note: Option<Note>,
}

/// What is asked of another centre.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "centre_id": "01936f6e-4d00-7000-8000-00000000000a",
    "note": "Moves to her sister's at the end of the month."
}))]
pub struct CentreHandOver {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<HandOverId>,
    /// Which centre is asked. Its manager finds the id at `GET /v1/centres`.
    pub centre_id: CentreId,
    /// What its managers should know in order to answer. They read it before they have the participant: nothing that is not needed for that.
    pub note: Option<Note>,
}

/// Why the answer is no.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "no_time"}))]
pub struct HandOverNo {
    /// Why.
    pub reason: HandOverRefusal,
}

list_query! {
    /// Which hand-overs to list.
    #[derive(Debug)]
    pub struct Filter {
        /// Those that stand so.
        pub state: Option<HandOverState>,
    }
}
