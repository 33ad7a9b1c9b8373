//! What callers get.

use super::{
    make::{Figures, Open},
    store::{Companion, Row},
    words::DigestId,
};
use crate::{opening_hours::calendar::CalendarDate, work_item::WorkCause};
use chrono::Days;
use contract::{
    CentreId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use kernel::{
    Kernel,
    error::{Error, Result},
    protect::{
        privacy::{Name, expose_in_answer},
        seal::Field,
    },
};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// How much of one cause was open.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DigestCause {
    /// Which cause.
    pub cause: WorkCause,
    /// How many items were open.
    #[schema(minimum = 0)]
    pub open: i64,
    /// How many of them were overdue.
    #[schema(minimum = 0)]
    pub overdue: i64,
    /// How many of them had risen to the managers.
    #[schema(minimum = 0)]
    pub risen: i64,
}

/// What was to be done.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DigestWork {
    /// How many items were open.
    #[schema(minimum = 0)]
    pub open: i64,
    /// How many of them were overdue.
    #[schema(minimum = 0)]
    pub overdue: i64,
    /// How many of them had risen to the managers.
    #[schema(minimum = 0)]
    pub risen: i64,
    /// The same by cause, in the order of the contract.
    pub by_cause: Vec<DigestCause>,
    /// The list that shows them, as it stands when it is asked.
    #[schema(example = "/v1/work-items", max_length = 100)]
    pub list: String,
}

/// Whom nobody met or spoke to for too long.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DigestWithoutContact {
    /// How many.
    #[schema(minimum = 0)]
    pub people: i64,
    /// After how many days that was too long.
    #[schema(minimum = 1)]
    pub after_days: i64,
    /// The list that says who, as it stands when it is asked.
    #[schema(example = "/v1/contacts?days=30", max_length = 100)]
    pub list: String,
}

/// How many people somebody accompanied.
#[derive(Debug, Serialize, ToSchema)]
pub struct DigestCompanion {
    /// Who.
    pub staff_id: StaffId,
    /// Their name, as it is today.
    #[serde(serialize_with = "expose_in_answer")]
    pub staff_name: Name,
    /// How many. A person who is accompanied by two counts with both.
    #[schema(minimum = 0)]
    pub people: i64,
}

/// Whom the centre accompanied.
#[derive(Debug, Serialize, ToSchema)]
pub struct DigestCaseload {
    /// How many people.
    #[schema(minimum = 0)]
    pub accompanied: i64,
    /// How many of them nobody accompanied in person.
    #[schema(minimum = 0)]
    pub without_companion: i64,
    /// How many were registered in the week before.
    #[schema(minimum = 0)]
    pub registered: i64,
    /// How many closed files were opened again in it.
    #[schema(minimum = 0)]
    pub reopened: i64,
    /// How many files were closed in it.
    #[schema(minimum = 0)]
    pub closed: i64,
    /// Mentors and counsellors in the order of their names. Show them in it: this is no ranking.
    pub companions: Vec<DigestCompanion>,
}

/// The week of a centre in figures. It stays as it was made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936f6e-4d00-7000-8000-00000000002a",
    "centre_id": "01936f6e-4d00-7000-8000-00000000000b",
    "week": "2026-11-23",
    "zone": "Africa/Casablanca",
    "local_made": "2026-11-23T08:30:00",
    "made_at": "2026-11-23T08:30:00Z",
    "counted_from": "2026-11-16",
    "counted_until": "2026-11-22",
    "work": {
        "open": 4, "overdue": 1, "risen": 1,
        "by_cause": [{"cause": "check_in_missed", "open": 4, "overdue": 1, "risen": 1}],
        "list": "/v1/work-items"
    },
    "without_contact": {"people": 2, "after_days": 30, "list": "/v1/contacts?days=30"},
    "caseload": {
        "accompanied": 63, "without_companion": 2, "registered": 3, "reopened": 0, "closed": 1,
        "companions": [
            {"staff_id": "01936f6e-4d00-7000-8000-000000000002", "staff_name": "Youssef Alaoui", "people": 21}
        ]
    }
}))]
pub struct Digest {
    /// Its id.
    pub id: DigestId,
    /// Whose week.
    pub centre_id: CentreId,
    /// The Monday of the week in which it was made.
    pub week: CalendarDate,
    /// The zone of the centre, then.
    pub zone: ZoneName,
    /// When it was made, on the wall of the centre. Show it as it is: how much is open, is as of then.
    pub local_made: LocalDateTime,
    /// The same as an instant.
    pub made_at: Instant,
    /// The first day of the week before: what came and went is counted from then on.
    pub counted_from: CalendarDate,
    /// Its last day, included.
    pub counted_until: CalendarDate,
    /// What was to be done.
    pub work: DigestWork,
    /// Whom nobody met or spoke to for too long.
    pub without_contact: DigestWithoutContact,
    /// Whom the centre accompanied.
    pub caseload: DigestCaseload,
}

