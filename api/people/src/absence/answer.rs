//! What callers get.

use super::{AbsenceId, store::Row};
use crate::{App, opening_hours::calendar::CalendarDate};
use contract::{CentreId, StaffId, time::Instant};
use kernel::{
    error::{Error, Result},
    protect::{
        privacy::{Name, expose_in_answer},
        seal::Field,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// That a mentor or counsellor is away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-00000000000e",
    "staff_id": "01936f6e-4d00-7000-8000-000000000002",
    "staff_name": "Youssef Alaoui",
    "centre_id": "01936f6e-4d00-7000-8000-00000000000b",
    "stand_in_id": "01936f6e-4d00-7000-8000-000000000003",
    "from": "2026-12-21",
    "until": "2027-01-03",
    "starts_at": "2026-12-21T00:00:00Z",
    "ends_at": "2027-01-04T00:00:00Z",
    "running": false,
    "version": 1
}))]
pub struct Absence {
    /// Its id.
    pub id: AbsenceId,
    /// Who is away.
    pub staff_id: StaffId,
    /// Their name.
    #[serde(serialize_with = "expose_in_answer")]
    pub staff_name: Name,
    /// Their centre.
    pub centre_id: CentreId,
    /// Who stands in; absent if the managers do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stand_in_id: Option<StaffId>,
    /// The first day, on the calendar of their centre.
    pub from: CalendarDate,
    /// The last day.
    pub until: CalendarDate,
    /// When the first day begins: the stand-in takes over then.
    pub starts_at: Instant,
    /// When the last day is over: it ends by itself then.
    pub ends_at: Instant,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// Whether the stand-in has taken over, and it has not ended.
    pub running: bool,
    /// Counts the changes.
    pub version: i64,
}

impl Absence {
    /// A row with the name opened.
    pub fn of(app: &App, row: &Row) -> Result<Self> {
        let key = app.keys.staff.key(row.staff_id.0, &row.data_key)?;
        let day = |text: &str| text.parse::<CalendarDate>().map_err(Error::internal);
        Ok(Self {
            id: row.id,
            staff_id: row.staff_id,
            staff_name: key
                .open_text(Field::new("staff", "name_sealed", row.staff_id.0), &row.name_sealed)?,
            centre_id: row.centre_id,
            stand_in_id: row.stand_in_id,
            from: day(&row.from_day)?,
            until: day(&row.until_day)?,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            ended_at: row.ended_at,
            running: row.began_at.is_some() && row.ended_at.is_none(),
            version: row.version,
        })
    }
}
