//! Whether a reading stands in the audit log already. An app that asks for the same thing every few seconds, or a caller who loops
//! on purpose, would make a table grow that nothing may shrink, and bury in it what matters. So equal readings of one subject by
//! one person within a minute are one line: what that line says, that this person saw this then, holds for all of them.
//!
//! What was recorded lately is remembered in memory, and not asked of the log: asking cost more than the reading itself. On
//! several nodes there may be a line for each of them.

use crate::{access::Actor, audit::Audit};
use chrono::TimeDelta;
use contract::{ParticipantId, time::Instant};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use uuid::Uuid;

/// How far apart two readings are that are one line.
const ONE_READING: TimeDelta = TimeDelta::minutes(1);
/// How many are remembered in each of two generations.
const GENERATION: usize = 4_096;

/// What makes two readings equal: the person, what was read, and the details, since by which emergency access something was read
/// is a matter of its own. Of the log itself each page is another reading; it alone is compared without its length.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reading {
    actor: Uuid,
    action: (&'static str, &'static str),
    subject: Option<Uuid>,
    participant: Option<ParticipantId>,
    details: String,
}

impl Reading {
    /// What this line would say; `None` for a list of many: each is another reading.
    pub fn of(actor: &Actor, line: &Audit) -> Option<Self> {
        line.is_of_one_subject().then(|| Self {
            actor: actor.person(),
            action: line.action(),
            subject: line.subject(),
            participant: line.participant(),
            details: line.compared_details(),
        })
    }
}

/// The readings that were recorded lately.
#[derive(Debug, Default)]
pub struct Recorded(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Reading, Instant>,
    old: HashMap<Reading, Instant>,
}

impl Recorded {
    /// Whether an equal reading of the last minute stands in the log.
    pub fn stands(&self, reading: &Reading, now: Instant) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known.young.get(reading).or_else(|| known.old.get(reading));
        // A clock that was set back makes another line, not none.
        at.is_some_and(|at| now >= *at && now.since(*at) < ONE_READING)
    }

    /// Remembers a reading whose line is durable.
    pub fn remember(&self, reading: Reading, at: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.young.len() >= GENERATION {
            known.old = std::mem::take(&mut known.young);
        }
        known.young.insert(reading, at);
    }
}

#[cfg(test)]
mod tests {
    use super::{GENERATION, ONE_READING, Reading, Recorded};
    use contract::time::Instant;
    use uuid::Uuid;

    fn reading(number: u128) -> Reading {
        Reading {
            actor: Uuid::from_u128(number),
            action: ("participant", "read"),
            subject: None,
            participant: None,
            details: String::new(),
        }
    }

    #[test]
    fn a_reading_stands_for_a_minute() {
        let (recorded, at) = (Recorded::default(), Instant::from_seconds(1_000).expect("a time"));
        assert!(!recorded.stands(&reading(1), at));
        recorded.remember(reading(1), at);
        assert!(recorded.stands(&reading(1), at));
        assert!(!recorded.stands(&reading(2), at));
        assert!(!recorded.stands(&reading(1), at.saturating_add(ONE_READING)));
        assert!(!recorded.stands(&reading(1), at.saturating_sub(chrono::TimeDelta::seconds(1))));
    }

    #[test]
    fn memory_is_bounded_and_the_latest_are_known() {
        let (recorded, at) = (Recorded::default(), Instant::MIN);
        for number in 0..5 * GENERATION {
            recorded.remember(reading(u128::try_from(number).expect("a number")), at);
        }
        let known = recorded.0.lock().expect("not poisoned");
        assert!(known.young.len() + known.old.len() <= 2 * GENERATION);
        drop(known);
        assert!(recorded.stands(&reading(u128::try_from(5 * GENERATION - 1).expect("a number")), at));
    }
}
