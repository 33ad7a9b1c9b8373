//! What callers get.

use super::{rules, store::Row};
use crate::{
    appointment::closing::Ahead,
    calling::{self, EmergencyPhone},
    opening_hours::calendar::Calendar,
};
use contract::{
    AppointmentId, CentreId, ParticipantId, StaffId, StaffRole,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::error::{Error, Result};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How many appointments one answer names.
const MOST_TOLD: usize = 200;

/// An appointment at a time when its centre is closed from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentWhenClosed {
    /// Which.
    pub id: AppointmentId,
    /// Who comes; not told to administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant_id: Option<ParticipantId>,
    /// Whom they come to.
    pub host_id: StaffId,
    /// When it starts.
    pub starts_at: Instant,
    /// When it starts, as agreed on.
    pub local_start: LocalDateTime,
    /// Whose wall that is.
    pub zone: ZoneName,
}

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
    "phone": "+212522000000",
    "emergency_phones": [{"service": "rescue", "number": "15"}, {"service": "police", "number": "19"}],
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
    /// Where people who need somebody call it while it is open; absent if nowhere yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "+212522000000")]
    pub phone: Option<String>,
    /// Whom they call at any hour.
    #[schema(max_items = 10)]
    pub emergency_phones: Vec<EmergencyPhone>,
    /// After how many days without contact somebody is to be looked for, if it is not as the service has it; for those who see
    /// `reminder_policy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 7, maximum = 365)]
    pub no_contact_days: Option<i64>,
    /// In the answer to a change of the calendar: the appointments, the next ones first and 200 at most, for which the centre was open
    /// and no longer is. They stand as they were agreed on, and each host gets a notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub appointments_when_closed: Option<Vec<AppointmentWhenClosed>>,
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
            phone: row.phone.clone(),
            emergency_phones: calling::of_centre(row.emergency_phones.as_deref())?,
            no_contact_days: row.no_contact_days.filter(|_| rules::may_read_policy(role)),
            appointments_when_closed: None,
            version: row.version,
            created_at: row.created_at,
        })
    }

    /// With the appointments at whose time it is closed from now on. Who comes to them is nothing for an administrator.
    #[must_use]
    pub fn closed_over(self, role: StaffRole, closed: &[Ahead]) -> Self {
        let seen = |ahead: &Ahead| AppointmentWhenClosed {
            id: ahead.id,
            participant_id: (role == StaffRole::Manager).then_some(ahead.participant_id),
            host_id: ahead.host_id,
            starts_at: ahead.starts_at,
            local_start: ahead.local_start,
            zone: ahead.zone.clone(),
        };
        let told: Vec<_> = closed.iter().take(MOST_TOLD).map(seen).collect();
        Self { appointments_when_closed: (!told.is_empty()).then_some(told), ..self }
    }
}
