//! When an appointment is: what was agreed on the wall, and what that comes to.

use super::hours::OpeningHours;
use crate::{
    App,
    opening_hours::{calendar::Calendar, rules::is_open},
};
use chrono::TimeDelta;
use contract::{
    ProblemCode,
    time::{Adjustment, Instant, LocalDateTime, ZoneName},
};
use kernel::error::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// How far ahead somebody may plan.
const HORIZON: TimeDelta = TimeDelta::days(731);

/// The time of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreedTime {
    /// Start on the wall.
    pub local_start: LocalDateTime,
    /// End on the wall.
    pub local_end: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// Start, derived.
    pub starts_at: Instant,
    /// End, derived.
    pub ends_at: Instant,
    /// Whether the start was taken as it stands.
    pub adjustment: Option<TimeAdjustment>,
}

/// What had to be done to a wall-clock time that does not happen exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeAdjustment {
    /// It does not exist, since clocks jump over it that day: it was moved forward by the jump.
    ShiftedForward,
    /// It happens twice, since clocks are set back that day: the first one was taken.
    FirstOfTwo,
}

/// Works out the instants of a time that somebody asks for.
pub fn agree(
    app: &App,
    local_start: LocalDateTime,
    zone: ZoneName,
    minutes: u16,
    now: Instant,
) -> Result<AgreedTime> {
    agree_at(app, "/local_start", local_start, zone, minutes, now)
}

/// As [`agree`], for a time that stands in another place of the request.
pub fn agree_at(
    app: &App,
    pointer: &str,
    local_start: LocalDateTime,
    zone: ZoneName,
    minutes: u16,
    now: Instant,
) -> Result<AgreedTime> {
    let unknown = |_| Error::field("/zone", "unknown_zone", "the zone data in use does not know this zone");
    let start = app.zones.resolve(local_start, &zone).map_err(unknown)?;
    if start.instant <= now {
        return Err(Error::field(pointer, "past", "must be in the future"));
    }
    if start.instant > now.saturating_add(HORIZON) {
        return Err(Error::field(pointer, "too_far", "must be within two years"));
    }
    let ends_at = start.instant.saturating_add(TimeDelta::minutes(i64::from(minutes)));
    let local_end = app.zones.to_local(ends_at, &zone).map_err(unknown)?;
    Ok(AgreedTime {
        local_start: start.local,
        local_end,
        zone,
        starts_at: start.instant,
        ends_at,
        adjustment: match start.adjustment {
            Adjustment::Exact => None,
            Adjustment::ShiftedForward { .. } => Some(TimeAdjustment::ShiftedForward),
            Adjustment::FirstOfTwo => Some(TimeAdjustment::FirstOfTwo),
        },
    })
}

/// Refuses a time at which the centre, whose opening hours these are, is closed. Somebody who has a reason puts it there all
/// the same; nothing is put there without one.
pub fn require_open(app: &App, hours: &OpeningHours, time: &AgreedTime) -> Result<()> {
    match closed_then(app, hours, time)? {
        Some(closed) => Err(Error::with_detail(ProblemCode::CentreClosed, closed)),
        None => Ok(()),
    }
}

/// Why the centre is closed at this time, if it is.
pub fn closed_then(app: &App, hours: &OpeningHours, time: &AgreedTime) -> Result<Option<String>> {
    let calendar: Calendar = serde_json::from_str(&hours.calendar).map_err(Error::internal)?;
    let on_the_wall = |instant| app.zones.to_local(instant, &hours.zone).map_err(Error::internal);
    let open = is_open(&calendar, on_the_wall(time.starts_at)?, on_the_wall(time.ends_at)?);
    Ok(open.err().map(|closed| closed.to_string()))
}
