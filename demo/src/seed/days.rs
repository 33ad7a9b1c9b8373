//! The calendar behind the demonstration: days counted back from today, and the working hours of a centre on them.

use care::App;
use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta, Weekday};
use contract::time::{Instant, LocalDateTime, ZoneName, Zones};
use kernel::{Error, Result};
use std::sync::Arc;

/// The days before a present.
#[derive(Debug, Clone)]
pub struct Days {
    zones: Arc<Zones>,
    today: NaiveDate,
}

impl Days {
    /// Those before this one.
    pub fn before(app: &App, now: Instant) -> Result<Self> {
        let today = app.zones.to_local(now, &ZoneName::CASABLANCA).map_err(Error::internal)?.date();
        Ok(Self { zones: app.zones.clone(), today })
    }

    /// The day that was so many days ago.
    pub fn ago(&self, days: i64) -> NaiveDate {
        self.today - TimeDelta::days(days)
    }

    /// The last day from Monday to Thursday, when a centre is open all day, that was so many days ago or earlier.
    pub fn working(&self, days: i64) -> NaiveDate {
        let mut day = self.ago(days);
        while matches!(day.weekday(), Weekday::Fri | Weekday::Sat | Weekday::Sun) {
            day -= TimeDelta::days(1);
        }
        day
    }

    /// So many days ago, counted from today.
    pub fn since(&self, day: NaiveDate) -> i64 {
        (self.today - day).num_days()
    }

    /// An hour of a day, on the wall.
    pub fn wall(day: NaiveDate, hour: u32, minute: u32) -> Result<LocalDateTime> {
        let time = NaiveTime::from_hms_opt(hour, minute, 0);
        let wall = time.and_then(|time| LocalDateTime::new(day, time));
        wall.ok_or_else(|| Error::internal("a time of the demonstration is none"))
    }

    /// The same as an instant.
    pub fn at(&self, wall: LocalDateTime) -> Result<Instant> {
        Ok(self.zones.resolve(wall, &ZoneName::CASABLANCA).map_err(Error::internal)?.instant)
    }

    /// An hour of the day that was so many days ago, as an instant.
    pub fn hour(&self, days_ago: i64, hour: u32) -> Result<Instant> {
        self.at(Self::wall(self.ago(days_ago), hour, 0)?)
    }
}
