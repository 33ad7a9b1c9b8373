//! The dispatcher as the service sets it up, with fixed keys: whoever opens the same database after another, as after a
//! restart, makes the same tags.

use std::sync::Arc;

use contract::SystemIds;
use contract::time::{SystemClock, Zones};
use db::Db;
use notifications::action_token::ActionKey;
use notifications::channel::web_push::TopicKey;
use notifications::dispatcher::{
    Dispatcher, DispatcherSettings, NotificationKeys, PushCourier, Surroundings, TellFeed,
};
use notifications::jitter::SystemJitter;

/// A dispatcher on `db` that sends with `courier`.
pub fn dispatcher(
    db: &Db,
    courier: PushCourier,
    settings: DispatcherSettings,
) -> Arc<Dispatcher<PushCourier>> {
    let surroundings = Surroundings {
        db: db.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        jitter: Arc::new(SystemJitter),
        zones: Arc::new(Zones::built_in()),
        escalation: Arc::new(TellFeed),
    };
    let keys = NotificationKeys { topic: TopicKey::new(&[1; 32]), action: ActionKey::new(&[2; 32]) };
    Arc::new(Dispatcher::new(surroundings, keys, courier, settings))
}
