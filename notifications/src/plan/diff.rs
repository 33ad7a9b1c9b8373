//! What to change so that the reminders that exist become those that should. What was sent stays as it is and is not sent
//! again; what is no longer wanted is superseded, also when a dispatcher has it in hand: it looks before it sends. One device
//! may have taken what another still waits for: that is recalled as soon as it is not wanted, or does not say what it should.

use std::collections::{BTreeMap, BTreeSet};

use contract::{ReminderId, ReminderState, time::Instant};

use super::{ExistingReminder, PlannedReminder, ReminderFacts, ReminderKey};

/// What to change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// Reminders to add, in the order in which they were wanted.
    pub insert: Vec<PlannedReminder>,
    /// Reminders that must no longer be sent.
    pub supersede: Vec<ReminderId>,
    /// Reminders that a device took and no other must be sent any more. They keep their states.
    pub recall: Vec<ReminderId>,
    /// Reminders to change in place.
    pub reschedule: Vec<Reschedule>,
    /// Reminders that are right as they are, or settled.
    pub keep: Vec<ReminderId>,
}

/// A change of a reminder that has not been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reschedule {
    /// Which one.
    pub id: ReminderId,
    /// When to send it. Of a reminder that is being sent it is what it was: its lease must not be taken away, so the store
    /// moves `ready_at` only while the state is `planned`.
    pub due_at: Instant,
    /// From when it is useless.
    pub expires_at: Instant,
    /// What its text is made from.
    pub facts: ReminderFacts,
}

impl Diff {
    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.insert.is_empty()
            && self.supersede.is_empty()
            && self.recall.is_empty()
            && self.reschedule.is_empty()
    }
}

/// What an existing reminder means for its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// It was sent, or every device has given up on it: the key is used up. A failed one is a task for somebody, not to be
    /// tried again each time the subject changes.
    Done,
    /// A dispatcher has it in hand.
    InHand,
    /// It waits.
    Waiting,
    /// It was never sent and never will be: the key is free.
    Dead,
}

impl From<ReminderState> for Standing {
    fn from(state: ReminderState) -> Self {
        match state {
            ReminderState::Sent | ReminderState::Seen | ReminderState::Acted | ReminderState::Failed => {
                Self::Done
            }
            ReminderState::Sending => Self::InHand,
            ReminderState::Planned => Self::Waiting,
            ReminderState::Superseded | ReminderState::Expired => Self::Dead,
        }
    }
}

/// Compares what exists about one subject with what is wanted. After the change each wanted key exists exactly once (sent,
/// or still to be sent), and comparing again finds nothing to do. Should two live reminders have one key, one of them goes.
pub fn diff(existing: &[ExistingReminder], wanted: &[PlannedReminder]) -> Diff {
    // For each key the reminder that stands for it: what was sent before what is in hand, before what waits.
    let mut standing: BTreeMap<&ReminderKey, (Standing, ReminderId)> = BTreeMap::new();
    for reminder in existing {
        let claim = (Standing::from(reminder.state), reminder.id);
        if claim.0 != Standing::Dead {
            standing.entry(&reminder.key).and_modify(|best| *best = claim.min(*best)).or_insert(claim);
        }
    }
    let mut by_key: BTreeMap<&ReminderKey, &PlannedReminder> = BTreeMap::new();
    for reminder in wanted {
        by_key.entry(&reminder.key).or_insert(reminder);
    }

    let mut diff = Diff::default();
    for reminder in existing {
        if is_to_recall(reminder, by_key.get(&reminder.key).copied()) {
            diff.recall.push(reminder.id);
        }
        let stands = standing.get(&reminder.key).is_some_and(|(_, id)| *id == reminder.id);
        match (Standing::from(reminder.state), by_key.get(&reminder.key)) {
            (Standing::Done | Standing::Dead, _) => diff.keep.push(reminder.id),
            (standing @ (Standing::InHand | Standing::Waiting), Some(wanted)) if stands => {
                match change(reminder, standing, wanted) {
                    Some(change) => diff.reschedule.push(change),
                    None => diff.keep.push(reminder.id),
                }
            }
            (Standing::InHand | Standing::Waiting, _) => diff.supersede.push(reminder.id),
        }
    }
    let mut inserted = BTreeSet::new();
    let missing = wanted
        .iter()
        .filter(|reminder| !standing.contains_key(&reminder.key) && inserted.insert(&reminder.key));
    diff.insert = missing.cloned().collect();
    diff
}

/// Whether another device that still waits for this one would be told what is no longer so. Its text is the one that was sent:
/// whoever has it on one device must not find another version of it on the other.
fn is_to_recall(existing: &ExistingReminder, wanted: Option<&PlannedReminder>) -> bool {
    let was_sent = matches!(existing.state, ReminderState::Sent | ReminderState::Seen | ReminderState::Acted);
    was_sent && !existing.is_closed && wanted.is_none_or(|wanted| wanted.facts != existing.facts)
}

fn change(existing: &ExistingReminder, standing: Standing, wanted: &PlannedReminder) -> Option<Reschedule> {
    let due_at = if standing == Standing::InHand { existing.due_at } else { wanted.due_at };
    let same =
        (due_at, wanted.expires_at, &wanted.facts) == (existing.due_at, existing.expires_at, &existing.facts);
    let change =
        Reschedule { id: existing.id, due_at, expires_at: wanted.expires_at, facts: wanted.facts.clone() };
    (!same).then_some(change)
}
