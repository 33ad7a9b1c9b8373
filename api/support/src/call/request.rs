//! What callers send.

use super::words::{ReminderCallId, ToldHow};
use contract::{
    ParticipantId, StaffId,
    time::{LocalDateTime, ZoneName},
};
use kernel::page::list_query;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

list_query! {
    /// Whose calls to list.
    #[derive(Debug)]
    pub struct Filter {
        /// To this participant alone, whoever is in charge of them.
        pub participant_id: Option<ParticipantId>,
        /// Those of this staff member; for managers.
        pub staff_id: Option<StaffId>,
    }
}

/// That somebody was told.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"how": "called"}))]
pub struct CallSettling {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<ReminderCallId>,
    /// How they were told. Where nobody was reached, record an attempt instead: the call stays to be made.
    pub how: ToldHow,
    /// When, as whoever told them read it on the wall; now if left out. Not in the future.
    pub local_at: Option<LocalDateTime>,
    /// On whose wall; the centre's own zone if absent.
    pub zone: Option<ZoneName>,
}
