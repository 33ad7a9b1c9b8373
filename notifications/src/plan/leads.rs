//! The reminders before an appointment: when each is due, and which of them are worth sending. Each is useful until the next
//! one, the last until the start.

use chrono::TimeDelta;
use contract::{
    AppointmentState, ReminderPurpose, TimeOrigin,
    time::{Instant, Zones},
};

use super::{AppointmentFacts, quiet::Nights};
use crate::policy::{Before, LeadTime};

/// What must be left between a reminder that waited for the morning and the start, so that there is time to set out.
pub(super) const TIME_TO_SET_OUT: TimeDelta = TimeDelta::hours(1);

/// When a reminder before the start is sent, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) purpose: ReminderPurpose,
    pub(super) due_at: Instant,
    pub(super) expires_at: Instant,
}

/// When the participant learnt of the appointment as it is now.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told {
    /// By a notice, sent (or to be sent) at this moment.
    ByNotice(Instant),
    /// They answered at this moment, so they know.
    ByAnswering(Instant),
}

/// The reminders before the start, soonest first.
pub(super) fn leads(
    facts: &AppointmentFacts,
    lead_times: &[LeadTime],
    nights: &Nights<'_>,
    told: Option<Told>,
    zones: &Zones,
    now: Instant,
) -> Vec<Lead> {
    let mut applicable: Vec<&LeadTime> = lead_times.iter().filter(|lead| applies(lead, facts)).collect();
    applicable.sort_by_key(|lead| lead.before.nominal_hours());
    // From the start backwards: what comes later decides until when each is useful, and whether it is needed at all.
    let mut next = facts.starts_at;
    let mut leads = Vec::new();
    for lead in applicable {
        let Some(planned) = moment(facts, lead.before, nights, zones, told.map(Told::at)) else { continue };
        // Several that are late meet here: the first to be looked at, the latest, stands for them all.
        let due_at = if planned < now { awake(nights, now) } else { planned };
        if due_at < next && !told.is_some_and(|told| told.covers(lead.before, planned, nights)) {
            leads.push(Lead { purpose: lead.purpose, due_at, expires_at: next });
            next = due_at;
        }
    }
    leads.reverse();
    leads
}

/// Somebody who asked for another time has an appointment until it is moved, but need not be asked again and again; nor need
/// somebody who chose the time. While several times are offered there is nothing to be reminded of.
fn applies(lead: &LeadTime, facts: &AppointmentFacts) -> bool {
    match facts.state {
        _ if facts.is_offered() => false,
        AppointmentState::Scheduled => facts.time_origin != TimeOrigin::Chosen || lead.once_confirmed,
        AppointmentState::Confirmed | AppointmentState::ChangeRequested => lead.once_confirmed,
        AppointmentState::Proposed
        | AppointmentState::Declined
        | AppointmentState::Cancelled
        | AppointmentState::Attended
        | AppointmentState::NoShow
        | AppointmentState::Excused => false,
    }
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
    facts: &AppointmentFacts,
    before: Before,
    nights: &Nights<'_>,
    zones: &Zones,
    told: Option<Instant>,
) -> Option<Instant> {
    let exact = exactly(facts, before, zones);
    let Some(night) = nights.at(exact) else { return Some(exact) };
    let half = TimeDelta::minutes(30) * i32::try_from(before.nominal_hours()).unwrap_or(i32::MAX);
    let (morning, evening) = (night.morning(), night.evening());
    if facts.starts_at.since(morning) >= TIME_TO_SET_OUT.min(half) {
        Some(morning)
    } else if told.is_none_or(|told| told < evening) {
        Some(evening)
    } else {
        (morning < facts.starts_at).then_some(morning)
    }
}

fn exactly(facts: &AppointmentFacts, before: Before, zones: &Zones) -> Instant {
    match before {
        Before::Days(days) => match zones.days_before(facts.local_start, &facts.zone, days) {
            Ok(resolved) => resolved.instant,
            // The zone was known when the appointment was made. An hour off is better than no reminder.
            Err(_) => facts.starts_at.saturating_sub(TimeDelta::days(days.into())),
        },
        Before::Hours(hours) => facts.starts_at.saturating_sub(TimeDelta::hours(hours.into())),
    }
}

/// This moment, or the end of the night that it falls in.
pub(super) fn awake(nights: &Nights<'_>, moment: Instant) -> Instant {
    nights.at(moment).map_or(moment, |night| night.morning())
}
