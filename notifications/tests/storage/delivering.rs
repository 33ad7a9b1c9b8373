//! The dispatcher at work.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use contract::push::PushPayload;
use contract::{DeliveryState, ReminderState};
use db::Faults;
use notifications::action_token::{ActionKey, TokenPurpose};
use notifications::channel::{Outcome, RetryReason};
use notifications::dispatcher::{Counts, DispatcherSettings};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::courier::Scripted;
use crate::on_both_databases;
use crate::world::{World, minutes, seconds};

on_both_databases!(
    what_is_due_is_sent_once_and_settled,
    two_dispatchers_never_send_the_same_reminder,
    after_a_crash_the_same_tag_comes_again_when_the_lease_has_run_out,
    a_reminder_superseded_while_it_waits_for_a_lane_is_not_sent,
    what_the_push_service_asks_for_is_the_least_wait,
    every_device_of_a_person_is_tried,
    nothing_is_begun_at_the_end_of_a_lease,
    a_flood_does_not_keep_what_failed_once_from_its_next_try,
    addresses_that_cannot_be_read_are_read_again,
);

async fn what_is_due_is_sent_once_and_settled(world: &World) {
    let (by_web, by_fcm) = (world.reachable("a").await, world.reachable("fcm-b").await);
    let reminders = [world.due(by_web).await, world.due(by_fcm).await];
    let courier = Scripted::answering([]);
    let counts = world.dispatcher(courier.clone(), 4).run_until_idle().await.unwrap();
    assert_eq!(counts, Counts { claimed: 2, delivered: 2, ..Counts::default() });
    for reminder in reminders {
        assert_eq!(world.reminder(reminder).await, (ReminderState::Sent, None));
    }
    let carried = courier.carried();
    let web = carried.iter().find(|one| one.payload.is_some()).unwrap();
    let payload: PushPayload = serde_json::from_str(web.payload.as_ref().unwrap()).unwrap();
    // What the push service sees is not what the phone sees, and is the device's own.
    assert_ne!(payload.tag, web.tag);
    assert_eq!((payload.tag.len(), web.tag.len(), payload.renotify), (32, 32, true));
    let token = ActionKey::new(&[2; 32]).verify(&payload.receipt_token, world.now()).unwrap();
    assert_eq!((token.reminder_id, token.purpose), (reminders[0], TokenPurpose::Receipt));
    // Google is told nothing.
    assert!(carried.iter().any(|one| one.to == "fcm-b" && one.payload.is_none()));
}

async fn two_dispatchers_never_send_the_same_reminder(world: &World) {
    let people = [world.reachable("a").await, world.reachable("b").await, world.reachable("c").await];
    for number in 0..210 {
        world.due(people[number % 3]).await;
    }
    let courier = Scripted::answering([]);
    let settings = |lanes| world.dispatcher(courier.clone(), lanes);
    let (one, other) = tokio::join!(settings(8).run_until_idle(), settings(8).run_until_idle());
    assert_eq!(one.unwrap().delivered + other.unwrap().delivered, 210);
    let tags = courier.tags();
    assert_eq!(tags.len(), 210);
    assert_eq!(tags.into_iter().collect::<HashSet<_>>().len(), 210);
}

async fn after_a_crash_the_same_tag_comes_again_when_the_lease_has_run_out(world: &World) {
    let reminder = world.due(world.reachable("a").await).await;
    let courier = Scripted::silent();
    let crashing = world.dispatcher(courier.clone(), 1);
    tokio::select! {
        _ = crashing.run_until_idle() => panic!("the courier does not answer"),
        () = courier.wait_for(1) => {}
    }
    assert_eq!(world.state(reminder).await, ReminderState::Sending);

    courier.open();
    let next = world.dispatcher(courier.clone(), 1);
    assert_eq!(next.clone().run_until_idle().await.unwrap(), Counts::default());
    world.clock.advance(minutes(2));
    assert_eq!(next.run_until_idle().await.unwrap().delivered, 1);
    assert_eq!(world.state(reminder).await, ReminderState::Sent);
    let tags = courier.tags();
    assert_eq!(tags.len(), 2);
    assert_eq!(tags[0], tags[1]);
}

async fn a_reminder_superseded_while_it_waits_for_a_lane_is_not_sent(world: &World) {
    let person = world.reachable("a").await;
    let reminders = [world.due(person).await, world.due(person).await];
    let courier = Scripted::silent();
    let run = TaskTracker::new().spawn(world.dispatcher(courier.clone(), 1).run_until_idle());
    courier.wait_for(1).await;
    // One is on its way, the other waits for the only lane. Both are superseded.
    for reminder in reminders {
        world.supersede(reminder).await;
    }
    world.clock.advance(seconds(2));
    courier.open();
    let counts = run.await.unwrap().unwrap();
    assert_eq!((counts.lost, counts.dropped), (1, 1));
    assert_eq!(courier.count(), 1);
    for reminder in reminders {
        assert_eq!(world.reminder(reminder).await, (ReminderState::Superseded, None));
    }
}

