//! Waiting on a clock that somebody else moves.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use chrono::TimeDelta;

use super::at;
use crate::time::{Clock, Delay, Instant, ManualClock, ManualDelay, SystemClock};

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn delay(clock: &dyn Clock, until: Instant) -> ManualDelay {
    match clock.delay_until(until) {
        Delay::Manual(delay) => delay,
        Delay::Sleep(_) => panic!("a manual clock does not sleep"),
    }
}

fn poll(delay: &mut ManualDelay, woken: &Arc<Woken>) -> Poll<()> {
    Pin::new(delay).poll(&mut Context::from_waker(&Waker::from(woken.clone())))
}

#[test]
fn the_clock_moves_only_by_hand_and_for_all_its_clones() {
    let clock = ManualClock::new(at("2026-12-01T10:00:00Z"));
    let clone: Arc<dyn Clock> = Arc::new(clock.clone());
    assert_eq!(clock.advance(TimeDelta::minutes(5)), at("2026-12-01T10:05:00Z"));
    assert_eq!(clone.now(), at("2026-12-01T10:05:00Z"));
    clock.set(at("2026-11-01T00:00:00Z"));
    assert_eq!(clone.now(), at("2026-11-01T00:00:00Z"));
}

#[test]
fn a_delay_wakes_at_its_moment_and_not_before() {
    let clock = ManualClock::new(at("2026-12-01T10:00:00Z"));
    let (woken, later_woken) = (Arc::new(Woken::default()), Arc::new(Woken::default()));
    let mut first = delay(&clock, at("2026-12-01T10:05:00Z"));
    let mut second = delay(&clock, at("2026-12-01T11:00:00Z"));
    assert_eq!(clock.next_wake(), None);
    assert!(poll(&mut second, &later_woken).is_pending());
    assert!(poll(&mut first, &woken).is_pending());
    assert!(poll(&mut first, &woken).is_pending());
    assert_eq!(clock.next_wake(), Some(at("2026-12-01T10:05:00Z")));
    clock.advance(TimeDelta::minutes(4));
    assert_eq!(woken.0.load(Ordering::SeqCst), 0);
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(woken.0.load(Ordering::SeqCst), 1, "one waker, though polled twice");
    assert!(poll(&mut first, &woken).is_ready());
    assert_eq!(later_woken.0.load(Ordering::SeqCst), 0);
    assert_eq!(clock.next_wake(), Some(at("2026-12-01T11:00:00Z")));
    drop(second);
    assert_eq!(clock.next_wake(), None, "nobody waits any more");
}

#[test]
fn a_delay_survives_being_woken_and_set_back_before_it_looks() {
    let clock = ManualClock::new(at("2026-12-01T10:00:00Z"));
    let woken = Arc::new(Woken::default());
    let mut waiting = delay(&clock, at("2026-12-01T10:05:00Z"));
    assert!(poll(&mut waiting, &woken).is_pending());
    clock.set(at("2026-12-01T10:05:00Z"));
    clock.set(at("2026-12-01T10:00:00Z"));
    assert!(poll(&mut waiting, &woken).is_pending());
    clock.set(at("2026-12-01T10:06:00Z"));
    assert_eq!(woken.0.load(Ordering::SeqCst), 2);
    assert!(poll(&mut waiting, &woken).is_ready());
}

#[test]
fn a_moment_that_has_passed_needs_no_waiting() {
    let clock = ManualClock::new(at("2026-12-01T10:00:00Z"));
    let mut waiting = delay(&clock, at("2026-12-01T10:00:00Z"));
    assert!(poll(&mut waiting, &Arc::default()).is_ready());
    assert!(matches!(SystemClock.delay_until(Instant::MIN), Delay::Sleep(Duration::ZERO)));
}

#[test]
fn the_system_clock_tells_a_time_of_our_days() {
    let now = SystemClock.now();
    assert!(now > at("2026-01-01T00:00:00Z") && now < at("2200-01-01T00:00:00Z"), "{now}");
    assert!(SystemClock.now() >= now);
}
