//! Texts for many reminders at once. A centre's appointments share days, hours and languages, so most texts of a busy minute have
//! been written before; a small memory of them costs little and spares most of the work.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::NaiveDate;
use contract::{
    Language, ReminderPurpose,
    time::{Instant, LocalDateTime, ZoneName, Zones},
};

use super::{MessageText, clock::Clock, words};
use crate::{plan::ReminderFacts, subjects::SubjectFacts};

/// When this many texts are remembered, all are forgotten: days pass, and old ones do not come back.
const MOST: usize = 4_096;

/// Writes texts and remembers them. Shared between threads as it is.
#[derive(Debug, Default)]
pub struct Renderer {
    written: Mutex<HashMap<Inputs, Arc<MessageText>>>,
}

/// Everything that a text depends on. The zones only decide which day is today and whose clock is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Inputs {
    purpose: ReminderPurpose,
    about: SubjectFacts,
    local_start: LocalDateTime,
    today: NaiveDate,
    clock: Clock,
    language: Language,
}

impl Renderer {
    /// One that has written nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text for a reminder that is sent at `now`, the same as [`super::render`] gives.
    pub fn render(
        &self,
        facts: &ReminderFacts,
        language: Language,
        home: Option<&ZoneName>,
        now: Instant,
        zones: &Zones,
    ) -> Arc<MessageText> {
        let today = words::today(facts, now, zones);
        let clock = Clock::of(facts, home, zones);
        let inputs = Inputs {
            purpose: facts.purpose,
            about: facts.about,
            local_start: facts.local_start,
            today,
            clock,
            language,
        };
        if let Some(text) = self.written.lock().unwrap_or_else(PoisonError::into_inner).get(&inputs) {
            return Arc::clone(text);
        }
        let text = Arc::new(words::write(facts, language, clock, today));
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.len() >= MOST {
            written.clear();
        }
        written.insert(inputs, Arc::clone(&text));
        text
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
