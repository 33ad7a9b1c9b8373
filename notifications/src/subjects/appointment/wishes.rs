//! What an appointment wishes to have said: reminders before its start, a notice of what has just happened to it, and what its host
//! should hear.

use chrono::TimeDelta;
use contract::{
    AppointmentState, PersonKind, ReminderPurpose, SubjectKind, TimeOrigin, Urgency,
    time::{Instant, ZoneName},
};

use super::{AppointmentEvent, AppointmentFacts, LastEvent, LeadTime, TextFacts, occasion};
use crate::{
    plan::{
        Delivery, Recipient, ReminderFacts,
        subject::{About, Listener, Pressing, Start, Subject, When, Wish},
    },
    policy::{Before, ReminderPolicy},
    subjects::SubjectFacts,
};

impl Subject for AppointmentFacts {
    fn about(&self) -> About {
        About {
            kind: SubjectKind::Appointment,
            id: self.id.0,
            centre_id: self.centre_id,
            participant_id: self.participant_id,
        }
    }

    fn zone(&self) -> &ZoneName {
        &self.zone
    }

    fn wishes(&self, policy: &ReminderPolicy) -> Vec<Wish<'_>> {
        if !self.is_accompanied {
            return Vec::new();
        }
        let wishing = Wishing { facts: self, policy };
        let alone = [
            wishing.notice(),
            wishing.handed_over(),
            wishing.centre_closed(),
            wishing.unconfirmed(),
            wishing.lapsed(),
        ];
        alone.into_iter().flatten().chain(wishing.leads()).collect()
    }
}

struct Wishing<'a, 'p> {
    facts: &'a AppointmentFacts,
    policy: &'p ReminderPolicy,
}

/// Who hears of an event, and how long that is worth anything.
struct Notice {
    to: PersonKind,
    expires_at: Instant,
    /// By when it must have been read to be of use; a notice that cannot wait for the morning then is sent at night.
    deadline: Option<Instant>,
}

