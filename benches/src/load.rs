//! Asks a service over many connections at once, as fast as it answers, and writes down how long each answer took. Everybody who is
//! measured is asked by this, on one thread, so what it costs is in everybody's figure alike; it does as little as can be: requests
//! are bytes that were made before, and of an answer only the head is read.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::task::{JoinSet, LocalSet};

use crate::Failure;
use crate::client::Client;

/// What to ask.
#[derive(Debug, Clone)]
pub struct Load {
    /// Whom.
    pub address: SocketAddr,
    /// Whole requests, in their order.
    pub requests: Arc<Vec<Bytes>>,
    /// Whether to begin anew at their end. Otherwise that is an error: a request that makes something is asked once.
    pub repeat: bool,
    /// Over so many connections.
    pub connections: usize,
    /// So long before it counts.
    pub warm_up: Duration,
    /// So long.
    pub measured: Duration,
}

/// What came back.
#[derive(Debug, Default)]
pub struct Answers {
    /// How long it was measured.
    pub seconds: f64,
    /// Times of the measured answers, in microseconds, sorted.
    pub times: Vec<u32>,
    /// How many requests were asked in all.
    pub asked: usize,
    /// How many answers there were of each status, those of the warm-up too.
    pub statuses: BTreeMap<u16, usize>,
    /// Bytes of the last answer's body.
    pub body_bytes: usize,
}

impl Answers {
    /// Measured answers in a second.
    pub fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.seconds
    }

    /// The time, in milliseconds, within which this share of the answers came.
    pub fn within_ms(&self, share: f64) -> f64 {
        let last = self.times.len().saturating_sub(1);
        let place = (share * last as f64).round() as usize;
        self.times.get(place).map_or(0.0, |micros| f64::from(*micros) / 1_000.0)
    }
}

/// What the connections share.
struct Shared {
    load: Load,
    next: Cell<usize>,
    phase: Cell<Phase>,
    answers: RefCell<Answers>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    WarmUp,
    Measured,
    Over,
}

/// Asks, and calls `edge` when the measurement begins and when it ends. Requests that are under way at the end are waited for.
pub async fn run(
    load: Load,
    edge: impl FnMut() -> Result<(), Failure> + Send + 'static,
) -> Result<Answers, Failure> {
    // A thread and a runtime of its own: nothing else wakes it, and no other thread is woken for it.
    let asking = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        LocalSet::new().block_on(&runtime, ask(load, edge))
    });
    asking.await?
}

async fn ask(load: Load, mut edge: impl FnMut() -> Result<(), Failure>) -> Result<Answers, Failure> {
    let (warm_up, measured, connections) = (load.warm_up, load.measured, load.connections);
    let shared = Rc::new(Shared {
        load,
        next: Cell::new(0),
        phase: Cell::new(Phase::WarmUp),
        answers: RefCell::default(),
    });
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        tasks.spawn_local(connection(Rc::clone(&shared)));
    }
    let clock = async {
        tokio::time::sleep(warm_up).await;
        edge()?;
        let began = Instant::now();
        shared.phase.set(Phase::Measured);
        tokio::time::sleep(measured).await;
        shared.phase.set(Phase::Over);
        let seconds = began.elapsed().as_secs_f64();
        edge()?;
        Ok::<f64, Failure>(seconds)
    };
    let ended = async {
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        Ok::<(), Failure>(())
    };
    let (seconds, ()) = tokio::try_join!(clock, ended)?;
    let mut answers = shared.answers.take();
    answers.seconds = seconds;
    answers.asked = shared.next.get();
    answers.times.sort_unstable();
    Ok(answers)
}

async fn connection(shared: Rc<Shared>) -> Result<(), Failure> {
    let mut client = Client::connect(shared.load.address).await?;
    while shared.phase.get() != Phase::Over {
        let number = shared.next.replace(shared.next.get() + 1);
        let requests = &shared.load.requests;
        let place = if shared.load.repeat { number % requests.len().max(1) } else { number };
        let request = requests.get(place).ok_or("there are not enough requests for so fast a service")?;
        let began = Instant::now();
        let status = client.ask(request).await?;
        let micros = u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX);
        let mut answers = shared.answers.borrow_mut();
        *answers.statuses.entry(status).or_default() += 1;
        answers.body_bytes = client.body().len();
        if shared.phase.get() == Phase::Measured {
            answers.times.push(micros);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Answers;

    #[test]
    fn shares_are_read_off_the_sorted_times() {
        let answers =
            Answers { seconds: 2.0, times: (1..=100).map(|ms| ms * 1_000).collect(), ..Answers::default() };
        assert!((answers.per_second() - 50.0).abs() < 1e-9);
        assert!((answers.within_ms(0.0) - 1.0).abs() < 1e-9);
        assert!((answers.within_ms(0.99) - 99.0).abs() < 1e-9);
    }
}
