//! The one connection that writes, and who has it.
//!
//! A unit of work takes the connection ([`Writer::lease`]), runs its statements between SAVEPOINT and RELEASE, and hands the
//! connection on to whoever waits. Only then it waits itself, for the COMMIT that it shares with those before and after it
//! ([`Group`]): one flush to the disk for all of them. It is told when that has succeeded, and not before.
//!
//! A unit that fails or is dropped is undone back to its savepoint, and harms no other. Where SQLite itself ends the
//! transaction (the disk is full or cannot be written, memory is short) or the COMMIT fails, everybody of the group fails, and
//! nobody was told otherwise before. The connection is closed then, and another one opened.

use super::{
    checkpoint::Checkpoints,
    engine::{EachRow, Engine, File},
    group::{Committer, Group},
};
use crate::{Error, PATIENCE, Result, faults::Faults, query::Text, unit};
use embedded::Arguments;
use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// How long the file may be held by another process before whoever wants to write looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The one connection that writes.
#[derive(Clone)]
pub(crate) struct Writer(Arc<Desk>);

/// Where the connection lies when nobody has it, and where those wait who want it.
pub(super) struct Desk {
    pub(super) file: File,
    committer: Committer,
    checkpoints: Checkpoints,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The connection when nobody has it.
    idle: Option<Hand>,
    waiting: VecDeque<Waiter>,
    closed: bool,
}

struct Waiter {
    is_alone: bool,
    give: oneshot::Sender<Held>,
}

/// What goes from hand to hand: the connection, and those who wait for its next COMMIT.
struct Hand {
    /// None after it had to be closed: whoever needs it next opens another.
    engine: Option<Engine>,
    group: Group,
}

/// The connection in somebody's hand. Dropped, it goes on to the next.
pub(super) struct Held {
    hand: Option<Hand>,
    desk: Arc<Desk>,
}

impl Writer {
    /// Opens the file, and makes it if need be.
    pub(crate) fn open(file: File) -> Result<Self> {
        let engine = file.open()?;
        let idle = Some(Hand { engine: Some(engine), group: Group::default() });
        let state = Mutex::new(State { idle, ..State::default() });
        let checkpoints = Checkpoints::start(file.clone())?;
        Ok(Self(Arc::new(Desk { file, committer: Committer::start()?, checkpoints, state })))
    }

