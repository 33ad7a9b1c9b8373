//! The reminders before something starts: when each is due, and which of them are worth sending. Each is useful until the next
//! one, the last until the start.

use chrono::TimeDelta;
use contract::time::{Instant, Zones};

use super::{quiet::Nights, subject::Start};
use crate::policy::Before;

/// What must be left between a reminder that waited for the morning and the start, so that there is time to set out.
const TIME_TO_SET_OUT: TimeDelta = TimeDelta::hours(1);

/// When a reminder before the start is sent, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead<W> {
    pub(super) of: W,
    pub(super) due_at: Instant,
    pub(super) expires_at: Instant,
}

/// When somebody learnt of it as it is now.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told {
    /// By a notice, sent (or to be sent) at this moment.
    ByNotice(Instant),
    /// They answered at this moment, so they know.
    ByAnswering(Instant),
}

/// The reminders before the start, soonest first.
pub(super) fn leads<W>(
    wanted: impl IntoIterator<Item = (W, Before)>,
    start: Start<'_>,
    nights: &Nights<'_>,
    told: Option<Told>,
    zones: &Zones,
    now: Instant,
) -> Vec<Lead<W>> {
    let mut wanted: Vec<(W, Before)> = wanted.into_iter().collect();
    wanted.sort_by_key(|(_, before)| before.nominal_hours());
    // From the start backwards: what comes later decides until when each is useful, and whether it is needed at all.
    let mut next = start.at;
    let mut leads = Vec::new();
    for (of, before) in wanted {
        let Some(planned) = moment(start, before, nights, zones, told.map(Told::at)) else { continue };
        // Several that are late meet here: the first to be looked at, the latest, stands for them all.
        let due_at = if planned < now { awake(nights, now) } else { planned };
        if due_at < next && !told.is_some_and(|told| told.covers(before, planned, nights)) {
            leads.push(Lead { of, due_at, expires_at: next });
            next = due_at;
        }
    }
    leads.reverse();
    leads
}

impl Told {
    fn at(self) -> Instant {
        match self {
            Self::ByNotice(at) | Self::ByAnswering(at) => at,
        }
    }

    /// Whether a reminder at `due_at` would say nothing new. A notice stands for every reminder in days on its own day, and for
    /// one in hours that would follow within the hour; nobody wants both.
    fn covers(self, before: Before, due_at: Instant, nights: &Nights<'_>) -> bool {
        match (self, before) {
            (Self::ByAnswering(at), _) => due_at <= at,
            (Self::ByNotice(at), Before::Days(_)) => due_at <= at || nights.same_day(at, due_at),
            (Self::ByNotice(at), Before::Hours(_)) => due_at.since(at) < TIME_TO_SET_OUT,
        }
    }
}

/// The moment for a message so long before the start: on time, or, if that is at night, in the morning after. If that leaves
/// too little time, it is the evening before, unless the recipient only learnt of it later (`told`): then the morning after
/// all, if it is before the start. It does not depend on the present, so planning again later gives the same.
pub(super) fn moment(
    start: Start<'_>,
    before: Before,
    nights: &Nights<'_>,
    zones: &Zones,
    told: Option<Instant>,
) -> Option<Instant> {
    let exact = exactly(start, before, zones);
    let Some(night) = nights.at(exact) else { return Some(exact) };
    let half = TimeDelta::minutes(30) * i32::try_from(before.nominal_hours()).unwrap_or(i32::MAX);
    let (morning, evening) = (night.morning(), night.evening());
    if start.at.since(morning) >= TIME_TO_SET_OUT.min(half) {
        Some(morning)
    } else if told.is_none_or(|told| told < evening) {
        Some(evening)
    } else {
        (morning < start.at).then_some(morning)
    }
}

fn exactly(start: Start<'_>, before: Before, zones: &Zones) -> Instant {
    match before {
        Before::Days(days) => match zones.days_before(start.local, start.zone, days) {
            Ok(resolved) => resolved.instant,
            // The zone was known when the time was agreed on. An hour off is better than no reminder.
            Err(_) => start.at.saturating_sub(TimeDelta::days(days.into())),
        },
        Before::Hours(hours) => start.at.saturating_sub(TimeDelta::hours(hours.into())),
    }
}

/// This moment, or the end of the night that it falls in.
pub(super) fn awake(nights: &Nights<'_>, moment: Instant) -> Instant {
    nights.at(moment).map_or(moment, |night| night.morning())
}

/// The first moment from `moment` on at which a phone may ring: now, unless it is night. It may ring at night if the morning
/// would leave too little time before the deadline: a journey in vain is worse than a short night.
pub(super) fn waking(nights: &Nights<'_>, moment: Instant, deadline: Option<Instant>) -> Instant {
    let Some(night) = nights.at(moment) else { return moment };
    let cannot_wait =
        deadline.is_some_and(|end| end > moment && end.since(night.morning()) < TIME_TO_SET_OUT);
    if cannot_wait { moment } else { night.morning() }
}
