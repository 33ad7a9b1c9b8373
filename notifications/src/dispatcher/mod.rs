//! The dispatcher: takes what has become due, sends it, writes down what came of it, and sleeps until there is more.
//!
//! It is a reconciler. It keeps no list of its own: whatever is due in the database is its work, whoever put it there and
//! whatever happened to the process that had it in hand before. A command that planned something calls [`Dispatcher::wake`]
//! after its commit; another node's work, and work whose time comes, is found by the timer.
//!
//! One task (`rounds.rs`) writes to the database. In each round it settles what has been sent and claims the next batch, in
//! one transaction. A fixed number of lanes (`lane.rs`) find out how the recipients of a batch are reached, and send what was
//! claimed, each one reminder at a time. So sending, reading and writing overlap, both processors have work, memory holds three
//! batches or so, and a request to the API never waits for more than one message a lane to be sealed, which takes a tenth of a
//! millisecond each.

mod courier;
mod exchange;
mod lane;
mod meters;
mod origins;
mod rounds;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use contract::IdSource;
use contract::time::{Clock, Zones};
use db::{Change, Db, Operation, Tx};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::action_token::ActionKey;
use crate::channel::web_push::TopicKey;
use crate::jitter::Jitter;
use crate::outbox::FailedReminder;
use crate::payload::PayloadMaker;
use crate::retry::RetryPolicy;

pub use courier::{Courier, Letter, Parcel, PushCourier};
use exchange::Exchange;

/// How a dispatcher works. The defaults suit one small machine.
#[derive(Debug, Clone)]
pub struct DispatcherSettings {
    /// How many reminders one claim takes.
    pub batch: u32,
    /// How long a claim holds, at most [`crate::outbox::MAX_LEASE`].
    pub lease: TimeDelta,
    /// How many reminders are being sent at once, a quarter of them at most to one push service.
    pub lanes: usize,
    /// How long results may wait for company before they are written down.
    pub linger: Duration,
    /// How often deliveries that wait for another try are looked for while full batches of reminders are due; else they are in every
    /// claim. They wait for seconds at least.
    pub look_again: Duration,
    /// How often the database is looked at although nothing is known to be due: another node may have planned something.
    pub poll_interval: TimeDelta,
    /// A reminder that waited longer than this since it was claimed is looked up again before it is sent.
    pub recheck_after: TimeDelta,
    /// What must be left of the lease for an attempt to begin: longer than a channel takes at most.
    pub send_margin: TimeDelta,
    /// How failed attempts are repeated.
    pub retry: RetryPolicy,
}

impl Default for DispatcherSettings {
    fn default() -> Self {
        Self {
            batch: 500,
            lease: crate::outbox::MAX_LEASE,
            // A service far away answers after a tenth of a second: sixty-four at once are 640 messages a second.
            lanes: 256,
            linger: Duration::from_millis(20),
            look_again: Duration::from_millis(100),
            poll_interval: TimeDelta::seconds(10),
            recheck_after: TimeDelta::seconds(1),
            send_margin: TimeDelta::seconds(45),
            retry: RetryPolicy::default(),
        }
    }
}

impl DispatcherSettings {
    /// How many claims a dispatcher may hold at most that are not settled yet: so many reminders are sent again, when their
    /// leases end, if its process is killed.
    ///
    /// It claims while at most a batch is under way, so that two batches are the most that can be, with the deliveries that wait
    /// for another try beside them. In the transaction that settles everything else it claims once more.
    pub const fn most_held(&self) -> usize {
        let claim = self.batch as usize + self.again_limit() as usize;
        Exchange::low_water(self.batch as usize) + claim + claim
    }

    /// How many deliveries that wait for another try one claim takes beside the batch. A flood of reminders must not keep
    /// those that failed once from their next try.
    pub(crate) const fn again_limit(&self) -> u32 {
        if self.batch < 4 { 1 } else { self.batch / 4 }
    }
}

