//! What a settlement writes, and that it is all or nothing.

use std::sync::Arc;

use contract::{DeliveryState, DeviceState, ReceiptEvent, ReminderState};
use db::Faults;
use notifications::outbox::{self, Attempted, Verdict};

use crate::leasing::{delivered, with_verdict};
use crate::on_both_databases;
use crate::world::{World, minutes, seconds};

on_both_databases!(
    a_person_without_push_finds_the_reminder_in_the_app,
    one_device_is_enough,
    when_every_device_has_given_up_the_reminder_has_failed,
    a_device_that_is_gone_is_not_tried_again,
    an_answer_about_an_old_address_does_not_forget_the_new_one,
    a_retry_ends_with_its_reminder,
    who_turns_push_off_meanwhile_reads_it_in_the_app,
    tried_in_vain_until_useless_is_a_failure,
    a_released_reminder_is_free_at_once,
    a_phone_may_be_faster_than_the_settlement,
    a_fault_at_any_statement_leaves_all_or_nothing,
);

async fn a_person_without_push_finds_the_reminder_in_the_app(world: &World) {
    let unwilling = world.person(false).await;
    world.device(unwilling, "a").await;
    let without = world.person(true).await;
    let reminders = [world.due(unwilling).await, world.due(without).await];
    let batch = world.claim(10).await;
    assert!(batch.claimed.iter().all(|claimed| claimed.targets.is_empty()));
    let attempted: Vec<Attempted> = batch.claimed.iter().map(delivered).collect();
    assert_eq!(world.settle(&attempted).await.settled, 2);
    for reminder in reminders {
        assert_eq!(world.reminder(reminder).await, (ReminderState::Sent, None));
    }
}

fn again(world: &World, after: i64) -> Verdict {
    Verdict::Again {
        at: world.now().saturating_add(seconds(after)),
        reason: "throttled",
        may_have_arrived: false,
    }
}

async fn one_device_is_enough(world: &World) {
    let person = world.reachable("a").await;
    world.device(person, "fcm-b").await;
    let reminder = world.due(person).await;
    let batch = world.claim(1).await;
    let mut attempted = delivered(&batch.claimed[0]);
    assert_eq!(attempted.attempts.len(), 2);
    attempted.attempts[1].verdict = again(world, 10);
    world.settle(&[attempted]).await;
    assert_eq!(world.reminder(reminder).await, (ReminderState::Sent, None));

    // The other device still gets it.
    assert_eq!(world.claim_waiting().await.touched, 0);
    world.clock.advance(seconds(10));
    let batch = world.claim_waiting().await;
    assert_eq!((batch.claimed.len(), batch.claimed[0].targets.len()), (1, 1));
    assert_eq!(batch.claimed[0].origin.attempts(), 1);
    let failure = with_verdict(&batch.claimed[0], Verdict::Failed { reason: "invalid" });
    assert_eq!(world.settle(&[failure]).await.failed, []);
    assert_eq!(world.state(reminder).await, ReminderState::Sent);
    let states: Vec<_> = world.deliveries(reminder).await.into_iter().map(|row| (row.0, row.1)).collect();
    assert!(states.contains(&(DeliveryState::Delivered, 1)), "{states:?}");
    assert!(states.contains(&(DeliveryState::Failed, 2)), "{states:?}");
}

async fn when_every_device_has_given_up_the_reminder_has_failed(world: &World) {
    let person = world.reachable("a").await;
    let reminder = world.due(person).await;
    let batch = world.claim(1).await;
    let settlement = world.settle(&[with_verdict(&batch.claimed[0], again(world, 10))]).await;
    assert_eq!(settlement.failed, []);
    assert_eq!(world.state(reminder).await, ReminderState::Sending);
    world.clock.advance(seconds(10));
    let batch = world.claim_waiting().await;
    let settlement =
        world.settle(&[with_verdict(&batch.claimed[0], Verdict::Failed { reason: "throttled" })]).await;
    assert_eq!(settlement.failed.len(), 1);
    assert_eq!((settlement.failed[0].id, settlement.failed[0].participant_id), (reminder, person));
    assert_eq!(world.reminder(reminder).await, (ReminderState::Failed, None));
}

