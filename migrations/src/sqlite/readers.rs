//! The connections that read. SQLite's readers never wait for the writer, and each sees one moment of the data.

use super::engine::{EachRow, Engine, File};
use crate::{Error, PATIENCE, Result, query::Text};
use embedded::Arguments;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Several connections that read.
#[derive(Clone)]
pub(crate) struct Readers(Arc<Shared>);

struct Shared {
    file: File,
    many: u32,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Engine>>,
    open: AtomicU32,
}

impl Readers {
    /// So many at most; each is opened when it is needed first.
    pub(crate) fn new(file: File, many: u32) -> Self {
        Self(Arc::new(Shared {
            file,
            many,
            places: Arc::new(Semaphore::new(usize::try_from(many).unwrap_or(1))),
            idle: Mutex::new(Vec::new()),
            open: AtomicU32::new(0),
        }))
    }

    /// Begins a reading of one moment.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot> {
        let snapshot = self.glance().await?;
        snapshot.command("BEGIN")?;
        Ok(snapshot)
    }

    /// Lends a connection, of which each statement reads a moment of its own.
    pub(crate) async fn glance(&self) -> Result<Snapshot> {
        let place = match self.0.places.clone().try_acquire_owned() {
            Ok(place) => place,
            Err(_) => {
                let waiting = timeout(PATIENCE, self.0.places.clone().acquire_owned());
                waiting.await.map_err(|_| Error::busy())?.map_err(|_| Error::closed())?
            }
        };
        let idle = self.0.idle().pop();
        let engine = match idle {
            Some(engine) => engine,
            None => {
                let engine = self.0.file.open()?;
                self.0.open.fetch_add(1, Ordering::Relaxed);
                engine
            }
        };
        Ok(Snapshot { engine: Some(engine), shared: self.0.clone(), _place: place })
    }

    /// How many are open, and how many of those are not in use.
    pub(crate) fn count(&self) -> (u32, u32) {
        let idle = u32::try_from(self.0.idle().len()).unwrap_or(u32::MAX);
        (self.0.open.load(Ordering::Relaxed), idle)
    }

    /// Waits until nobody reads any more, and closes all.
    pub(crate) async fn close(&self) {
        let all = self.0.places.acquire_many(self.0.many).await;
        self.0.places.close();
        self.0.idle().clear();
        drop(all);
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Vec<Engine>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that reads, perhaps of one moment. That ends when it is dropped.
pub(crate) struct Snapshot {
    engine: Option<Engine>,
    shared: Arc<Shared>,
    // Given back after the connection was.
    _place: OwnedSemaphorePermit,
}

impl Snapshot {
    pub(crate) fn run(&mut self, text: &Text, arguments: &Arguments, each: EachRow<'_>) -> Result<u64> {
        self.engine.as_mut().ok_or_else(Error::closed)?.run(text, arguments, each)
    }

    fn command(&self, text: &'static str) -> Result<()> {
        self.engine.as_ref().ok_or_else(Error::closed)?.command(text)
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let Some(engine) = self.engine.take() else { return };
        // A connection whose transaction cannot be ended is closed, and another is opened in its place.
        if engine.is_in_transaction() && engine.command("ROLLBACK").is_err() {
            self.shared.open.fetch_sub(1, Ordering::Relaxed);
        } else {
            self.shared.idle().push(engine);
        }
    }
}
