//! What callers send.

use super::words::{OutageCause, OutageId};
use contract::{
    CentreId,
    time::{LocalDateTime, ZoneName},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// A time in which nobody could reach the service.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "cause": "power",
    "local_starts": "2026-11-20T14:00",
    "local_ends": "2026-11-20T20:30"
}))]
pub struct NewOutage {
    /// Chosen by the caller, so that sending twice makes one; else the service chooses.
    pub id: Option<OutageId>,
    /// Where. A manager's own centre, if absent or named; absent from an administrator: everywhere.
    pub centre_id: Option<CentreId>,
    /// Why.
    pub cause: OutageCause,
    /// From when, on the wall.
    pub local_starts: LocalDateTime,
    /// Until before when. It must be over.
    pub local_ends: LocalDateTime,
    /// Whose wall that is; if absent, that of the centre, and of one's own if it was everywhere.
    pub zone: Option<ZoneName>,
}
