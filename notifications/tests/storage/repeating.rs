//! When a phone rings again, and what replaces what.

use std::time::Duration;

use contract::push::PushPayload;
use notifications::channel::{Outcome, RejectReason, RetryReason};
use notifications::outbox::Attempted;

use crate::courier::Scripted;
use crate::leasing::delivered;
use crate::on_both_databases;
use crate::world::{World, minutes};

on_both_databases!(
    only_what_may_have_arrived_does_not_ring_again,
    after_a_crash_it_does_not_ring_again,
    what_was_given_back_rings,
    a_recalled_reminder_is_not_tried_again,
    refusals_are_counted_until_something_is_taken,
);

fn rings(courier: &Scripted) -> Vec<bool> {
    let payload = |text: String| serde_json::from_str::<PushPayload>(&text).unwrap().renotify;
    courier.carried().into_iter().filter_map(|one| one.payload).map(payload).collect()
}

async fn only_what_may_have_arrived_does_not_ring_again(world: &World) {
    for (number, (outcomes, ring)) in [
        (vec![Outcome::retry(RetryReason::Throttled)], vec![true, true]),
        (vec![Outcome::retry(RetryReason::Network)], vec![true, true]),
        (vec![Outcome::retry(RetryReason::Timeout)], vec![true, false]),
        // What may have arrived once may have arrived, whatever comes after.
        (
            vec![Outcome::retry(RetryReason::Unanswered), Outcome::retry(RetryReason::Throttled)],
            vec![true, false, false],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let person = world.reachable(&format!("phone-{number}")).await;
        world.due(person).await;
        let courier = Scripted::answering(outcomes);
        let dispatcher = world.dispatcher(courier.clone(), 1);
        for _ in 0..ring.len() {
            dispatcher.clone().run_until_idle().await.unwrap();
            world.clock.advance(minutes(2));
        }
        assert_eq!(rings(&courier), ring);
        let topics = courier.tags();
        assert!(topics.iter().all(|topic| *topic == topics[0]), "{topics:?}");
        // The next one about anything rings.
        world.due(person).await;
        dispatcher.run_until_idle().await.unwrap();
        assert_eq!(rings(&courier).last(), Some(&true));
    }
}

async fn after_a_crash_it_does_not_ring_again(world: &World) {
    world.due(world.reachable("a").await).await;
    // Somebody took it and was never heard of again.
    assert_eq!(world.claim(1).await.claimed.len(), 1);
    world.clock.advance(minutes(2));
    let courier = Scripted::answering([]);
    world.dispatcher(courier.clone(), 1).run_until_idle().await.unwrap();
    assert_eq!(rings(&courier), [false]);
}

async fn what_was_given_back_rings(world: &World) {
    world.due(world.reachable("a").await).await;
    let batch = world.claim(1).await;
    let given_back =
        Attempted { attempts: Vec::new(), given_back: Some(world.now()), ..delivered(&batch.claimed[0]) };
    world.settle(&[given_back]).await;
    let courier = Scripted::answering([]);
    world.dispatcher(courier.clone(), 1).run_until_idle().await.unwrap();
    assert_eq!(rings(&courier), [true]);
}

/// Whoever recalled it could not see yet that a device was to be tried again.
async fn a_recalled_reminder_is_not_tried_again(world: &World) {
    let person = world.reachable("a").await;
    world.device(person, "b").await;
    let reminder = world.due(person).await;
    let courier = Scripted::answering([Outcome::Delivered, Outcome::retry(RetryReason::Throttled)]);
    let dispatcher = world.dispatcher(courier.clone(), 1);
    dispatcher.clone().run_until_idle().await.unwrap();
    let mut tx = world.db.write().await.unwrap();
    let recall = db::sql!("UPDATE reminder SET recalled_at = $2 WHERE id = $1");
    tx.query(recall).bind(reminder).bind(world.now()).execute().await.unwrap();
    tx.commit().await.unwrap();
    world.clock.advance(minutes(1));
    dispatcher.run_until_idle().await.unwrap();
    assert_eq!(courier.count(), 2, "both were tried once");
    let states: Vec<String> = world.deliveries(reminder).await.iter().map(|one| one.0.to_string()).collect();
    assert!(
        states.contains(&"superseded".to_owned()) && states.contains(&"delivered".to_owned()),
        "{states:?}"
    );
}

async fn refusals_are_counted_until_something_is_taken(world: &World) {
    let person = world.person(true).await;
    let device = world.device(person, "a").await;
    let refusals = async || {
        let mut tx = world.db.read().await.unwrap();
        let query = tx.query(db::sql!("SELECT refusals FROM device WHERE id = $1")).bind(device);
        query.scalar::<i64>().await.unwrap()
    };
    let unauthorised =
        Outcome::Retry { after: Some(Duration::from_secs(900)), reason: RetryReason::Unauthorised };
    for (outcome, expected) in [
        (Outcome::Rejected(RejectReason::Invalid), 1),
        (unauthorised, 2),
        (Outcome::Rejected(RejectReason::Misconfigured), 3),
        (Outcome::retry(RetryReason::Throttled), 3),
        (Outcome::retry(RetryReason::Timeout), 3),
        (Outcome::Rejected(RejectReason::TooLarge), 3),
        (Outcome::Delivered, 0),
        (Outcome::Rejected(RejectReason::Invalid), 1),
    ] {
        world.due(person).await;
        let courier = Scripted::answering([outcome]);
        world.dispatcher(courier, 1).run_until_idle().await.unwrap();
        assert_eq!(refusals().await, expected, "{outcome:?}");
    }
}
