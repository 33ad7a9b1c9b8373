//! What callers get.

use super::{PostingId, store::Row};
use crate::{App, opening_hours::calendar::CalendarDate};
use contract::{CentreId, StaffId, StaffRole, time::Instant};
use kernel::{
    error::{Error, Result},
    protect::{
        privacy::{Name, expose_in_answer},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// That a mentor or counsellor works at another centre as well.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-00000000000c",
    "staff_id": "01936f6e-4d00-7000-8000-000000000002",
    "staff_name": "Youssef Alaoui",
    "staff_role": "mentor",
    "centre_id": "01936f6e-4d00-7000-8000-00000000000b",
    "from": "2026-12-01",
    "until": "2027-02-28",
    "starts_at": "2026-12-01T00:00:00Z",
    "ends_at": "2027-03-01T00:00:00Z",
    "running": false,
    "version": 1
}))]
pub struct Posting {
    /// Its id.
    pub id: PostingId,
    /// Who is posted.
    pub staff_id: StaffId,
    /// Their name.
    #[serde(serialize_with = "expose_in_answer")]
    pub staff_name: Name,
    /// Their role today.
    pub staff_role: StaffRole,
    /// To which centre.
    pub centre_id: CentreId,
    /// The first day, on the calendar of that centre.
    pub from: CalendarDate,
    /// The last day; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<CalendarDate>,
    /// When the first day begins.
    pub starts_at: Instant,
    /// When the last day is over: the posting ends by itself then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Instant>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// Whether they work there now.
    pub running: bool,
    /// Counts the changes.
    pub version: i64,
}

impl Posting {
    /// A row as it stands at `now`, with the name opened.
    pub fn of(app: &App, row: &Row, now: Instant) -> Result<Self> {
        let key = app.keys.staff.key(row.staff_id.0, &row.data_key)?;
        let day = |text: &str| text.parse::<CalendarDate>().map_err(Error::internal);
        Ok(Self {
            id: row.id,
            staff_id: row.staff_id,
            staff_name: key
                .open_text(Field::new("staff", "name_sealed", row.staff_id.0), &row.name_sealed)?,
            staff_role: row.role,
            centre_id: row.centre_id,
            from: day(&row.from_day)?,
            until: row.until_day.as_deref().map(day).transpose()?,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            ended_at: row.ended_at.or(row.ends_at.filter(|ends| *ends <= now)),
            running: row.is_running(now),
            version: row.version,
        })
    }
}