    /// Takes the connection for one unit of work. One that `is_alone` shares its COMMIT with nobody: it is long, or has to know
    /// by itself how it ended.
    pub(crate) async fn lease(&self, is_alone: bool, faults: Option<Arc<Faults>>) -> Result<Lease> {
        let deadline = Instant::now() + PATIENCE;
        let mut held = self.0.clone().take(is_alone).await?;
        loop {
            match held.begin(is_alone) {
                Ok(()) => return Ok(Lease { held, is_alone, is_lost: false, is_open: true, faults }),
                // Another process writes. Waiting in SQLite would hold up this thread and all that runs on it.
                Err(error) if error.is_locked() && Instant::now() < deadline => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        self.0.file.path()
    }

    /// How many are open, and how many of those are not in use.
    pub(crate) fn count(&self) -> (u32, u32) {
        (1, u32::from(self.0.state().idle.is_some()))
    }

    /// Waits until nobody writes any more, and closes the connection.
    pub(crate) async fn close(&self) {
        if let Ok(mut held) = self.0.clone().take(true).await {
            self.0.state().closed = true;
            drop(held.hand.take());
            self.0.checkpoints.stop();
        }
        self.0.state().waiting.clear();
    }
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(self: Arc<Self>, is_alone: bool) -> Result<Held> {
        let waiting = {
            let mut state = self.state();
            if state.closed {
                return Err(Error::closed());
            }
            if let Some(hand) = state.idle.take() {
                return Ok(Held { hand: Some(hand), desk: self.clone() });
            }
            let (give, receive) = oneshot::channel();
            state.waiting.push_back(Waiter { is_alone, give });
            receive
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(held) => held.map_err(|_| Error::closed()),
            Err(_) => Err(Error::busy()),
        }
    }

    /// To the COMMIT if it is time for it, else to whoever waits, else back to the desk.
    fn pass_on(self: Arc<Self>, mut hand: Hand) {
        loop {
            let mut state = self.state();
            let next_is_alone = state.waiting.front().map(|next| next.is_alone);
            if hand.group.is_due() || (!hand.group.is_empty() && next_is_alone != Some(false)) {
                drop(state);
                return self.commit(hand);
            }
            let Some(next) = state.waiting.pop_front() else {
                state.idle = Some(hand);
                return;
            };
            drop(state);
            match next.give.send(Held { hand: Some(hand), desk: self.clone() }) {
                Ok(()) => return,
                // They have gone meanwhile.
                Err(mut back) => match back.hand.take() {
                    Some(returned) => hand = returned,
                    None => return,
                },
            }
        }
    }

    /// Hands the connection to the thread that commits; it goes on from there to whoever waits.
    fn commit(self: Arc<Self>, mut hand: Hand) {
        let group = std::mem::take(&mut hand.group);
        let mut held = Held { hand: Some(hand), desk: self.clone() };
        let desk = self.clone();
        self.committer.run(move || {
            let result = group.strike().and_then(|()| held.engine()?.command("COMMIT"));
            match (&result, held.engine()) {
                (Ok(()), Ok(engine)) => desk.checkpoints.after_commit(engine),
                // Closing it undoes what was not committed.
                _ => held.give_up(),
            }
            // Before they hear of it: whoever comes next need not wait for them.
            drop(held);
            group.ended(result);
        });
    }
}

impl Held {
    fn engine(&mut self) -> Result<&mut Engine> {
        let file = &self.desk.file;
        let hand = self.hand.as_mut().ok_or_else(Error::closed)?;
        if hand.engine.is_none() {
            hand.engine = Some(file.open()?);
        }
        hand.engine.as_mut().ok_or_else(Error::closed)
    }

    fn group(&mut self) -> Option<&mut Group> {
        self.hand.as_mut().map(|hand| &mut hand.group)
    }

    fn begin(&mut self, is_alone: bool) -> Result<()> {
        let engine = self.engine()?;
        let begun = if engine.is_in_transaction() { Ok(()) } else { engine.command("BEGIN IMMEDIATE") };
        let result = match begun {
            Ok(()) if is_alone => Ok(()),
            Ok(()) => engine.command("SAVEPOINT unit"),
            Err(error) => Err(error),
        };
        if let Err(error) = &result
            && !error.is_locked()
        {
            self.give_up();
        }
        result
    }

    /// Closes the connection, which undoes what was not committed, and tells those who waited for its COMMIT.
    fn give_up(&mut self) {
        if let Some(hand) = self.hand.as_mut() {
            hand.engine = None;
            // Should the disk be full: what is in the log may fit into the file, and the log begins anew.
            self.desk.checkpoints.wake();
            std::mem::take(&mut hand.group).lost();
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(hand) = self.hand.take() {
            self.desk.clone().pass_on(hand);
        }
    }
}

/// The connection for the length of one unit of work. Dropped without [`Lease::commit`], the unit is undone.
pub(crate) struct Lease {
    held: Held,
    is_alone: bool,
    /// SQLite has ended the transaction by itself.
    is_lost: bool,
    is_open: bool,
    faults: Option<Arc<Faults>>,
}

impl Lease {
    pub(crate) fn run(&mut self, text: &Text, arguments: &Arguments, each: EachRow<'_>) -> Result<u64> {
        if self.is_lost {
            // Without its transaction a statement would be done at once, and alone.
            return Err(Error::Lost);
        }
        let fault = self.faults.as_ref().and_then(|faults| faults.strike_storage());
        let engine = self.held.engine()?;
        let result = match fault {
            // As SQLite does by itself in that case.
            Some(fault) => engine.command("ROLLBACK").and(Err(fault)),
            None => engine.run(text, arguments, each),
        };
        if result.is_err() && !engine.is_in_transaction() {
            self.is_lost = true;
            self.held.give_up();
        }
        result
    }

    /// Makes the unit durable, together with those around it, or fails and leaves nothing of it.
    pub(crate) async fn commit(mut self) -> Result<()> {
        if self.is_lost {
            return Err(Error::Lost);
        }
        let is_alone = self.is_alone;
        let engine = self.held.engine()?;
        if !is_alone {
            engine.command("RELEASE unit")?;
        }
        self.is_open = false;
        let faults = self.faults.take();
        let (tell, told) = oneshot::channel();
        if let Some(group) = self.held.group() {
            group.join(tell, is_alone, faults);
        }
        // Hands the connection on.
        drop(self);
        told.await.unwrap_or(Err(Error::Lost))
    }

    fn undo(&mut self) -> Result<()> {
        let is_last = self.held.group().is_none_or(|group| group.is_empty());
        let is_alone = self.is_alone;
        let engine = self.held.engine()?;
        if is_alone || is_last {
            return engine.command("ROLLBACK");
        }
        engine.command("ROLLBACK TO unit")?;
        engine.command("RELEASE unit")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if !self.is_open || self.is_lost {
            return;
        }
        if self.undo().is_err() {
            self.held.give_up();
        } else if let Some(group) = self.held.group() {
            // It may have seen, and may be about to tell, what the group has yet to make durable.
            unit::witness(group);
        }
    }
}
