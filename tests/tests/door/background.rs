//! Whether the service says that it is ready while what it does without being asked does not go on.

use super::House;
use contract::time::{Clock, ManualClock};
use kernel::supervise::Supervisor;
use muwakaba::limits::Limits;
use std::sync::Arc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

#[tokio::test]
async fn a_task_that_panics_again_and_again_makes_the_service_unready() {
    let house = House::with(Limits::default()).await;
    let clock = ManualClock::new(house.app.now());
    let supervisor = Supervisor {
        tasks: TaskTracker::new(),
        stop: CancellationToken::new(),
        clock: Arc::new(clock.clone()),
        health: house.app.app.background.clone(),
    };
    assert!(house.ask("GET", "/readyz", "").await.starts_with("HTTP/1.1 204"));
    supervisor.keep("unlucky", || async { panic!("unlucky") });
    let mut ready = true;
    while ready {
        // Whoever waits for the clock gets what they wait for.
        if let Some(next) = clock.next_wake() {
            clock.set(next);
        }
        ready = house.ask("GET", "/readyz", "").await.starts_with("HTTP/1.1 204");
    }
    assert!(clock.now() > house.app.now(), "not before it was begun anew");
    super::assert_problem(&house.ask("GET", "/readyz", "").await, "503", "unavailable");
    assert!(house.ask("GET", "/healthz", "").await.starts_with("HTTP/1.1 204"), "the process is up");
    supervisor.stop.cancel();
}