impl<'a> Wishing<'a, '_> {
    fn leads(&self) -> Vec<Wish<'a>> {
        let facts = self.facts;
        let answered = |last: &LastEvent| last.event == AppointmentEvent::Answered;
        let answered_at = facts.last_event.filter(answered).map(|last| last.at);
        let lead_times = self.policy.lead_times(facts.kind).iter().filter(|lead| self.applies(lead));
        lead_times
            .map(|lead| {
                let when = When::Lead { lead: lead.before, start: self.start(), answered_at };
                let occasion = occasion::agreed(facts);
                self.wish(PersonKind::Participant, lead.purpose(), occasion, when, facts.starts_at)
            })
            .collect()
    }

    /// Somebody who asked for another time has an appointment until it is moved, but need not be asked again and again; nor need
    /// somebody who chose the time. While several times are offered there is nothing to be reminded of.
    fn applies(&self, lead: &LeadTime) -> bool {
        let facts = self.facts;
        match facts.state {
            _ if facts.is_offered() => false,
            AppointmentState::Scheduled => facts.time_origin != TimeOrigin::Chosen || lead.once_confirmed,
            AppointmentState::Confirmed | AppointmentState::ChangeRequested => lead.once_confirmed,
            AppointmentState::Proposed
            | AppointmentState::Declined
            | AppointmentState::Cancelled
            | AppointmentState::TookPlace
            | AppointmentState::DidNotCome
            | AppointmentState::DidNotTakePlace => false,
        }
    }

    /// The notice of the last event.
    fn notice(&self) -> Option<Wish<'a>> {
        let last = self.facts.last_event?;
        let Notice { to, expires_at, deadline } = self.notice_of(last)?;
        // Whoever takes an appointment over hears of that, and not of what its former host was told.
        if to == PersonKind::Staff && self.facts.handed_over_at.is_some_and(|at| at >= last.at) {
            return None;
        }
        let covers_leads = matches!(last.event, AppointmentEvent::Scheduled | AppointmentEvent::Moved);
        let when = When::AtOnce { happened_at: last.at, deadline, covers_leads };
        let occasion = occasion::happened(self.facts, last.at);
        Some(self.wish(to, last.event.purpose(), occasion, when, expires_at))
    }

    /// To the host: this appointment has become theirs. At night only if they could not know in time otherwise.
    fn handed_over(&self) -> Option<Wish<'a>> {
        let facts = self.facts;
        let at = facts.handed_over_at.filter(|_| facts.state.is_open())?;
        let (purpose, occasion) = (ReminderPurpose::AppointmentHandedOver, occasion::handed_over(at));
        Some(self.to_host_at_once(purpose, occasion, at, facts.last_start()))
    }

    /// To the host: the centre is closed at its time from now on. Nothing has moved, so somebody must decide.
    fn centre_closed(&self) -> Option<Wish<'a>> {
        let facts = self.facts;
        let at = facts.closed_at.filter(|_| facts.state.is_open() && !facts.is_offered())?;
        let (purpose, occasion) = (ReminderPurpose::AppointmentCentreClosed, occasion::happened(facts, at));
        Some(self.to_host_at_once(purpose, occasion, at, facts.starts_at))
    }

    fn to_host_at_once(
        &self,
        purpose: ReminderPurpose,
        occasion: String,
        happened_at: Instant,
        expires_at: Instant,
    ) -> Wish<'a> {
        let when = When::AtOnce { happened_at, deadline: Some(self.facts.starts_at), covers_leads: false };
        self.wish(PersonKind::Staff, purpose, occasion, when, expires_at)
    }

    /// To the host: every time that was offered has passed. It must not stay open with nobody knowing.
    fn lapsed(&self) -> Option<Wish<'a>> {
        let facts = self.facts;
        let awaited = matches!(facts.state, AppointmentState::Proposed | AppointmentState::ChangeRequested);
        if !awaited || !facts.is_offered() || !self.policy.escalation(facts.kind).lapsed {
            return None;
        }
        let last = facts.last_start();
        let (purpose, occasion) = (ReminderPurpose::AppointmentLapsed, occasion::agreed(facts));
        Some(self.wish(PersonKind::Staff, purpose, occasion, When::From(last), self.afterwards(last)))
    }

    /// To the host: nobody has confirmed, or chosen one of the times that are offered, and the first comes near. Not if
    /// something happened after it was due: the host knows from that.
    fn unconfirmed(&self) -> Option<Wish<'a>> {
        let facts = self.facts;
        let awaited = match facts.state {
            AppointmentState::Proposed | AppointmentState::ChangeRequested => true,
            // Choosing a time was a yes.
            AppointmentState::Scheduled => facts.time_origin != TimeOrigin::Chosen,
            _ => false,
        };
        let hours = self.policy.escalation(facts.kind).unconfirmed_hours.filter(|_| awaited)?;
        let when = When::Before {
            lead: Before::Hours(hours),
            start: self.start(),
            news_at: facts.last_event.map(|last| last.at),
        };
        let (purpose, occasion) = (ReminderPurpose::AppointmentUnconfirmed, occasion::agreed(facts));
        Some(self.wish(PersonKind::Staff, purpose, occasion, when, facts.last_start()))
    }

    /// Who hears of this event. Nobody, if the policy says so or if the appointment is past it.
    fn notice_of(&self, last: LastEvent) -> Option<Notice> {
        let (facts, state) = (self.facts, self.facts.state);
        let notices = self.policy.notices(facts.kind);
        let escalation = self.policy.escalation(facts.kind);
        let start = facts.last_start();
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
                let expires_at = if last.at < start { start } else { self.afterwards(last.at) };
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
            AppointmentEvent::Missed if escalation.missed && facts.counts_as_absence => {
                Some(Notice { to: PersonKind::Staff, expires_at: self.afterwards(last.at), deadline: None })
            }
            _ => None,
        }
    }

    /// Until when something is worth telling that came after the start.
    fn afterwards(&self, at: Instant) -> Instant {
        at.saturating_add(TimeDelta::days(self.policy.after_start_days.into()))
    }

    fn start(&self) -> Start<'a> {
        let facts = self.facts;
        Start { local: facts.local_start, zone: &facts.zone, at: facts.starts_at }
    }

    fn listener(&self, person: PersonKind) -> Listener<'a> {
        let facts = self.facts;
        let (id, home) = match person {
            PersonKind::Participant => (facts.participant_id.0, &facts.participant_zone),
            PersonKind::Staff => (facts.host_id.0, &facts.host_zone),
        };
        Listener { recipient: Recipient { kind: person, id }, home }
    }

    fn wish(
        &self,
        to: PersonKind,
        purpose: ReminderPurpose,
        occasion: String,
        when: When<'a>,
        expires_at: Instant,
    ) -> Wish<'a> {
        let facts = self.facts;
        Wish {
            to: self.listener(to),
            purpose,
            occasion,
            when,
            expires_at,
            pressing: self.pressing(purpose),
            delivery: Delivery::Push,
            facts: ReminderFacts {
                purpose,
                subject_id: facts.id.0,
                local_start: facts.local_start,
                zone: facts.zone.clone(),
                about: SubjectFacts::Appointment(TextFacts {
                    state: facts.state,
                    time_origin: facts.time_origin,
                    place_kind: facts.place_kind,
                }),
            },
        }
    }

    fn pressing(&self, purpose: ReminderPurpose) -> Pressing {
        let facts = self.facts;
        let good_news =
            purpose == ReminderPurpose::AppointmentAnswered && facts.state == AppointmentState::Confirmed;
        if good_news {
            return Pressing::Always(Urgency::Low);
        }
        let tells = |last: &LastEvent| last.event.purpose() == purpose;
        let former_start = facts.last_event.filter(tells).and_then(|last| last.former_start);
        Pressing::IfNear([Some(facts.starts_at), former_start])
    }
}
