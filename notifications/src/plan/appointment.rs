//! Which reminders an appointment should have: those before its start, a notice of what has just happened to it, and what its
//! host should hear. Everything follows from the arguments, so planning again with the same ones changes nothing.

use chrono::TimeDelta;
use contract::{
    AppointmentState, PersonKind, ReminderPurpose, SubjectKind, TimeOrigin, Urgency,
    time::{Instant, Zones},
};

use super::{
    AppointmentEvent, AppointmentFacts, LastEvent, PlannedReminder, Recipient, ReminderFacts, ReminderKey,
    leads::{self, TIME_TO_SET_OUT, Told},
    occasion,
    quiet::Nights,
};
use crate::policy::{Before, ReminderPolicy};

/// A message that should go out within this time must not wait until the phone is awake anyway.
const PRESSING: TimeDelta = TimeDelta::hours(24);

/// The reminders that should exist for this appointment, in the order in which they are due.
///
/// Each is due at `now` or later and useless some time after. None is due in the recipient's quiet hours, except a notice
/// about an appointment so near that the morning would be too late. Zones that the zone data in use does not know (they were
/// checked when they came in) cost precision, never the reminder.
pub fn plan_appointment(
    facts: &AppointmentFacts,
    policy: &ReminderPolicy,
    zones: &Zones,
    now: Instant,
) -> Vec<PlannedReminder> {
    if !facts.is_accompanied {
        return Vec::new();
    }
    let nights = |home| Nights::new(policy.quiet_hours, home, &facts.zone, zones);
    let planner = Planner {
        facts,
        policy,
        zones,
        now,
        participant_nights: nights(&facts.participant_zone),
        host_nights: nights(&facts.host_zone),
    };
    let mut reminders: Vec<_> = [
        planner.notice(),
        planner.handed_over(),
        planner.centre_closed(),
        planner.unconfirmed(),
        planner.lapsed(),
    ]
    .into_iter()
    .flatten()
    .collect();
    reminders.extend(planner.leads());
    reminders.sort_by(|one, other| (one.due_at, &one.key).cmp(&(other.due_at, &other.key)));
    reminders
}

struct Planner<'a> {
    facts: &'a AppointmentFacts,
    policy: &'a ReminderPolicy,
    zones: &'a Zones,
    now: Instant,
    participant_nights: Nights<'a>,
    host_nights: Nights<'a>,
}

/// Who hears of an event, and how long that is worth anything.
struct Notice {
    to: PersonKind,
    expires_at: Instant,
    /// By when it must have been read to be of use; a notice that cannot wait for the morning then is sent at night.
    deadline: Option<Instant>,
}