async fn a_device_that_is_gone_is_not_tried_again(world: &World) {
    let person = world.person(true).await;
    let device = world.device(person, "a").await;
    // One reminder waits for the device while another learns that it is no more.
    let waiting = world.due(person).await;
    let batch = world.claim(1).await;
    world.settle(&[with_verdict(&batch.claimed[0], again(world, 600))]).await;
    let learning = world.due(person).await;
    let batch = world.claim(1).await;
    let settlement = world.settle(&[with_verdict(&batch.claimed[0], Verdict::Gone)]).await;
    assert_eq!(world.device_state(device).await, DeviceState::Gone);
    assert_eq!(settlement.failed.len(), 2);
    for reminder in [waiting, learning] {
        assert_eq!(world.reminder(reminder).await, (ReminderState::Failed, None));
        assert_eq!(world.deliveries(reminder).await[0].0, DeliveryState::Gone);
    }
    let next = world.due(person).await;
    let batch = world.claim(1).await;
    assert_eq!(batch.claimed[0].reminder.id, next);
    assert!(batch.claimed[0].targets.is_empty());
}

async fn an_answer_about_an_old_address_does_not_forget_the_new_one(world: &World) {
    let person = world.person(true).await;
    let device = world.device(person, "old").await;
    world.due(person).await;
    let batch = world.claim(1).await;
    let owner = world.session(person).await;
    let mut tx = world.db.write().await.unwrap();
    let new = crate::world::address("new");
    assert!(notifications::device::refresh(&mut tx, owner, device, &new, world.now()).await.unwrap());
    tx.commit().await.unwrap();
    world.settle(&[with_verdict(&batch.claimed[0], Verdict::Gone)]).await;
    assert_eq!(world.device_state(device).await, DeviceState::Active);
}

async fn a_retry_ends_with_its_reminder(world: &World) {
    let person = world.reachable("a").await;
    let reminder = world.due(person).await;
    let batch = world.claim(1).await;
    world.settle(&[with_verdict(&batch.claimed[0], again(world, 10))]).await;
    world.clock.advance(seconds(10));
    let batch = world.claim_waiting().await;
    assert_eq!(batch.claimed.len(), 1);
    world.supersede(reminder).await;
    assert_eq!(world.deliveries(reminder).await[0].0, DeliveryState::Superseded);
    assert_eq!(world.settle(&[delivered(&batch.claimed[0])]).await.lost, 1);
    assert_eq!(world.reminder(reminder).await, (ReminderState::Superseded, None));
    world.clock.advance(minutes(3));
    assert_eq!(world.claim_waiting().await.touched, 0);
}

async fn who_turns_push_off_meanwhile_reads_it_in_the_app(world: &World) {
    let person = world.reachable("a").await;
    let reminder = world.due(person).await;
    let batch = world.claim(1).await;
    world.settle(&[with_verdict(&batch.claimed[0], again(world, 10))]).await;
    world.want_push(person, false).await;
    world.clock.advance(seconds(10));
    let batch = world.claim_waiting().await;
    assert_eq!((batch.claimed.len(), batch.failed.len()), (0, 0));
    assert_eq!(world.reminder(reminder).await, (ReminderState::Sent, None));
}

async fn tried_in_vain_until_useless_is_a_failure(world: &World) {
    let person = world.reachable("a").await;
    let reminder = world.plan(person, world.now(), world.now().saturating_add(minutes(5))).await;
    let batch = world.claim(1).await;
    world.settle(&[with_verdict(&batch.claimed[0], again(world, 10))]).await;
    // Nobody came to try again.
    world.clock.advance(minutes(6));
    let batch = world.claim(1).await;
    assert_eq!((batch.claimed.len(), batch.expired), (0, 0));
    assert_eq!(batch.failed.iter().map(|one| one.id).collect::<Vec<_>>(), [reminder]);
    assert_eq!(world.reminder(reminder).await, (ReminderState::Failed, None));
    assert_eq!(world.deliveries(reminder).await[0].0, DeliveryState::Expired);
    assert_eq!(world.claim_waiting().await.touched, 0);
}

