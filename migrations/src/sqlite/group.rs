//! Those who share one COMMIT, and the thread that carries it out.

use crate::{Error, Result, faults::Faults};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// After how many members, and after what time since the first of them, nobody else joins.
const MOST_MEMBERS: usize = 64;
const LONGEST: Duration = Duration::from_millis(2);

/// Units of work that are done, and wait for the COMMIT that makes them durable.
#[derive(Default)]
pub(crate) struct Group {
    members: Vec<oneshot::Sender<Result<()>>>,
    witnesses: Vec<oneshot::Sender<Result<()>>>,
    began: Option<Instant>,
    is_closed: bool,
    faults: Option<Arc<Faults>>,
}

impl Group {
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether nobody else may join.
    pub(super) fn is_due(&self) -> bool {
        !self.is_empty()
            && (self.is_closed
                || self.members.len() >= MOST_MEMBERS
                || self.began.is_some_and(|began| began.elapsed() >= LONGEST))
    }

    /// Somebody who did nothing, but may have seen what the group did; nobody if the group is empty.
    pub(crate) fn witness(&mut self) -> Option<oneshot::Receiver<Result<()>>> {
        if self.is_empty() {
            return None;
        }
        let (tell, told) = oneshot::channel();
        self.witnesses.push(tell);
        Some(told)
    }

    /// One more, who is told how it ended. One who `is_alone` is the last.
    pub(super) fn join(
        &mut self,
        tell: oneshot::Sender<Result<()>>,
        is_alone: bool,
        faults: Option<Arc<Faults>>,
    ) {
        self.members.push(tell);
        self.began.get_or_insert_with(Instant::now);
        self.is_closed = is_alone;
        self.faults = self.faults.take().or(faults);
    }

    /// The fault of the COMMIT that a test asked for.
    pub(super) fn strike(&self) -> Result<()> {
        self.faults.as_ref().and_then(|faults| faults.strike_storage()).map_or(Ok(()), Err)
    }

    /// Tells everybody how the COMMIT ended. Who was alone is told why it failed; of several nobody knows whose fault it was, so
    /// that each may try again.
    pub(super) fn ended(self, result: Result<()>) {
        match result {
            Ok(()) => self.tell(|| Ok(())),
            Err(error) if self.members.len() > 1 => {
                tracing::warn!(%error, members = self.members.len(), "a shared commit failed");
                self.lost();
            }
            Err(error) => {
                let Self { mut members, witnesses, .. } = self;
                if let Some(only) = members.pop() {
                    let _ = only.send(Err(error));
                }
                for witness in witnesses {
                    let _ = witness.send(Err(Error::Lost));
                }
            }
        }
    }

    /// The transaction ended before its COMMIT.
    pub(super) fn lost(self) {
        self.tell(|| Err(Error::Lost));
    }

    fn tell(self, outcome: impl Fn() -> Result<()>) {
        for member in self.members.into_iter().chain(self.witnesses) {
            // Whoever has gone does not need to know.
            let _ = member.send(outcome());
        }
    }
}

type Job = Box<dyn FnOnce() + Send>;

/// A thread of its own for COMMIT, which waits for the disk: what else the service does goes on meanwhile.
pub(super) struct Committer(mpsc::Sender<Job>);

impl Committer {
    pub(super) fn start() -> Result<Self> {
        let (sender, jobs) = mpsc::channel::<Job>();
        std::thread::Builder::new()
            .name("commit".to_owned())
            .spawn(move || {
                // Ends when the last sender has gone.
                while let Ok(job) = jobs.recv() {
                    // What a job holds is given back when it unwinds, and the next job finds everything in order.
                    if catch_unwind(AssertUnwindSafe(job)).is_err() {
                        tracing::error!("a commit panicked");
                    }
                }
            })
            .map_err(|error| Error::Settings(format!("cannot start the thread that commits: {error}")))?;
        Ok(Self(sender))
    }

    pub(super) fn run(&self, job: impl FnOnce() + Send + 'static) {
        if let Err(mpsc::SendError(job)) = self.0.send(Box::new(job)) {
            // The thread has ended, as the process does.
            job();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Error {
        Error::Settings("no room".to_owned())
    }

    type Told = oneshot::Receiver<Result<()>>;

    fn group(members: usize) -> (Group, Vec<Told>, Told) {
        let (mut group, mut told) = (Group::default(), Vec::new());
        assert!(group.witness().is_none(), "of nothing");
        for _ in 0..members {
            let (tell, receiver) = oneshot::channel();
            group.join(tell, false, None);
            told.push(receiver);
        }
        let witness = group.witness().unwrap();
        (group, told, witness)
    }

    #[test]
    fn whoever_was_alone_is_told_why_and_who_looked_on_tries_again() {
        let (group, mut members, mut witness) = group(1);
        group.ended(Err(full()));
        assert!(matches!(members.remove(0).try_recv().unwrap(), Err(Error::Settings(_))));
        assert!(matches!(witness.try_recv().unwrap(), Err(Error::Lost)));
    }

    #[test]
    fn of_several_each_tries_again() {
        let (group, members, mut witness) = group(2);
        group.ended(Err(full()));
        for mut member in members {
            assert!(matches!(member.try_recv().unwrap(), Err(Error::Lost)));
        }
        assert!(matches!(witness.try_recv().unwrap(), Err(Error::Lost)));
    }

    #[test]
    fn all_hear_of_success() {
        let (group, members, mut witness) = group(3);
        group.ended(Ok(()));
        for mut member in members {
            assert!(member.try_recv().unwrap().is_ok());
        }
        assert!(witness.try_recv().unwrap().is_ok());
    }
}
