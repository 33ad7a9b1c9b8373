//! The planner's side: reminders come, move and go with the transaction of their command.

use contract::{ReminderState, Subject, SystemIds};
use notifications::outbox;
use notifications::plan::{Diff, Reschedule};

use crate::on_both_databases;
use crate::world::{World, minutes};

on_both_databases!(
    a_plan_that_is_not_committed_leaves_nothing,
    what_is_planned_is_found_again_as_it_was,
    a_planned_reminder_moves_and_one_in_hand_keeps_its_lease,
);

async fn a_plan_that_is_not_committed_leaves_nothing(world: &World) {
    let person = world.reachable("a").await;
    let planned = world.planned(person, world.now(), world.now().saturating_add(minutes(60)));
    let mut tx = world.db.write().await.unwrap();
    let diff = Diff { insert: vec![planned], ..Diff::default() };
    outbox::apply(&mut tx, &diff, world.now(), &SystemIds).await.unwrap();
    drop(tx);
    assert_eq!(world.claim(10).await.touched, 0);
}

async fn what_is_planned_is_found_again_as_it_was(world: &World) {
    let person = world.reachable("a").await;
    let planned = world.planned(person, world.now(), world.now().saturating_add(minutes(60)));
    let mut tx = world.db.write().await.unwrap();
    let diff = Diff { insert: vec![planned.clone()], ..Diff::default() };
    outbox::apply(&mut tx, &diff, world.now(), &SystemIds).await.unwrap();
    let existing = outbox::existing(
        &mut tx,
        Subject { kind: planned.key.subject_kind, id: planned.key.subject_id },
        world.now(),
    )
    .await
    .unwrap()
    .readable;
    let [found] = existing.as_slice() else { panic!("{existing:?}") };
    assert_eq!(found.key, planned.key);
    assert_eq!(found.facts, planned.facts);
    assert_eq!((found.due_at, found.expires_at), (planned.due_at, planned.expires_at));
    assert_eq!(found.state, ReminderState::Planned);
}

async fn a_planned_reminder_moves_and_one_in_hand_keeps_its_lease(world: &World) {
    let person = world.reachable("a").await;
    let later = world.now().saturating_add(minutes(30));
    let (waits, in_hand) =
        (world.plan(person, later, later.saturating_add(minutes(60))).await, world.due(person).await);
    assert_eq!(world.claim(10).await.claimed.len(), 1);
    let lease_end = world.reminder(in_hand).await.1;

    let moved = world.now().saturating_add(minutes(45));
    let planned = world.planned(person, moved, moved);
    let reschedule = [waits, in_hand].map(|id| Reschedule {
        id,
        due_at: moved,
        expires_at: moved.saturating_add(minutes(60)),
        facts: planned.facts.clone(),
    });
    let mut tx = world.db.write().await.unwrap();
    let diff = Diff { reschedule: reschedule.to_vec(), ..Diff::default() };
    outbox::apply(&mut tx, &diff, world.now(), &SystemIds).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.reminder(waits).await, (ReminderState::Planned, Some(moved)));
    assert_eq!(world.reminder(in_hand).await, (ReminderState::Sending, lease_end));
}
