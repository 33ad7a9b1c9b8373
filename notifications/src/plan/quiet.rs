//! The nights of one person: stretches of time in which their phone should not ring. They are laid out on the person's own wall
//! clock and compared as instants, so that a night in which clocks change is as long as it really is.

use chrono::TimeDelta;
use contract::time::{Instant, ZoneName, Zones};

use crate::policy::QuietHours;

/// How long before a night begins a reminder is sent that was moved back to the evening: a first retry still comes in time.
const EVENING_MARGIN: TimeDelta = TimeDelta::minutes(15);

/// The nights of one person.
pub(super) struct Nights<'a> {
    hours: Option<QuietHours>,
    zone: &'a ZoneName,
    zones: &'a Zones,
}

/// One night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Night {
    begins: Instant,
    ends: Instant,
}

impl Night {
    /// The first moment of the morning.
    pub(super) fn morning(self) -> Instant {
        self.ends
    }

    /// A moment of the evening before.
    pub(super) fn evening(self) -> Instant {
        self.begins.saturating_sub(EVENING_MARGIN)
    }
}

impl<'a> Nights<'a> {
    /// The nights of somebody who lives in `home`. If the zone data in use does not know that zone (it did when the zone was
    /// entered), the zone of the subject is the best guess.
    pub(super) fn new(
        hours: Option<QuietHours>,
        home: &'a ZoneName,
        guess: &'a ZoneName,
        zones: &'a Zones,
    ) -> Self {
        let known = zones.offset(Instant::MIN, home).is_ok();
        Self { hours, zone: if known { home } else { guess }, zones }
    }

    /// The night that this moment falls in.
    pub(super) fn at(&self, moment: Instant) -> Option<Night> {
        let hours = self.hours?;
        let today = self.zones.to_local(moment, self.zone).ok()?.date();
        let evenings = [today.pred_opt(), Some(today)];
        evenings.into_iter().flatten().find_map(|evening| {
            let morning = if hours.passes_midnight() { evening.succ_opt()? } else { evening };
            let resolve = |local: chrono::NaiveDateTime| {
                let local = contract::time::LocalDateTime::from_chrono(local)?;
                Some(self.zones.resolve(local, self.zone).ok()?.instant)
            };
            let night = Night {
                begins: resolve(evening.and_time(hours.from))?,
                ends: resolve(morning.and_time(hours.until))?,
            };
            (night.begins <= moment && moment < night.ends).then_some(night)
        })
    }

    /// Whether two moments fall on the same day of this person's calendar.
    pub(super) fn same_day(&self, one: Instant, other: Instant) -> bool {
        let day = |moment| self.zones.to_local(moment, self.zone).map(|local| local.date()).ok();
        day(one) == day(other)
    }
}
