//! Devices come, move between people and go.

use chrono::TimeDelta;
use contract::NotificationAction;
use contract::{DeviceId, DeviceState, ReminderState, SystemIds};
use notifications::action_token::{ActionKey, TokenPurpose, use_once};
use notifications::device::{self, MAX_DEVICES, Owner};

use crate::on_both_databases;
use crate::world::{World, address, minutes, nobody, seconds};

on_both_databases!(
    the_same_person_keeps_their_device,
    an_address_that_changes_hands_leaves_its_old_owner,
    a_refresh_takes_the_new_address_from_whoever_had_it,
    nobody_touches_the_device_of_another,
    the_oldest_device_goes_when_there_are_too_many,
    a_session_takes_its_devices_with_it,
    an_action_works_once,
    a_silent_device_is_stale_after_a_month_and_active_again_once_heard_of,
    an_fcm_token_is_gone_after_270_silent_days_and_a_subscription_is_not,
    at_most_so_many_devices_age_at_once,
);

async fn register(world: &World, owner: Owner, name: &str) -> DeviceId {
    let mut tx = world.db.write().await.unwrap();
    let id = device::register(&mut tx, owner, &address(name), world.now(), &SystemIds).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn list(world: &World, owner: Owner) -> Vec<DeviceId> {
    let mut tx = world.db.read().await.unwrap();
    device::list(&mut tx, owner.person_id).await.unwrap().into_iter().map(|device| device.id).collect()
}

async fn the_same_person_keeps_their_device(world: &World) {
    let person = world.person(true).await;
    let (first, second) = (world.session(person).await, world.session(person).await);
    for name in ["a", "fcm-a"] {
        let id = register(world, first, name).await;
        assert_eq!(register(world, second, name).await, id);
        let mut tx = world.db.read().await.unwrap();
        let devices = device::list(&mut tx, person.0).await.unwrap();
        let device = devices.iter().find(|device| device.id == id).unwrap();
        assert_eq!((device.session_id, device.version), (second.session_id, 2));
    }
}

async fn an_address_that_changes_hands_leaves_its_old_owner(world: &World) {
    let (old, new) = (world.person(true).await, world.person(true).await);
    let (old, new) = (world.session(old).await, world.session(new).await);
    for name in ["a", "fcm-a"] {
        let before = register(world, old, name).await;
        let after = register(world, new, name).await;
        assert_ne!(before, after);
        assert_eq!(world.device_state(before).await, DeviceState::Gone);
    }
    assert_eq!(list(world, old).await, []);
    assert_eq!(list(world, new).await.len(), 2);
}

async fn a_refresh_takes_the_new_address_from_whoever_had_it(world: &World) {
    let (one, other) = (world.person(true).await, world.person(true).await);
    let (one, other) = (world.session(one).await, world.session(other).await);
    let (mine, theirs) = (register(world, one, "a").await, register(world, other, "b").await);
    let mut tx = world.db.write().await.unwrap();
    assert!(device::refresh(&mut tx, one, mine, &address("b"), world.now()).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(world.device_state(theirs).await, DeviceState::Gone);
    assert_eq!(list(world, one).await, [mine]);
}

async fn nobody_touches_the_device_of_another(world: &World) {
    let (one, other) = (world.person(true).await, world.person(true).await);
    let (one, other) = (world.session(one).await, world.session(other).await);
    let id = register(world, one, "a").await;
    let mut tx = world.db.write().await.unwrap();
    assert!(!device::refresh(&mut tx, other, id, &address("c"), world.now()).await.unwrap());
    assert!(!device::refresh(&mut tx, one, id, &address("fcm-c"), world.now()).await.unwrap());
    assert!(!device::remove(&mut tx, other.person_id, id, world.now()).await.unwrap());
    assert!(!device::remove(&mut tx, one.person_id, DeviceId(nobody()), world.now()).await.unwrap());
    assert!(device::remove(&mut tx, one.person_id, id, world.now()).await.unwrap());
    assert!(!device::remove(&mut tx, one.person_id, id, world.now()).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(world.device_state(id).await, DeviceState::Gone);
}

async fn the_oldest_device_goes_when_there_are_too_many(world: &World) {
    let owner = world.session(world.person(true).await).await;
    let mut ids = Vec::new();
    for number in 0..MAX_DEVICES {
        world.clock.advance(seconds(1));
        ids.push(register(world, owner, &format!("device-{number}")).await);
    }
    // The first one speaks up again, so the second is the oldest.
    world.clock.advance(seconds(1));
    register(world, owner, "device-0").await;
    world.clock.advance(seconds(1));
    register(world, owner, "one-more").await;
    assert_eq!(list(world, owner).await.len(), MAX_DEVICES as usize);
    assert_eq!(world.device_state(ids[0]).await, DeviceState::Active);
    assert_eq!(world.device_state(ids[1]).await, DeviceState::Gone);
}

async fn a_session_takes_its_devices_with_it(world: &World) {
    let person = world.person(true).await;
    let (kept, ended) = (world.session(person).await, world.session(person).await);
    let (kept_id, ended_id) = (register(world, kept, "a").await, register(world, ended, "b").await);
    let mut tx = world.db.write().await.unwrap();
    assert_eq!(device::end_session(&mut tx, ended.session_id, world.now()).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(world.device_state(ended_id).await, DeviceState::Gone);
    assert_eq!(list(world, kept).await, [kept_id]);
}

async fn an_action_works_once(world: &World) {
    let reminder = world.due(world.reachable("a").await).await;
    assert_eq!(world.state(reminder).await, ReminderState::Planned);
    let key = ActionKey::new(&[3; 32]);
    let until = world.now().saturating_add(minutes(5));
    let confirm = key.issue(reminder, TokenPurpose::Action(NotificationAction::Confirm), until);
    let token = key.verify(confirm.as_str(), world.now()).unwrap();
    let mut tx = world.db.write().await.unwrap();
    assert!(use_once(&mut tx, token, world.now()).await.unwrap());
    drop(tx);
    // The action failed and was rolled back, so it may be tried again.
    let mut tx = world.db.write().await.unwrap();
    assert!(use_once(&mut tx, token, world.now()).await.unwrap());
    assert!(!use_once(&mut tx, token, world.now()).await.unwrap());
    let other = key.issue(reminder, TokenPurpose::Action(NotificationAction::AskToMove), until);
    let other = key.verify(other.as_str(), world.now()).unwrap();
    assert!(use_once(&mut tx, other, world.now()).await.unwrap());
    tx.commit().await.unwrap();
}

/// Marks what was silent for too long, as the service does every ten minutes.
async fn age(world: &World, limit: u32) -> (u64, u64) {
    let mut tx = world.db.write().await.unwrap();
    let aged = device::age(&mut tx, world.now(), limit).await.unwrap();
    tx.commit().await.unwrap();
    (aged.stale, aged.gone)
}

async fn a_silent_device_is_stale_after_a_month_and_active_again_once_heard_of(world: &World) {
    let person = world.person(true).await;
    let owner = world.session(person).await;
    let id = register(world, owner, "a").await;
    world.clock.advance(TimeDelta::days(30) - TimeDelta::microseconds(1));
    assert_eq!(age(world, 10).await, (0, 0));
    world.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(age(world, 10).await, (1, 0));
    assert_eq!(world.device_state(id).await, DeviceState::Stale);
    assert_eq!(age(world, 10).await, (0, 0), "once");
    // It is still tried.
    world.due(person).await;
    assert_eq!(world.claim(10).await.claimed[0].targets[0].device_id, id);

    let mut tx = world.db.write().await.unwrap();
    assert!(device::refresh(&mut tx, owner, id, &address("a"), world.now()).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(world.device_state(id).await, DeviceState::Active);
    assert_eq!(age(world, 10).await, (0, 0));
}

async fn an_fcm_token_is_gone_after_270_silent_days_and_a_subscription_is_not(world: &World) {
    let owner = world.session(world.person(true).await).await;
    let (fcm, web_push) = (register(world, owner, "fcm-a").await, register(world, owner, "a").await);
    world.clock.advance(TimeDelta::days(30));
    assert_eq!(age(world, 10).await, (2, 0));
    world.clock.advance(TimeDelta::days(240) - TimeDelta::microseconds(1));
    assert_eq!(age(world, 10).await, (0, 0));
    world.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(age(world, 10).await, (0, 1));
    assert_eq!(world.device_state(fcm).await, DeviceState::Gone);
    assert_eq!(world.device_state(web_push).await, DeviceState::Stale);
}

async fn at_most_so_many_devices_age_at_once(world: &World) {
    for name in ["a", "b", "c"] {
        register(world, world.session(world.person(true).await).await, name).await;
    }
    world.clock.advance(TimeDelta::days(31));
    assert_eq!(age(world, 2).await, (2, 0));
    assert_eq!(age(world, 2).await, (1, 0));
}
