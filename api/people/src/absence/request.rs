//! What callers send.

use super::AbsenceId;
use crate::opening_hours::calendar::CalendarDate;
use contract::StaffId;
use kernel::page::list_query;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A new absence.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "from": "2026-12-21",
    "until": "2027-01-03",
    "stand_in_id": "01936f6e-4d00-7000-8000-000000000003"
}))]
pub struct NewAbsence {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<AbsenceId>,
    /// The first day, on the calendar of their centre: today or later.
    pub from: CalendarDate,
    /// The last day.
    pub until: CalendarDate,
    /// Who stands in: an active mentor or counsellor of the same centre, or posted to it, who is there on all of these days. The managers if
    /// left out.
    pub stand_in_id: Option<StaffId>,
}

list_query! {
    /// Which absences to list.
    #[derive(Debug)]
    pub struct Filter {
        /// Of this staff member.
        pub staff_id: Option<StaffId>,
        /// In which this one stands in.
        pub stand_in_id: Option<StaffId>,
    }
}
