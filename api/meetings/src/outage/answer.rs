//! What callers get.

use super::{
    store::Row,
    words::{OutageCause, OutageId},
};
use contract::{
    CentreId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A time in which nobody could reach the service.
#[derive(Debug, Serialize, ToSchema)]
pub struct Outage {
    /// Its id.
    pub id: OutageId,
    /// Where; absent: everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centre_id: Option<CentreId>,
    /// Why.
    pub cause: OutageCause,
    /// From when, on the wall of its zone. Show it as it is.
    pub local_starts: LocalDateTime,
    /// Until before when.
    pub local_ends: LocalDateTime,
    /// Whose wall that is.
    pub zone: ZoneName,
    /// From when, as an instant.
    pub starts_at: Instant,
    /// Until before when.
    pub ends_at: Instant,
    /// When it was declared.
    pub declared_at: Instant,
    /// By whom; absent if it was at the command line of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_by: Option<StaffId>,
    /// When it was withdrawn as declared by mistake. Who had got time back by then keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<StaffId>,
    /// Counts its changes; the same as its ETag.
    pub version: i64,
}

impl From<&Row> for Outage {
    fn from(row: &Row) -> Self {
        Self {
            id: row.id,
            centre_id: row.centre_id,
            cause: row.cause,
            local_starts: row.local_starts,
            local_ends: row.local_ends,
            zone: row.zone.clone(),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            declared_at: row.declared_at,
            declared_by: row.declared_by,
            withdrawn_at: row.withdrawn_at,
            withdrawn_by: row.withdrawn_by,
            version: row.version,
        }
    }
}
