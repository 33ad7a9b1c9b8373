//! From what a subject wishes to have said to the reminders that should exist: nights, what stands for what, urgency, keys and order,
//! once for every kind of subject. Everything follows from the arguments, so planning again with the same ones changes nothing.

use chrono::TimeDelta;
use contract::{
    Urgency,
    time::{Instant, Zones},
};

use super::{
    PlannedReminder, Recipient, ReminderKey,
    leads::{Lead, Told, awake, leads, moment, waking},
    quiet::Nights,
    subject::{About, Listener, Pressing, Subject, When, Wish},
};
use crate::policy::ReminderPolicy;

/// A message that should go out within this time must not wait until the phone is awake anyway.
const PRESSING: TimeDelta = TimeDelta::hours(24);

/// The reminders that should exist for this subject, in the order in which they are due.
///
/// Each is due at `now` or later and useless some time after. None is due in the recipient's quiet hours, except a notice
/// about something so near that the morning would be too late, and what is to ring at once. Zones that the zone data in use does not
/// know (they were checked when they came in) cost precision, never the reminder.
pub fn plan(
    subject: &impl Subject,
    policy: &ReminderPolicy,
    zones: &Zones,
    now: Instant,
) -> Vec<PlannedReminder> {
    let wishes = subject.wishes(policy);
    let planner = Planner { subject, policy, zones, now };
    let about = subject.about();
    let mut reminders = Vec::new();
    for wish in &wishes {
        if let Some(due_at) = planner.alone(wish).filter(|due_at| *due_at < wish.expires_at) {
            reminders.push(reminder(&about, wish, due_at, wish.expires_at));
        }
    }
    let mut listeners: Vec<Recipient> = wishes.iter().filter(is_lead).map(|wish| wish.to.recipient).collect();
    listeners.sort();
    listeners.dedup();
    for listener in listeners {
        for (wish, due_at, expires_at) in planner.leads_of(listener, &wishes) {
            reminders.push(reminder(&about, wish, due_at, expires_at));
        }
    }
    reminders.sort_by(|one, other| (one.due_at, &one.key).cmp(&(other.due_at, &other.key)));
    reminders
}

fn is_lead(wish: &&Wish<'_>) -> bool {
    matches!(wish.when, When::Lead { .. })
}

struct Planner<'a, S> {
    subject: &'a S,
    policy: &'a ReminderPolicy,
    zones: &'a Zones,
    now: Instant,
}

impl<'a, S: Subject> Planner<'a, S> {
    fn nights(&self, of: Listener<'a>) -> Nights<'a> {
        Nights::new(self.policy.quiet_hours, of.home, self.subject.zone(), self.zones)
    }

    /// When something is due that stands alone.
    fn alone(&self, wish: &Wish<'a>) -> Option<Instant> {
        let now = self.now;
        match wish.when {
            When::Then(at) => Some(at.max(now)),
            When::AtOnce { happened_at, deadline, .. } => {
                let nights = self.nights(wish.to);
                let first = waking(&nights, happened_at, deadline);
                Some(if first < now { waking(&nights, now, deadline) } else { first })
            }
            When::From(at) => Some(awake(&self.nights(wish.to), at.max(now))),
            When::Before { lead, start, news_at } => {
                let nights = self.nights(wish.to);
                let planned = moment(start, lead, &nights, self.zones, news_at)?;
                if news_at.is_some_and(|news_at| planned <= news_at) {
                    return None;
                }
                Some(if planned < now { awake(&nights, now) } else { planned })
            }
            When::Lead { .. } => None,
        }
    }

    /// The reminders of one person before the start.
    fn leads_of<'w>(
        &self,
        listener: Recipient,
        wishes: &'w [Wish<'a>],
    ) -> Vec<(&'w Wish<'a>, Instant, Instant)> {
        let own = wishes.iter().filter(|wish| wish.to.recipient == listener);
        let ahead: Vec<_> = own
            .clone()
            .filter_map(|wish| match wish.when {
                When::Lead { lead, start, answered_at } if start.at > self.now => {
                    Some((wish, lead, start, answered_at))
                }
                _ => None,
            })
            .collect();
        let Some((first, _, start, answered_at)) = ahead.first().copied() else { return Vec::new() };
        let nights = self.nights(first.to);
        let told = answered_at.map(Told::ByAnswering).or_else(|| {
            own.filter_map(|wish| match wish.when {
                When::AtOnce { happened_at, deadline, covers_leads: true } => {
                    Some(Told::ByNotice(waking(&nights, happened_at, deadline)))
                }
                _ => None,
            })
            .next()
        });
        let before = ahead.iter().map(|(wish, lead, ..)| (*wish, *lead));
        leads(before, start, &nights, told, self.zones, self.now)
            .into_iter()
            .map(|Lead { of, due_at, expires_at }| (of, due_at, expires_at))
            .collect()
    }
}

fn reminder(about: &About, wish: &Wish<'_>, due_at: Instant, expires_at: Instant) -> PlannedReminder {
    PlannedReminder {
        key: ReminderKey {
            recipient: wish.to.recipient,
            subject_kind: about.kind,
            subject_id: about.id,
            purpose: wish.purpose,
            occasion: wish.occasion.clone(),
        },
        centre_id: about.centre_id,
        participant_id: about.participant_id,
        facts: wish.facts.clone(),
        urgency: urgency(wish.pressing, due_at),
        delivery: wish.delivery,
        due_at,
        expires_at,
    }
}

fn urgency(pressing: Pressing, due_at: Instant) -> Urgency {
    match pressing {
        Pressing::Always(urgency) => urgency,
        Pressing::IfNear(moments) => {
            let is_near = |moment: Instant| moment > due_at && moment.since(due_at) <= PRESSING;
            if moments.into_iter().flatten().any(is_near) { Urgency::High } else { Urgency::Normal }
        }
    }
}
