//! The push services: what they are handed is kept, and they fail as push services do: now and then a message, sometimes for hours, and
//! for good to a phone that has been wiped.

use super::{
    chance::Chance,
    messages::{Message, Topic},
};
use contract::{push::PushPayload, time::Instant};
use notifications::{
    channel::{Outcome, RetryReason},
    dispatcher::{Courier, Parcel},
    outbox::Address,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// All of them; clones are the same ones.
#[derive(Clone)]
pub struct PushServices(Arc<Mutex<Inside>>);

struct Inside {
    chance: Chance,
    /// What was taken, and not looked at yet.
    taken: Vec<Message>,
    /// Phones that are no more, and whether that was answered.
    wiped: HashMap<String, bool>,
    /// Until when nothing is taken.
    down_until: Option<Instant>,
}

impl PushServices {
    /// With chance from this seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Inside {
            chance: Chance::of(!seed),
            taken: Vec::new(),
            wiped: HashMap::new(),
            down_until: None,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This phone is no more.
    pub fn wipe(&self, endpoint: &str) {
        self.lock().wiped.entry(endpoint.to_owned()).or_insert(false);
    }

    /// Nothing is taken until then.
    pub fn fail_until(&self, until: Instant) {
        self.lock().down_until = Some(until);
    }

    /// What was taken since this was last asked.
    pub fn taken(&self) -> Vec<Message> {
        std::mem::take(&mut self.lock().taken)
    }
}

impl Inside {
    fn take(&mut self, parcel: Parcel<'_>) -> Outcome {
        let Address::WebPush { endpoint, .. } = parcel.address else {
            return Outcome::Gone;
        };
        if self.down_until.is_some_and(|until| parcel.now < until) {
            let after = self.chance.happens(30).then(|| Duration::from_secs(600));
            return Outcome::Retry { after, reason: RetryReason::Network };
        }
        if let Some(is_known) = self.wiped.get_mut(endpoint) {
            *is_known = true;
            return Outcome::Gone;
        }
        if self.chance.below(200) == 0 {
            return Outcome::Retry { after: None, reason: RetryReason::Timeout };
        }
        let payload: Option<PushPayload> =
            parcel.letter.and_then(|letter| serde_json::from_slice(&letter.payload).ok());
        if let Some(payload) = payload {
            self.taken.push(Message {
                endpoint: endpoint.clone(),
                at: parcel.now,
                purpose: payload.purpose,
                about: Topic { kind: payload.subject.kind, id: payload.subject.id },
                speaks_of: payload.time.local.to_string(),
            });
        }
        Outcome::Delivered
    }
}

impl Courier for PushServices {
    async fn send(&self, parcel: Parcel<'_>) -> Outcome {
        self.lock().take(parcel)
    }
}
