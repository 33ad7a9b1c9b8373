//! Where the lanes and the rounds meet: claimed reminders go one way, results come back the other.
//!
//! What has no place at its push service is put aside here too (`origins.rs`).
//!
//! Both sides leave things and go on; nobody is woken for a single result. Waking a task on another processor costs about as
//! much as all other bookkeeping of a reminder, so the rounds are woken for a batch, or when the lanes run dry.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant as Tick;

use super::origins::{Entry, Freed, Origins, Visit};
use crate::outbox::{Attempted, Claimed, Due, Lease};

/// What a lane is to do.
#[derive(Debug)]
pub(super) enum Errand {
    /// Find out how the recipients of these are reached, and hand them on.
    Address(Unaddressed),
    /// Bring this to its devices.
    Bring(Claimed),
}

/// Reminders that were claimed together.
#[derive(Debug)]
pub(super) struct Unaddressed {
    pub(super) due: Vec<Due>,
    pub(super) lease: Lease,
}

impl Errand {
    /// How many claims hang on it.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Address(unaddressed) => unaddressed.due.len(),
            Self::Bring(_) => 1,
        }
    }
}

/// What a lane tells about one claim.
pub(super) enum Report {
    /// Settle it.
    Attempted(Attempted),
    /// It was not tried, and there is nothing to write: it is held by somebody else, or soon will be.
    Dropped,
}

pub(super) struct Exchange {
    waiting: Mutex<VecDeque<Errand>>,
    work: Notify,
    closed: AtomicBool,
    origins: Mutex<Origins>,
    results: Mutex<Results>,
    news: Notify,
    /// Handed to the lanes and not yet reported.
    under_way: AtomicUsize,
    batch: usize,
}

#[derive(Default)]
struct Results {
    attempted: Vec<Attempted>,
    dropped: usize,
    since: Option<Tick>,
}

impl Exchange {
    pub(super) fn new(batch: usize, lanes: usize) -> Self {
        Self {
            origins: Mutex::new(Origins::new(lanes)),
            waiting: Mutex::default(),
            work: Notify::new(),
            closed: AtomicBool::new(false),
            results: Mutex::default(),
            news: Notify::new(),
            under_way: AtomicUsize::new(0),
            batch: batch.max(1),
        }
    }

    /// While at most this many are under way, there is room for another batch. Fewer, and the lanes run dry while the next is
    /// claimed.
    pub(super) const fn low_water(batch: usize) -> usize {
        batch
    }

    pub(super) fn has_room(&self) -> bool {
        self.under_way() <= Self::low_water(self.batch)
    }

    pub(super) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Acquire)
    }

    /// Hands what was claimed to the lanes, of which there are `lanes`.
    pub(super) fn hand_out(&self, unaddressed: Option<Unaddressed>, claimed: Vec<Claimed>, lanes: usize) {
        let errand = unaddressed.map(Errand::Address);
        let count = claimed.len() + errand.as_ref().map_or(0, Errand::len);
        self.under_way.fetch_add(count, Ordering::AcqRel);
        if let Some(errand) = errand {
            // First, so that those that are addressed are there when the lanes have brought what waits now.
            lock(&self.waiting).push_front(errand);
            self.work.notify_one();
        }
        self.hand_on(claimed, lanes);
    }

    /// Hands on what is under way already.
    pub(super) fn hand_on(&self, claimed: Vec<Claimed>, lanes: usize) {
        let wakes = claimed.len().min(lanes);
        lock(&self.waiting).extend(claimed.into_iter().map(Errand::Bring));
        for _ in 0..wakes {
            self.work.notify_one();
        }
    }

    /// Takes the places that a claim needs. Where there is one, another lane may look for what else waits: this one may be gone
    /// for seconds.
    pub(super) fn enter(&self, claimed: Claimed) -> Entry {
        let entry = lock(&self.origins).enter(claimed, Tick::now());
        if matches!(entry, Entry::Go(_)) && !lock(&self.waiting).is_empty() {
            self.work.notify_one();
        }
        entry
    }

    /// Gives the places of a visit back; what to bring next, if something was put aside.
    pub(super) fn leave(&self, visit: &Visit, answered: bool) -> Option<Claimed> {
        let Freed { next, more } = lock(&self.origins).leave(visit, answered, Tick::now());
        if !more.is_empty() {
            let wakes = more.len();
            self.hand_on(more, wakes);
        }
        next
    }

    /// Whether anything is put aside.
    pub(super) fn has_parked(&self) -> bool {
        lock(&self.origins).has_parked()
    }

    /// What was put aside and must not wait there any longer (or all of it), and how long it is to stay away.
    pub(super) fn sweep(&self, everything: bool) -> Vec<(Claimed, Duration)> {
        lock(&self.origins).sweep(Tick::now(), everything)
    }

    /// The next errand for a lane; `None` once the exchange is closed and empty.
    pub(super) async fn take(&self) -> Option<Errand> {
        loop {
            if let Some(errand) = lock(&self.waiting).pop_front() {
                return Some(errand);
            }
            let woken = self.work.notified();
            tokio::pin!(woken);
            // From here on no wake is missed, so what came before is looked for once more.
            woken.as_mut().enable();
            if let Some(errand) = lock(&self.waiting).pop_front() {
                return Some(errand);
            }
            if self.closed.load(Ordering::Acquire) {
                return None;
            }
            woken.await;
        }
    }

    /// Lets the lanes go once nothing is waiting.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.work.notify_waiters();
    }

    /// Takes in what came of one claim.
    pub(super) fn report(&self, report: Report) {
        let collected = {
            let mut results = lock(&self.results);
            match report {
                Report::Attempted(attempted) => results.attempted.push(attempted),
                Report::Dropped => results.dropped += 1,
            }
            results.since.get_or_insert_with(Tick::now);
            results.attempted.len() + results.dropped
        };
        self.one_less(collected);
    }

    /// Claims that nobody will report.
    pub(super) fn lose(&self, count: usize) {
        for _ in 0..count {
            self.one_less(0);
        }
    }

    fn one_less(&self, collected: usize) {
        let left = self.under_way.fetch_sub(1, Ordering::AcqRel).saturating_sub(1);
        if collected == 1 || collected == self.batch || left == Self::low_water(self.batch) || left == 0 {
            self.news.notify_one();
        }
    }

    /// Moves the results to `attempted`; how many were dropped, and since when the oldest waited.
    pub(super) fn collect(&self, attempted: &mut Vec<Attempted>) -> (usize, Option<Tick>) {
        let mut results = lock(&self.results);
        attempted.append(&mut results.attempted);
        (std::mem::take(&mut results.dropped), results.since.take())
    }

    /// Something changed that the rounds may care about.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one of these locks, and what they guard is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