impl Planner<'_> {
    fn leads(&self) -> Vec<PlannedReminder> {
        if self.facts.starts_at <= self.now {
            return Vec::new();
        }
        let lead_times = self.policy.lead_times(self.facts.kind);
        leads::leads(self.facts, lead_times, &self.participant_nights, self.told(), self.zones, self.now)
            .into_iter()
            .map(|lead| {
                let occasion = occasion::agreed(self.facts);
                self.reminder(PersonKind::Participant, lead.purpose, occasion, lead.due_at, lead.expires_at)
            })
            .collect()
    }

    /// When the participant learnt of the appointment as it is now, as far as the last event tells.
    fn told(&self) -> Option<Told> {
        let last = self.facts.last_event?;
        match last.event {
            AppointmentEvent::Answered => Some(Told::ByAnswering(last.at)),
            AppointmentEvent::Scheduled | AppointmentEvent::Moved => {
                let notice = self.notice_of(last)?;
                Some(Told::ByNotice(waking(&self.participant_nights, last.at, notice.deadline)))
            }
            AppointmentEvent::Proposed | AppointmentEvent::Cancelled | AppointmentEvent::Missed => None,
        }
    }

    /// The notice of the last event, unless it has become useless.
    fn notice(&self) -> Option<PlannedReminder> {
        let last = self.facts.last_event?;
        let notice = self.notice_of(last)?;
        // Whoever takes an appointment over hears of that, and not of what its former host was told.
        if notice.to == PersonKind::Staff && self.facts.handed_over_at.is_some_and(|at| at >= last.at) {
            return None;
        }
        let due_at = self.at_once(notice.to, last.at, notice.deadline);
        let occasion = occasion::happened(self.facts, last.at);
        let reminder = self.reminder(notice.to, last.event.purpose(), occasion, due_at, notice.expires_at);
        (due_at < notice.expires_at).then_some(reminder)
    }

    /// To the host: this appointment has become theirs. At night only if they could not know in time otherwise.
    fn handed_over(&self) -> Option<PlannedReminder> {
        let facts = self.facts;
        let at = facts.handed_over_at.filter(|_| facts.state.is_open())?;
        let due_at = self.at_once(PersonKind::Staff, at, Some(facts.starts_at));
        let purpose = ReminderPurpose::AppointmentHandedOver;
        let expires_at = facts.last_start();
        let reminder =
            self.reminder(PersonKind::Staff, purpose, occasion::handed_over(at), due_at, expires_at);
        (due_at < expires_at).then_some(reminder)
    }

    /// To the host: the centre is closed at its time from now on. Nothing has moved, so somebody must decide.
    fn centre_closed(&self) -> Option<PlannedReminder> {
        let facts = self.facts;
        let at = facts.closed_at.filter(|_| facts.state.is_open() && !facts.is_offered())?;
        let due_at = self.at_once(PersonKind::Staff, at, Some(facts.starts_at));
        let (purpose, occasion) = (ReminderPurpose::AppointmentCentreClosed, occasion::happened(facts, at));
        let reminder = self.reminder(PersonKind::Staff, purpose, occasion, due_at, facts.starts_at);
        (due_at < facts.starts_at).then_some(reminder)
    }

    /// To the host: every time that was offered has passed. It must not stay open with nobody knowing.
    fn lapsed(&self) -> Option<PlannedReminder> {
        let facts = self.facts;
        let awaited = matches!(facts.state, AppointmentState::Proposed | AppointmentState::ChangeRequested);
        if !awaited || !facts.is_offered() || !self.policy.escalation(facts.kind).lapsed {
            return None;
        }
        let last = facts.last_start();
        let due_at = leads::awake(&self.host_nights, last.max(self.now));
        let expires_at = last.saturating_add(TimeDelta::days(self.policy.after_start_days.into()));
        let purpose = ReminderPurpose::AppointmentLapsed;
        let reminder = self.reminder(PersonKind::Staff, purpose, occasion::agreed(facts), due_at, expires_at);
        (due_at < expires_at).then_some(reminder)
    }

    /// When to tell somebody of what happened at `at`: then, or as soon as it may ring from now on.
    fn at_once(&self, to: PersonKind, at: Instant, deadline: Option<Instant>) -> Instant {
        let nights = self.nights_of(to);
        let first = waking(nights, at, deadline);
        if first < self.now { waking(nights, self.now, deadline) } else { first }
    }

    /// Who hears of this event. Nobody, if the policy says so or if the appointment is past it.
    fn notice_of(&self, last: LastEvent) -> Option<Notice> {
        let (facts, state) = (self.facts, self.facts.state);
        let notices = self.policy.notices(facts.kind);
        let escalation = self.policy.escalation(facts.kind);
        let start = facts.last_start();
        let afterwards = last.at.saturating_add(TimeDelta::days(self.policy.after_start_days.into()));
        match last.event {
            AppointmentEvent::Scheduled if notices.scheduled && state.is_open() => {
                Some(Notice { to: PersonKind::Participant, expires_at: start, deadline: Some(start) })
            }
            AppointmentEvent::Proposed if notices.proposed && state == AppointmentState::Proposed => {
                Some(Notice { to: PersonKind::Participant, expires_at: start, deadline: Some(start) })
            }
            AppointmentEvent::Moved if notices.moved && state.is_open() => {
                let former = last.former_start.filter(|former| *former > last.at);
                let deadline = former.map_or(start, |former| former.min(start));
                Some(Notice { to: PersonKind::Participant, expires_at: start, deadline: Some(deadline) })
            }
            AppointmentEvent::Cancelled if notices.cancelled && state == AppointmentState::Cancelled => {
                let expires_at = if last.at < start { start } else { afterwards };
                // Nobody sets out for a time that they have not chosen.
                let deadline = (!facts.is_offered()).then_some(start);
                Some(Notice { to: PersonKind::Participant, expires_at, deadline })
            }
            AppointmentEvent::Answered if escalation.answered => match state {
                AppointmentState::Confirmed => {
                    Some(Notice { to: PersonKind::Staff, expires_at: start, deadline: None })
                }
                AppointmentState::Scheduled if facts.time_origin == TimeOrigin::Chosen => {
                    Some(Notice { to: PersonKind::Staff, expires_at: start, deadline: Some(start) })
                }
                AppointmentState::Declined | AppointmentState::ChangeRequested => {
                    Some(Notice { to: PersonKind::Staff, expires_at: start, deadline: Some(start) })
                }
                _ => None,
            },
            AppointmentEvent::Missed if escalation.missed && state == AppointmentState::NoShow => {
                Some(Notice { to: PersonKind::Staff, expires_at: afterwards, deadline: None })
            }
            _ => None,
        }
    }

    /// To the host: nobody has confirmed, or chosen one of the times that are offered, and the first comes near. Not if
    /// something happened after it was due: the host knows from that.
    fn unconfirmed(&self) -> Option<PlannedReminder> {
        let (facts, now) = (self.facts, self.now);
        let awaited = match facts.state {
            AppointmentState::Proposed | AppointmentState::ChangeRequested => true,
            // Choosing a time was a yes.
            AppointmentState::Scheduled => facts.time_origin != TimeOrigin::Chosen,
            _ => false,
        };
        let hours = self.policy.escalation(facts.kind).unconfirmed_hours.filter(|_| awaited)?;
        let known = facts.last_event.map(|last| last.at);
        let planned = leads::moment(facts, Before::Hours(hours), &self.host_nights, self.zones, known)?;
        if known.is_some_and(|known| planned <= known) {
            return None;
        }
        let due_at = if planned < now { leads::awake(&self.host_nights, now) } else { planned };
        let occasion = occasion::agreed(facts);
        let purpose = ReminderPurpose::AppointmentUnconfirmed;
        let expires_at = facts.last_start();
        let reminder = self.reminder(PersonKind::Staff, purpose, occasion, due_at, expires_at);
        (due_at < expires_at).then_some(reminder)
    }

    fn nights_of(&self, person: PersonKind) -> &Nights<'_> {
        match person {
            PersonKind::Participant => &self.participant_nights,
            PersonKind::Staff => &self.host_nights,
        }
    }

    fn reminder(
        &self,
        to: PersonKind,
        purpose: ReminderPurpose,
        occasion: String,
        due_at: Instant,
        expires_at: Instant,
    ) -> PlannedReminder {
        let facts = self.facts;
        let id = match to {
            PersonKind::Participant => facts.participant_id.0,
            PersonKind::Staff => facts.host_id.0,
        };
        PlannedReminder {
            key: ReminderKey {
                recipient: Recipient { kind: to, id },
                subject_kind: SubjectKind::Appointment,
                subject_id: facts.id.0,
                purpose,
                occasion,
            },
            centre_id: facts.centre_id,
            participant_id: facts.participant_id,
            facts: ReminderFacts {
                purpose,
                subject_kind: SubjectKind::Appointment,
                subject_id: facts.id.0,
                state: Some(facts.state),
                local_start: facts.local_start,
                zone: facts.zone.clone(),
                time_origin: facts.time_origin,
                place_kind: Some(facts.place_kind),
            },
            urgency: self.urgency(purpose, due_at),
            due_at,
            expires_at,
        }
    }

    fn urgency(&self, purpose: ReminderPurpose, due_at: Instant) -> Urgency {
        let good_news = purpose == ReminderPurpose::AppointmentAnswered
            && self.facts.state == AppointmentState::Confirmed;
        if good_news {
            return Urgency::Low;
        }
        let former = self
            .facts
            .last_event
            .filter(|last| last.event.purpose() == purpose)
            .and_then(|last| last.former_start);
        let ahead = |start: Instant| start > due_at && start.since(due_at) <= PRESSING;
        if ahead(self.facts.starts_at) || former.is_some_and(ahead) { Urgency::High } else { Urgency::Normal }
    }
}

/// The first moment from `moment` on at which a phone may ring: now, unless it is night. It may ring at night if the morning
/// would leave too little time before the deadline: a journey in vain is worse than a short night.
fn waking(nights: &Nights<'_>, moment: Instant, deadline: Option<Instant>) -> Instant {
    let Some(night) = nights.at(moment) else { return moment };
    let cannot_wait =
        deadline.is_some_and(|end| end > moment && end.since(night.morning()) < TIME_TO_SET_OUT);
    if cannot_wait { moment } else { night.morning() }
}
