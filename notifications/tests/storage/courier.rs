//! A courier that keeps a list and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use notifications::channel::Outcome;
use notifications::dispatcher::{Courier, Parcel};
use notifications::outbox::Address;
use tokio::sync::Semaphore;

/// One message that was carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    pub to: String,
    pub tag: String,
    pub payload: Option<String>,
}

#[derive(Clone)]
pub struct Scripted {
    carried: Arc<Mutex<Vec<Carried>>>,
    answers: Arc<Mutex<VecDeque<Outcome>>>,
    /// One permit for each message that has arrived.
    arrived: Arc<Semaphore>,
    /// Taken before an answer is given; closed by [`Scripted::open`].
    gate: Option<Arc<Semaphore>>,
}

impl Scripted {
    /// Answers in this order, and `Delivered` from then on.
    pub fn answering(answers: impl IntoIterator<Item = Outcome>) -> Self {
        Self {
            carried: Arc::default(),
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            arrived: Arc::new(Semaphore::new(0)),
            gate: None,
        }
    }

    /// Takes messages and does not answer until [`Scripted::open`].
    pub fn silent() -> Self {
        Self { gate: Some(Arc::new(Semaphore::new(0))), ..Self::answering([]) }
    }

    pub fn open(&self) {
        if let Some(gate) = &self.gate {
            gate.close();
        }
    }

    /// Waits until this many messages have arrived since it was last asked.
    pub async fn wait_for(&self, many: u32) {
        let waited =
            tokio::time::timeout(std::time::Duration::from_secs(60), self.arrived.acquire_many(many)).await;
        waited.expect("a message within a minute").unwrap().forget();
    }

    pub fn carried(&self) -> Vec<Carried> {
        self.carried.lock().unwrap().clone()
    }

    pub fn tags(&self) -> Vec<String> {
        self.carried().into_iter().map(|one| one.tag).collect()
    }

    pub fn count(&self) -> usize {
        self.carried.lock().unwrap().len()
    }
}

impl Courier for Scripted {
    async fn send(&self, parcel: Parcel<'_>) -> Outcome {
        let to = match parcel.address {
            Address::WebPush { endpoint, .. } => endpoint.clone(),
            Address::Fcm { token } => token.clone(),
        };
        let payload = parcel.letter.map(|letter| String::from_utf8(letter.payload.clone()).unwrap());
        self.carried.lock().unwrap().push(Carried { to, tag: parcel.topic.as_str().to_owned(), payload });
        self.arrived.add_permits(1);
        if let Some(gate) = &self.gate {
            // It is closed, never entered.
            let _closed = gate.acquire().await;
        }
        self.answers.lock().unwrap().pop_front().unwrap_or(Outcome::Delivered)
    }
}