async fn a_released_reminder_is_free_at_once(world: &World) {
    let person = world.reachable("a").await;
    let reminder = world.due(person).await;
    let batch = world.claim(1).await;
    let mut attempted = delivered(&batch.claimed[0]);
    attempted.attempts.clear();
    attempted.given_back = Some(world.now());
    world.settle(&[attempted]).await;
    assert_eq!(world.reminder(reminder).await, (ReminderState::Planned, Some(world.now())));
    assert_eq!(world.claim(1).await.claimed.len(), 1);
}

async fn a_phone_may_be_faster_than_the_settlement(world: &World) {
    let reminder = world.due(world.reachable("a").await).await;
    let batch = world.claim(1).await;
    let receive = async |event| {
        let mut tx = world.db.write().await.unwrap();
        assert!(outbox::receive(&mut tx, reminder, event, world.now()).await.unwrap().is_some());
        tx.commit().await.unwrap();
    };
    receive(ReceiptEvent::Seen).await;
    assert_eq!(world.state(reminder).await, ReminderState::Sending);
    world.settle(&[delivered(&batch.claimed[0])]).await;
    assert_eq!(world.state(reminder).await, ReminderState::Seen);
    receive(ReceiptEvent::Acted).await;
    receive(ReceiptEvent::Seen).await;
    assert_eq!(world.state(reminder).await, ReminderState::Acted);
}

async fn a_fault_at_any_statement_leaves_all_or_nothing(world: &World) {
    let verdicts = |now: contract::time::Instant| {
        let at = now.saturating_add(seconds(30));
        [
            Verdict::Delivered,
            Verdict::Again { at, reason: "network", may_have_arrived: false },
            Verdict::Gone,
            Verdict::Failed { reason: "invalid" },
        ]
    };
    let mut reminders = Vec::new();
    for number in 0..4 {
        let person = world.reachable(&format!("device-{number}")).await;
        reminders.push(world.due(person).await);
    }
    let batch = world.claim(10).await;
    let attempted: Vec<Attempted> = batch
        .claimed
        .iter()
        .zip(verdicts(world.now()))
        .map(|(claimed, verdict)| with_verdict(claimed, verdict))
        .collect();
    let before = everything(world).await;
    let faults = Arc::new(Faults::none());
    let faulty = world.db.clone().with_faults(faults.clone());
    let mut statements = 0;
    for n in 1.. {
        faults.arm(n);
        let mut tx = faulty.write().await.unwrap();
        let settled = async {
            outbox::settle(&mut tx, world.now(), &attempted).await?;
            tx.commit().await
        };
        let result = settled.await;
        if faults.disarm() {
            result.unwrap();
            statements = n - 1;
            break;
        }
        assert!(result.is_err(), "fault {n} was swallowed");
        assert_eq!(everything(world).await, before, "fault {n} left something behind");
    }
    assert!(statements > 5, "only {statements} statements were seen to fail");
    assert_ne!(everything(world).await, before);
}

async fn everything(world: &World) -> Vec<String> {
    let mut tx = world.db.read().await.unwrap();
    let mut all: Vec<String> = Vec::new();
    for statement in [
        db::sql!("SELECT 'reminder ' || state FROM reminder ORDER BY id"),
        db::sql!("SELECT 'delivery ' || state FROM delivery ORDER BY reminder_id, device_id"),
        db::sql!("SELECT 'device ' || state FROM device ORDER BY id"),
    ] {
        all.extend(tx.query(statement).scalars::<String>().await.unwrap());
    }
    all
}