async fn what_the_push_service_asks_for_is_the_least_wait(world: &World) {
    let reminder = world.due(world.reachable("a").await).await;
    let asked = Outcome::Retry { after: Some(Duration::from_secs(60)), reason: RetryReason::Throttled };
    let courier = Scripted::answering([asked, Outcome::retry(RetryReason::Network)]);
    let dispatcher = world.dispatcher(courier.clone(), 1);
    let begun = world.now();
    assert_eq!(dispatcher.clone().run_until_idle().await.unwrap().again, 1);
    // Half of the first limit of ten seconds on top of the minute; then half of twenty seconds.
    for (wait, attempts) in [(65, 1), (75, 2)] {
        let next = begun.saturating_add(seconds(wait));
        assert_eq!(world.deliveries(reminder).await, [(DeliveryState::Waiting, attempts, Some(next))]);
        world.clock.set(next.saturating_sub(seconds(1)));
        assert_eq!(dispatcher.clone().run_until_idle().await.unwrap(), Counts::default());
        world.clock.set(next);
        assert_eq!(dispatcher.clone().run_until_idle().await.unwrap().claimed, 1);
    }
    assert_eq!(world.deliveries(reminder).await, [(DeliveryState::Delivered, 3, None)]);
    assert_eq!(world.reminder(reminder).await, (ReminderState::Sent, None));
}

async fn every_device_of_a_person_is_tried(world: &World) {
    let person = world.reachable("a").await;
    world.device(person, "b").await;
    world.device(person, "fcm-c").await;
    let reminder = world.due(person).await;
    let courier = Scripted::answering([Outcome::Gone, Outcome::Gone, Outcome::Gone]);
    let counts = world.dispatcher(courier.clone(), 2).run_until_idle().await.unwrap();
    assert_eq!((counts.gone, counts.reminders_failed), (3, 1));
    let to: HashSet<String> = courier.carried().into_iter().map(|one| one.to).collect();
    assert_eq!(to.len(), 3);
    assert_eq!(world.state(reminder).await, ReminderState::Failed);
    // The change feed tells it.
    let mut tx = world.db.read().await.unwrap();
    let told: i64 = tx
        .query(db::sql!("SELECT count(*) FROM change WHERE subject_kind = 'reminder' AND subject_id = $1"))
        .bind(reminder)
        .scalar()
        .await
        .unwrap();
    assert_eq!(told, 1);
}

async fn nothing_is_begun_at_the_end_of_a_lease(world: &World) {
    let person = world.reachable("a").await;
    let reminders = [world.due(person).await, world.due(person).await];
    let courier = Scripted::silent();
    let run = TaskTracker::new().spawn(world.dispatcher(courier.clone(), 1).run_until_idle());
    courier.wait_for(1).await;
    world.clock.advance(seconds(90));
    courier.open();
    let counts = run.await.unwrap().unwrap();
    // What had too little left of its lease is given back, and claimed anew.
    assert_eq!((counts.claimed, counts.delivered, counts.dropped), (3, 2, 0));
    for reminder in reminders {
        assert_eq!(world.state(reminder).await, ReminderState::Sent);
    }
}

async fn a_flood_does_not_keep_what_failed_once_from_its_next_try(world: &World) {
    // Looked for in every round, and only once no full batch is due.
    for (name, look_again, is_early) in [("always", Duration::ZERO, true), ("last", Duration::MAX, false)] {
        let courier = Scripted::answering([Outcome::retry(RetryReason::Network)]);
        let settings = DispatcherSettings { lanes: 1, batch: 4, look_again, ..DispatcherSettings::default() };
        let dispatcher = world.dispatcher_on(world.db.clone(), courier.clone(), settings);
        let failed_once = format!("fcm-failed-once-{name}");
        world.due(world.reachable(&failed_once).await).await;
        dispatcher.clone().run_until_idle().await.unwrap();
        world.clock.advance(minutes(1));
        let flooded = world.reachable(&format!("fcm-flooded-{name}")).await;
        for _ in 0..40 {
            world.due(flooded).await;
        }
        dispatcher.run_until_idle().await.unwrap();
        let carried = courier.carried();
        let again = carried.iter().rposition(|one| one.to == failed_once).unwrap();
        assert_eq!((carried.len(), again < 20), (42, is_early), "carried again as number {again}");
    }
}

async fn addresses_that_cannot_be_read_are_read_again(world: &World) {
    let reminder = world.due(world.reachable("a").await).await;
    let faults = Arc::new(Faults::none());
    let (stop, courier) = (CancellationToken::new(), Scripted::answering([]));
    let db = world.db.clone().with_faults(Arc::clone(&faults));
    let dispatcher = world.dispatcher_on(db, courier.clone(), DispatcherSettings::default());
    faults.arm_readings(1);
    assert_eq!(dispatcher.clone().run_until_idle().await.unwrap().delivered, 1);
    assert_eq!((world.state(reminder).await, faults.readings_left()), (ReminderState::Sent, 0));

    // Whoever is stopped meanwhile gives back what it could not address.
    let other = world.due(world.reachable("b").await).await;
    faults.arm_readings(u32::MAX);
    let run = TaskTracker::new().spawn(dispatcher.run(stop.clone()));
    let failed = async {
        while faults.readings_left() == u32::MAX {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), failed).await.expect("a reading within a minute");
    stop.cancel();
    assert_eq!(run.await.unwrap(), Counts { claimed: 1, ..Counts::default() });
    assert_eq!(world.reminder(other).await, (ReminderState::Planned, Some(world.now())));
    assert_eq!(courier.count(), 1);
}