/// The figures of a row.
pub fn figures(row: &Row) -> Result<Figures> {
    serde_json::from_str(&row.figures).map_err(Error::internal)
}

/// Who is named in these rows.
pub fn named_in<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Result<Vec<Uuid>> {
    let mut ids = Vec::new();
    for row in rows {
        ids.extend(figures(row)?.companions.iter().map(|one| one.staff_id.0));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

impl Digest {
    /// A row, with the names of those who are counted in it.
    pub fn of(kernel: &Kernel, row: &Row, companions: &HashMap<Uuid, Companion>) -> Result<Self> {
        let figures = figures(row)?;
        let monday: CalendarDate = row.week.parse().map_err(Error::internal)?;
        let days_before = |days: u64| {
            let day = monday.to_chrono().checked_sub_days(Days::new(days));
            day.map(CalendarDate::from).ok_or_else(|| Error::internal("a week is out of range"))
        };
        let mut named = Vec::with_capacity(figures.companions.len());
        for one in &figures.companions {
            let Some(companion) = companions.get(&one.staff_id.0) else { continue };
            let key = kernel.keys.staff.key(one.staff_id.0, &companion.data_key)?;
            let field = Field::new("staff", "name_sealed", one.staff_id.0);
            let staff_name = key.open_text(field, &companion.name_sealed)?;
            named.push(DigestCompanion { staff_id: one.staff_id, staff_name, people: one.people });
        }
        named.sort_by_cached_key(|one: &DigestCompanion| (folded(&one.staff_name), one.staff_id));
        let by_cause: Vec<DigestCause> = figures.open.iter().filter_map(of_cause).collect();
        let sum = |of: fn(&Open) -> i64| figures.open.iter().map(of).sum::<i64>();
        Ok(Self {
            id: row.id,
            centre_id: row.centre_id,
            week: monday,
            zone: row.zone.clone(),
            local_made: row.local_made,
            made_at: row.made_at,
            counted_from: days_before(7)?,
            counted_until: days_before(1)?,
            work: DigestWork {
                open: sum(|one| one.open),
                overdue: sum(|one| one.overdue),
                risen: sum(|one| one.risen),
                by_cause,
                list: "/v1/work-items".to_owned(),
            },
            without_contact: DigestWithoutContact {
                people: figures.without_contact,
                after_days: figures.after_days,
                list: format!("/v1/contacts?days={}", figures.after_days),
            },
            caseload: DigestCaseload {
                accompanied: figures.accompanied,
                without_companion: figures.without_companion,
                registered: figures.registered,
                reopened: figures.reopened,
                closed: figures.closed,
                companions: named,
            },
        })
    }
}

/// What only a later version knows as a cause is part of the sums alone.
fn of_cause(open: &Open) -> Option<DigestCause> {
    let cause = open.cause.parse().ok()?;
    Some(DigestCause { cause, open: open.open, overdue: open.overdue, risen: open.risen })
}

/// A name as it is sorted: whether it is written large or small says nothing.
fn folded(name: &Name) -> String {
    name.expose().to_lowercase()
}
