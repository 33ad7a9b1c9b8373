//! The requests of one connection that are being answered, and how fast their answers are taken. Answers have a least rate, as
//! bodies of requests have: what nobody takes is memory of ours that somebody else holds.

use crate::limits::Limits;
use std::{collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// The running requests.
#[derive(Default)]
pub struct Exchanges {
    running: BTreeMap<u64, Exchange>,
    next: u64,
}

struct Exchange {
    /// When its head had arrived.
    began: Instant,
    answer: Option<Answer>,
}

/// An answer that is being taken.
struct Answer {
    began: Instant,
    /// When a part of it was last taken.
    last: Instant,
    taken: u64,
}

impl Exchanges {
    /// One more; its number.
    pub fn begin(&mut self, now: Instant) -> u64 {
        let number = self.next;
        self.next += 1;
        self.running.insert(number, Exchange { began: now, answer: None });
        number
    }

    /// Its answer is ready to be taken.
    pub fn answer(&mut self, number: u64, now: Instant) {
        if let Some(exchange) = self.running.get_mut(&number) {
            exchange.answer = Some(Answer { began: now, last: now, taken: 0 });
        }
    }

    /// So many bytes more of its answer were taken.
    pub fn taken(&mut self, number: u64, bytes: usize, now: Instant) {
        if let Some(answer) = self.running.get_mut(&number).and_then(|exchange| exchange.answer.as_mut()) {
            answer.taken += u64::try_from(bytes).unwrap_or(u64::MAX);
            answer.last = now;
        }
    }

    /// It is over.
    pub fn end(&mut self, number: u64) {
        self.running.remove(&number);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Until when something must have happened to one of them; `None` if there is none.
    pub fn deadline(&self, limits: &Limits) -> Option<Instant> {
        self.running.values().map(|exchange| exchange.deadline(limits)).min()
    }
}

impl Exchange {
    fn deadline(&self, limits: &Limits) -> Instant {
        let whole = self.began + limits.exchange;
        let Some(answer) = &self.answer else { return whole };
        let earned = Duration::from_secs_f64(answer.taken as f64 / f64::from(limits.body_rate.max(1)));
        whole.min(answer.began + limits.body_grace + earned).min(answer.last + limits.answer_pause)
    }
}
