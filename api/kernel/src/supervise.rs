//! Keeps the work in the background going. A task that panics, or ends although nobody asked it to, is begun anew after a pause that
//! grows. From the third time in a row on the service is not ready: whoever watches it must hear of it, since reminders may not be
//! going out.

use chrono::TimeDelta;
use contract::time::{Clock, Delay, Instant};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The pause before a task is begun anew for the first time; doubled each time up to the second value.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// A task that has run for so long is well again.
const WELL_AFTER: TimeDelta = TimeDelta::minutes(5);
/// From so many ends in a row on, the service is not ready.
const TOO_MANY: u32 = 3;

/// How the tasks in the background are. Clones tell of the same ones.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Mutex<BTreeMap<&'static str, u32>>>);

impl Health {
    /// Whether none of them has ended again and again.
    pub fn is_good(&self) -> bool {
        self.lock().values().all(|ends| *ends < TOO_MANY)
    }

    /// One more end of this task; how many there have been in a row.
    fn ended(&self, name: &'static str) -> u32 {
        let mut ends = self.lock();
        let count = ends.entry(name).or_default();
        *count = count.saturating_add(1);
        *count
    }

    /// This task runs as it should.
    fn well(&self, name: &'static str) {
        self.lock().remove(name);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever keeps tasks going.
#[derive(Clone)]
pub struct Supervisor {
    /// All that runs, to be waited for at the end.
    pub tasks: TaskTracker,
    /// Tells everything to end.
    pub stop: CancellationToken,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How the tasks are.
    pub health: Health,
}

impl Supervisor {
    /// Keeps a task going until everything is told to end. `begin` makes it, each time it has to be begun.
    pub fn keep<W>(&self, name: &'static str, begin: impl Fn() -> W + Send + 'static)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let this = self.clone();
        self.tasks.spawn(async move {
            loop {
                let began = this.clock.now();
                this.see_through(name, began, begin()).await;
                if this.stop.is_cancelled() {
                    return;
                }
                let ends = this.health.ended(name);
                metrics::counter!("muwakaba_background_ends_total", "task" => name).increment(1);
                metrics::gauge!("muwakaba_background_ends_in_a_row", "task" => name).set(f64::from(ends));
                tracing::error!(task = name, ends, "a task in the background ended and is begun anew");
                let next = this.clock.now().saturating_add(pause(ends));
                tokio::select! {
                    () = this.stop.cancelled() => return,
                    () = until(this.clock.delay_until(next)) => {}
                }
            }
        });
    }

    /// Waits for the end of a task, and on the way notes that it is well.
    async fn see_through<W>(&self, name: &'static str, began: Instant, work: W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        // On a task of its own, which a panic ends and not this one. The panic's hook has logged it.
        let mut running = self.tasks.spawn(work);
        let well = until(self.clock.delay_until(began.saturating_add(WELL_AFTER)));
        tokio::select! {
            _ = &mut running => return,
            () = well => {
                self.health.well(name);
                metrics::gauge!("muwakaba_background_ends_in_a_row", "task" => name).set(0.0);
            }
        }
        let _ = running.await;
    }
}

fn pause(ends: u32) -> TimeDelta {
    let doubled = FIRST_PAUSE.checked_mul(1 << ends.saturating_sub(1).min(16)).unwrap_or(LONGEST_PAUSE);
    doubled.min(LONGEST_PAUSE)
}

/// Waits for a clock.
pub async fn until(delay: Delay) {
    match delay {
        Delay::Sleep(duration) => tokio::time::sleep(duration).await,
        Delay::Manual(moved) => moved.await,
    }
}

#[cfg(test)]
mod tests {
    use super::{Health, Supervisor, WELL_AFTER, pause};
    use chrono::TimeDelta;
    use contract::time::{Clock, ManualClock};
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };
    use tokio::sync::mpsc;
    use tokio_util::{sync::CancellationToken, task::TaskTracker};

    fn supervisor() -> (Supervisor, ManualClock) {
        let clock = ManualClock::new("2026-11-23T10:00:00Z".parse().unwrap());
        let supervisor = Supervisor {
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            clock: Arc::new(clock.clone()),
            health: Health::default(),
        };
        (supervisor, clock)
    }

    /// Lets everybody run until they wait for the clock, then moves it to the next moment that somebody waits for.
    async fn pass(clock: &ManualClock) {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        if let Some(next) = clock.next_wake() {
            clock.set(next);
        }
    }

    #[test]
    fn pauses_grow_to_a_minute() {
        let seconds: Vec<_> = (1..=9).map(|ends| pause(ends).num_seconds()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(pause(u32::MAX), TimeDelta::minutes(1));
    }

    #[tokio::test]
    async fn a_task_that_panics_is_begun_anew_and_told_of_from_the_third_time() {
        let (supervisor, clock) = supervisor();
        let (begun, mut beginnings) = mpsc::unbounded_channel();
        let times = Arc::new(AtomicU32::new(0));
        let counted = times.clone();
        supervisor.keep("unlucky", move || {
            let (begun, time) = (begun.clone(), counted.fetch_add(1, Ordering::SeqCst));
            async move {
                begun.send(time).unwrap();
                assert!(time >= 4, "unlucky");
                std::future::pending::<()>().await;
            }
        });
        let mut ready = Vec::new();
        let mut began = None;
        for time in 0..5 {
            began = Some(clock.now());
            while beginnings.try_recv() != Ok(time) {
                pass(&clock).await;
            }
            ready.push(supervisor.health.is_good());
        }
        assert_eq!(ready, [true, true, false, false, false]);
        while !supervisor.health.is_good() {
            pass(&clock).await;
        }
        assert!(clock.now() >= began.unwrap().saturating_add(WELL_AFTER), "it has run for a while");
        assert_eq!(times.load(Ordering::SeqCst), 5);
    }

    #[tokio::test]
    async fn a_task_that_is_told_to_end_is_not_begun_anew() {
        let (supervisor, _) = supervisor();
        let stop = supervisor.stop.clone();
        supervisor.keep("obedient", move || stop.clone().cancelled_owned());
        supervisor.stop.cancel();
        supervisor.tasks.close();
        supervisor.tasks.wait().await;
        assert!(supervisor.health.is_good());
    }
}
