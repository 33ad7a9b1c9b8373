//! The dispatcher as a task: it wakes, sleeps and stops.

use std::time::Duration;

use contract::ReminderState;
use contract::time::Clock;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::courier::Scripted;
use crate::on_both_databases;
use crate::world::{World, minutes, seconds};

on_both_databases!(
    a_signal_wakes_it,
    the_clock_wakes_it,
    stopping_finishes_what_is_on_its_way_and_gives_back_the_rest,
);

/// Waits until the dispatcher sleeps, which it does by waiting for the clock.
async fn asleep(world: &World) {
    let sleeping = async {
        while world.clock.next_wake().is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), sleeping)
        .await
        .expect("the dispatcher sleeps within a minute");
}

async fn a_signal_wakes_it(world: &World) {
    let (stop, courier) = (CancellationToken::new(), Scripted::answering([]));
    let dispatcher = world.dispatcher(courier.clone(), 2);
    let run = TaskTracker::new().spawn(dispatcher.clone().run(stop.clone()));
    asleep(world).await;
    let reminder = world.due(world.reachable("a").await).await;
    dispatcher.wake();
    courier.wait_for(1).await;
    stop.cancel();
    assert_eq!(run.await.unwrap().delivered, 1);
    assert_eq!(world.reminder(reminder).await, (ReminderState::Sent, None));
}

async fn the_clock_wakes_it(world: &World) {
    let due_at = world.now().saturating_add(seconds(5));
    let reminder = world.plan(world.reachable("a").await, due_at, due_at.saturating_add(minutes(5))).await;
    let (stop, courier) = (CancellationToken::new(), Scripted::answering([]));
    let run = TaskTracker::new().spawn(world.dispatcher(courier.clone(), 2).run(stop.clone()));
    asleep(world).await;
    // It does not wait for its next look at the database: it knows what comes.
    assert_eq!(world.clock.next_wake(), Some(due_at));
    world.clock.set(due_at);
    courier.wait_for(1).await;
    stop.cancel();
    run.await.unwrap();
    assert_eq!(world.state(reminder).await, ReminderState::Sent);
    assert!(world.clock.now() >= due_at);
}

async fn stopping_finishes_what_is_on_its_way_and_gives_back_the_rest(world: &World) {
    let person = world.reachable("a").await;
    let mut reminders = Vec::new();
    for _ in 0..5 {
        reminders.push(world.due(person).await);
    }
    let (stop, courier) = (CancellationToken::new(), Scripted::silent());
    let run = TaskTracker::new().spawn(world.dispatcher(courier.clone(), 8).run(stop.clone()));
    // A quarter of the lanes: all are at one push service.
    courier.wait_for(2).await;
    stop.cancel();
    courier.open();
    let counts = run.await.unwrap();
    assert_eq!((counts.claimed, counts.delivered), (5, 2));
    let mut states = Vec::new();
    for reminder in reminders {
        states.push(world.reminder(reminder).await);
    }
    assert_eq!(states.iter().filter(|state| **state == (ReminderState::Sent, None)).count(), 2);
    assert_eq!(states.iter().filter(|state| state.0 == ReminderState::Planned).count(), 3);
}
