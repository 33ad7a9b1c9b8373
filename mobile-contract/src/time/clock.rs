//! Where the time comes from. Everything that needs to know what time it is takes a [`Clock`], so that a test or the
//! demonstration can run a week in a moment and see exactly the same behaviour as a real week.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use chrono::TimeDelta;

use super::Instant;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> Instant;

    /// How to wait until this clock shows `at`. The caller brings the timer of its own runtime.
    fn delay_until(&self, at: Instant) -> Delay {
        Delay::Sleep(self.now().until(at))
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Instant {
        (**self).now()
    }

    fn delay_until(&self, at: Instant) -> Delay {
        (**self).delay_until(at)
    }
}

/// How to wait for a clock.
#[derive(Debug)]
pub enum Delay {
    /// Real time passes: sleep this long, then look at the clock again.
    Sleep(Duration),
    /// Time passes when somebody moves the clock: await this.
    Manual(ManualDelay),
}

/// The system's clock. Only `main` makes one.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
    fn now(&self) -> Instant {
        // A machine whose clock stands before 1970 or after 9999 gets the nearest instant there is.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant::clamped(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is moved, for tests and for the demonstration. Clones share the same time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    now: Instant,
    next_waiter: u64,
    waiters: Vec<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    id: u64,
    at: Instant,
    waker: Waker,
}

impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: Instant) -> Self {
        Self { shared: Arc::new(Mutex::new(Shared { now, next_waiter: 0, waiters: Vec::new() })) }
    }

    /// Sets the clock, forwards or backwards, and wakes those whose moment has come.
    pub fn set(&self, now: Instant) {
        self.change(|_| now);
    }

    /// Moves the clock forward (backward if `by` is negative), wakes those whose moment has come, and tells the new time.
    pub fn advance(&self, by: TimeDelta) -> Instant {
        self.change(|now| now.saturating_add(by))
    }

    /// The earliest moment somebody waits for: the time to set the clock to if nothing else is to be missed.
    pub fn next_wake(&self) -> Option<Instant> {
        self.lock().waiters.iter().map(|waiter| waiter.at).min()
    }

    fn change(&self, to: impl FnOnce(Instant) -> Instant) -> Instant {
        let mut shared = self.lock();
        let now = to(shared.now);
        shared.now = now;
        let due: Vec<Waiter> = shared.waiters.extract_if(.., |waiter| waiter.at <= now).collect();
        // Wakers run foreign code, which may look at this clock.
        drop(shared);
        for waiter in due {
            waiter.waker.wake();
        }
        now
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // No code of ours panics with the lock held, and the state is whole between any two statements.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        self.lock().now
    }

    fn delay_until(&self, at: Instant) -> Delay {
        Delay::Manual(ManualDelay { clock: self.clone(), at, id: None })
    }
}

/// Completes when its [`ManualClock`] shows the moment or a later one.
#[derive(Debug)]
#[must_use = "nothing waits until it is awaited"]
pub struct ManualDelay {
    clock: ManualClock,
    at: Instant,
    id: Option<u64>,
}

impl Future for ManualDelay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let delay = &mut *self;
        let mut shared = delay.clock.lock();
        if shared.now >= delay.at {
            return Poll::Ready(());
        }
        let known = delay.id.and_then(|id| shared.waiters.iter_mut().find(|waiter| waiter.id == id));
        if let Some(waiter) = known {
            waiter.waker.clone_from(context.waker());
        } else {
            let id = shared.next_waiter;
            shared.next_waiter += 1;
            shared.waiters.push(Waiter { id, at: delay.at, waker: context.waker().clone() });
            delay.id = Some(id);
        }
        Poll::Pending
    }
}

impl Drop for ManualDelay {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.clock.lock().waiters.retain(|waiter| waiter.id != id);
        }
    }
}
