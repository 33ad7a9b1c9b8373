//! What callers send.

use super::PostingId;
use crate::opening_hours::calendar::CalendarDate;
use contract::{CentreId, StaffId};
use kernel::page::list_query;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A new posting.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "centre_id": "01936f6e-4d00-7000-8000-00000000000b",
    "from": "2026-12-01",
    "until": "2027-02-28"
}))]
pub struct NewPosting {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<PostingId>,
    /// To which centre: another one than their own. Its id comes from its manager.
    pub centre_id: CentreId,
    /// The first day, on the calendar of that centre: today or later.
    pub from: CalendarDate,
    /// The last day; until somebody ends it if absent.
    pub until: Option<CalendarDate>,
}

/// How a posting ends before its time.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"appointments_to": "01936f6e-4d00-7000-8000-000000000002"}))]
pub struct PostingEnd {
    /// Who takes over the open appointments of that centre that lie ahead of them: somebody who receives people there. Needed if
    /// there are any.
    pub appointments_to: Option<StaffId>,
}

list_query! {
    /// Which postings to list.
    #[derive(Debug)]
    pub struct Filter {
        /// Of this staff member.
        pub staff_id: Option<StaffId>,
        /// To this centre.
        pub centre_id: Option<CentreId>,
    }
}
