//! What callers send.

use contract::{EmergencyAccessId, ParticipantId};
use kernel::{page::list_query, protect::privacy::Note};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// The longest emergency access, in minutes.
pub const MAX_MINUTES: u16 = 60;

/// A new emergency access.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Said on the telephone that they might harm themself; the counsellor is away", "minutes": 30}))]
pub struct NewEmergencyAccess {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<EmergencyAccessId>,
    /// Why it is needed now. Administrators read it, who know no participant by name: name nobody.
    pub reason: Note,
    /// How long it lasts.
    #[validate(range(min = 1, max = MAX_MINUTES))]
    #[schema(minimum = 1, maximum = 60)]
    pub minutes: u16,
}

list_query! {
    /// Which emergency accesses to list.
    #[derive(Debug)]
    pub struct Filter {
        /// To this participant's notes.
        pub participant_id: Option<ParticipantId>,
    }
}
