//! What callers get.

use super::{calendar::Calendar, rules, store::Row};
use crate::error::{Error, Result};
use contract::{
    CentreId, StaffRole,
    time::{Instant, ZoneName},
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An accompaniment centre.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-000000000009",
    "name": "Casablanca-Settat",
    "zone": "Africa/Casablanca",
    "calendar": {
        "hours": [{"weekday": "monday", "opens": "08:30", "closes": "16:30"}],
        "closed_days": [{"date": "2026-11-06", "label": "Green March", "every_year": true}],
        "ramadan": []
    },
    "version": 1,
    "created_at": "2026-11-23T10:00:00Z"
}))]
pub struct Centre {
    /// Its id.
    pub id: CentreId,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub zone: ZoneName,
    /// When it is open.
    pub calendar: Calendar,
    /// Where its reminders differ from the service's; absent if nowhere, and for everyone but managers and administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub reminder_policy: Option<Map<String, Value>>,
    /// Counts the changes; the same as in the ETag.
    pub version: i64,
    /// When it was registered.
    pub created_at: Instant,
}

impl Centre {
    /// The centre as this role may read it.
    pub fn seen_by(role: StaffRole, row: &Row) -> Result<Self> {
        let policy = row.reminder_policy.as_deref().filter(|_| rules::may_read_policy(role));
        Ok(Self {
            id: row.id,
            name: row.name.clone(),
            zone: row.zone.clone(),
            calendar: serde_json::from_str(&row.calendar).map_err(Error::internal)?,
            reminder_policy: policy.map(serde_json::from_str).transpose().map_err(Error::internal)?,
            version: row.version,
            created_at: row.created_at,
        })
    }
}
