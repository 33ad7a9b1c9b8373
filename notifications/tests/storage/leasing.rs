//! Who holds what, and until when.

use std::collections::HashSet;

use contract::{ReminderId, ReminderState};
use notifications::outbox::{Attempt, Attempted, Claimed, Verdict, still_held};

use crate::on_both_databases;
use crate::world::{World, minutes, seconds};

on_both_databases!(
    only_what_is_due_is_claimed_and_only_once,
    claims_at_the_same_moment_share_nothing,
    a_lease_that_ran_out_cannot_settle,
    a_superseded_reminder_is_not_settled,
    what_came_too_late_is_expired_and_never_sent,
    the_next_moment_is_the_earliest_of_both_tables,
);

/// Every device took it.
pub fn delivered(claimed: &Claimed) -> Attempted {
    with_verdict(claimed, Verdict::Delivered)
}

/// The same came of every device.
pub fn with_verdict(claimed: &Claimed, verdict: Verdict) -> Attempted {
    let attempts = claimed
        .targets
        .iter()
        .map(|target| Attempt {
            device_id: target.device_id,
            version: target.version,
            was_refused: target.is_refused,
            is_refused: matches!(verdict, Verdict::Failed { reason: "invalid" }),
            verdict,
        })
        .collect();
    Attempted {
        reminder_id: claimed.reminder.id,
        origin: claimed.origin,
        lease: claimed.lease,
        attempts,
        given_back: None,
    }
}

async fn only_what_is_due_is_claimed_and_only_once(world: &World) {
    let person = world.reachable("a").await;
    let due = world.due(person).await;
    let later = world.now().saturating_add(seconds(1));
    let not_yet = world.plan(person, later, later.saturating_add(minutes(5))).await;

    let batch = world.claim(10).await;
    let [claimed] = batch.claimed.as_slice() else { panic!("{batch:?}") };
    assert_eq!(claimed.reminder.id, due);
    assert_eq!(claimed.targets.len(), 1);
    assert_eq!(world.reminder(due).await, (ReminderState::Sending, Some(world.lease().until)));
    assert_eq!(world.claim(10).await.touched, 0);
    world.clock.advance(seconds(1));
    assert_eq!(world.claim(10).await.claimed[0].reminder.id, not_yet);
}

async fn claims_at_the_same_moment_share_nothing(world: &World) {
    let person = world.reachable("a").await;
    for _ in 0..60 {
        world.due(person).await;
    }
    let batches = tokio::join!(world.claim(25), world.claim(25), world.claim(25));
    let ids: Vec<ReminderId> = [batches.0, batches.1, batches.2]
        .iter()
        .flat_map(|batch| &batch.claimed)
        .map(|claimed| claimed.reminder.id)
        .collect();
    let distinct: HashSet<ReminderId> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len());
    assert_eq!(distinct.len() + world.claim(60).await.claimed.len(), 60);
}

async fn a_lease_that_ran_out_cannot_settle(world: &World) {
    let reminder = world.due(world.reachable("a").await).await;
    let slow = world.claim(1).await;
    world.clock.advance(minutes(2));
    let quick = world.claim(1).await;
    assert_eq!(quick.claimed.len(), 1);

    let settlement = world.settle(&[delivered(&slow.claimed[0])]).await;
    assert_eq!((settlement.settled, settlement.lost), (0, 1));
    assert_eq!(world.state(reminder).await, ReminderState::Sending);
    assert_eq!(world.deliveries(reminder).await, []);

    let settlement = world.settle(&[delivered(&quick.claimed[0])]).await;
    assert_eq!((settlement.settled, settlement.lost), (1, 0));
    assert_eq!(world.reminder(reminder).await, (ReminderState::Sent, None));
    // And once more, as after a commit whose answer was lost.
    let settlement = world.settle(&[delivered(&quick.claimed[0])]).await;
    assert_eq!((settlement.settled, settlement.lost), (0, 1));
    assert_eq!(world.deliveries(reminder).await.len(), 1);
}

async fn a_superseded_reminder_is_not_settled(world: &World) {
    let reminder = world.due(world.reachable("a").await).await;
    let batch = world.claim(1).await;
    let claimed = &batch.claimed[0];
    let held = async || {
        let mut tx = world.db.read().await.unwrap();
        still_held(&mut tx, claimed.origin, reminder, claimed.lease).await.unwrap()
    };
    assert!(held().await);
    world.supersede(reminder).await;
    assert!(!held().await);
    assert_eq!(world.settle(&[delivered(claimed)]).await.lost, 1);
    assert_eq!(world.reminder(reminder).await, (ReminderState::Superseded, None));
    assert_eq!(world.deliveries(reminder).await, []);
}

async fn what_came_too_late_is_expired_and_never_sent(world: &World) {
    let person = world.reachable("a").await;
    let reminder = world.plan(person, world.now(), world.now().saturating_add(minutes(5))).await;
    world.clock.advance(minutes(5));
    let batch = world.claim(10).await;
    assert_eq!((batch.claimed.len(), batch.expired, batch.failed.len()), (0, 1, 0));
    assert_eq!(world.reminder(reminder).await, (ReminderState::Expired, None));
}

async fn the_next_moment_is_the_earliest_of_both_tables(world: &World) {
    let next = async || {
        let mut tx = world.db.read().await.unwrap();
        notifications::outbox::next_ready(&mut tx).await.unwrap()
    };
    assert_eq!(next().await, None);
    let person = world.reachable("a").await;
    world.due(person).await;
    let batch = world.claim(1).await;
    let retry = world.now().saturating_add(seconds(30));
    world
        .settle(&[with_verdict(
            &batch.claimed[0],
            Verdict::Again { at: retry, reason: "network", may_have_arrived: false },
        )])
        .await;
    let later = world.now().saturating_add(minutes(1));
    world.plan(person, later, later.saturating_add(minutes(1))).await;
    assert_eq!(next().await, Some(retry));
    world.claim_waiting().await;
    world.clock.advance(seconds(30));
    world.claim_waiting().await;
    assert_eq!(next().await, Some(later));
}