/// What is to happen, in the same transaction, when a reminder could not be brought to any device.
pub trait Escalation: Send + Sync {
    /// Called once per failed reminder, in the transaction that settles it.
    fn failed<'a>(
        &'a self,
        tx: &'a mut Tx,
        failed: &'a [FailedReminder],
    ) -> Pin<Box<dyn Future<Output = db::Result<()>> + Send + 'a>>;
}

/// Tells the change feed, so that staff's apps show that a reminder failed.
#[derive(Debug, Clone, Copy, Default)]
pub struct TellFeed;

impl Escalation for TellFeed {
    fn failed<'a>(
        &'a self,
        tx: &'a mut Tx,
        failed: &'a [FailedReminder],
    ) -> Pin<Box<dyn Future<Output = db::Result<()>> + Send + 'a>> {
        for reminder in failed {
            tx.changed(Change {
                centre: reminder.centre_id.0,
                participant: Some(reminder.participant_id.0),
                audience: None,
                subject_kind: "reminder",
                subject: reminder.id.0,
                operation: Operation::Upsert,
            });
        }
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The secrets of notifications. Derive each from the master key for its own end.
pub struct NotificationKeys {
    /// Makes the topic (tag) of a reminder.
    pub topic: TopicKey,
    /// Signs the tokens of buttons and receipts.
    pub action: ActionKey,
}

/// What the dispatcher is handed from outside.
pub struct Surroundings {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Chance, for waiting times.
    pub jitter: Arc<dyn Jitter>,
    /// The rules of time zones.
    pub zones: Arc<Zones>,
    /// What happens when a reminder could not be brought.
    pub escalation: Arc<dyn Escalation>,
}

/// What a run did, in numbers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Reminders and waiting deliveries that were claimed.
    pub claimed: usize,
    /// Messages that a push service took.
    pub delivered: usize,
    /// Attempts that will be repeated.
    pub again: usize,
    /// Devices that are no more.
    pub gone: usize,
    /// Attempts that failed for good.
    pub failed: usize,
    /// Reminders without a device, which are found in the app.
    pub in_app: usize,
    /// Reminders that came too late.
    pub expired: usize,
    /// Reminders that no device took.
    pub reminders_failed: usize,
    /// Claims that were no longer held when they were to be settled.
    pub lost: usize,
    /// Claims that were given up before they were sent: superseded, or too little left of the lease.
    pub dropped: usize,
}

/// Brings reminders out. Shared by whoever wakes it; one task runs it.
pub struct Dispatcher<C> {
    surroundings: Surroundings,
    settings: DispatcherSettings,
    courier: C,
    topic_key: TopicKey,
    payloads: PayloadMaker,
    bell: Arc<Notify>,
}

impl<C: Courier> Dispatcher<C> {
    /// A dispatcher that sends with `courier`. It does nothing until it is run.
    pub fn new(
        surroundings: Surroundings,
        keys: NotificationKeys,
        courier: C,
        settings: DispatcherSettings,
    ) -> Self {
        Self {
            surroundings,
            settings,
            courier,
            topic_key: keys.topic,
            payloads: PayloadMaker::new(keys.action),
            bell: Arc::default(),
        }
    }

    /// What wakes it, for whoever must not know what is woken.
    pub fn bell(&self) -> Arc<Notify> {
        self.bell.clone()
    }

    /// Says that something may have become due. Call it after the commit that planned it; it never waits.
    pub fn wake(&self) {
        self.bell.notify_one();
    }

    /// Works until `stop` is cancelled. Then it claims nothing more, gives back what was not begun, waits for what is on
    /// its way and writes that down.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) -> Counts {
        rounds::Rounds::new(self, stop).forever().await
    }

    /// Works until nothing is due, for tests and measurements. Unlike [`Dispatcher::run`] it returns the first error of a round
    /// instead of trying again.
    pub async fn run_until_idle(self: Arc<Self>) -> db::Result<Counts> {
        rounds::Rounds::new(self, CancellationToken::new()).until_idle().await
    }
}
