//! What callers get.

use crate::app::timeline::Moment;
use contract::{
    StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Something that happened with a participant, or lies ahead.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "at": "2026-11-23T10:00:00Z",
    "kind": "appointment",
    "id": "01936f6e-4d00-7000-8000-000000000004",
    "event": "confirmed",
    "staff_id": "01936f6e-4d00-7000-8000-000000000002",
    "local_at": "2026-11-23T10:00:00",
    "zone": "Africa/Casablanca"
}))]
pub struct TimelineEntry {
    /// When. The list is sorted by it, the latest first.
    pub at: Instant,
    /// What kind of thing it is about, as in a pull: `appointment`, `visit`. More may come.
    pub kind: String,
    /// Which one.
    pub id: Uuid,
    /// What it was, in a word of that kind: the state of an appointment, how somebody was met, where the file stands since, a stage of a
    /// placement (with `_refused` or `_withdrawn` if it came to nothing), a milestone that was held.
    pub event: String,
    /// Who did it, or with whom it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_id: Option<StaffId>,
    /// The same time on the wall, where it was agreed on or read there. Show it as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_at: Option<LocalDateTime>,
    /// Whose wall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneName>,
}

impl From<Moment> for TimelineEntry {
    fn from(moment: Moment) -> Self {
        let (local_at, zone) = moment.local.unzip();
        Self {
            at: moment.at,
            kind: moment.kind.word.to_owned(),
            id: moment.id,
            event: moment.event,
            staff_id: moment.staff,
            local_at,
            zone,
        }
    }
}
