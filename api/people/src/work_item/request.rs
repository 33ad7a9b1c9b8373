//! What callers send.

use super::words::{DismissalReason, SnoozeReason};
use contract::{ParticipantId, StaffId};
use kernel::page::list_query;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Whom somebody asks to see to it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"staff_id": "01936f6e-4d00-7000-8000-000000000002"}))]
pub struct WorkItemHandOver {
    /// Somebody who accompanies the participant, or a manager of their centre.
    pub staff_id: StaffId,
}

/// Why nothing is to be done.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "handled_otherwise"}))]
pub struct Dismissal {
    /// Why.
    pub reason: DismissalReason,
}

/// For how long it is put out of sight.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"days": 3}))]
pub struct Snooze {
    /// One of the item's `snoozable_days`; it is back on the morning of that day.
    #[schema(minimum = 1, maximum = 14)]
    #[validate(range(min = 1, max = 14))]
    pub days: u32,
    /// Why; required beyond a week.
    pub reason: Option<SnoozeReason>,
}

list_query! {
    /// Which work items to list.
    #[derive(Debug)]
    pub struct Filter {
        /// Those of this staff member instead of one's own. For managers, of their centre.
        pub staff_id: Option<StaffId>,
        /// Those about this participant, whosever they are.
        pub participant_id: Option<ParticipantId>,
        /// Whether those that are out of sight for now are shown as well. Not if left out.
        pub snoozed: Option<bool>,
    }
}
