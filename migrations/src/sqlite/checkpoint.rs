//! Bringing what was committed from the write-ahead log into the database file.
//!
//! By itself SQLite does it in every so many commits, in the middle of the COMMIT: copying and flushing a thousand pages holds up
//! everybody who wants to write. Here a thread of its own copies most of it with a connection of its own, beside those who write. Only
//! the rest, which was written meanwhile, is copied by whoever commits; then all is copied, and SQLite begins the log anew.

use super::engine::{Copying, Engine, File, Log};
use crate::{Error, Result};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

/// From how many pages in the log on they are copied: 32 MiB. Many pages are written again and again, and the longer it is waited, the
/// more of them are copied but once: with 4 MiB, as SQLite itself does, the disk was busier with copying than with the log.
const WORTH_COPYING: i64 = 8_000;
/// So few are copied between two commits.
const LITTLE: i64 = 250;
/// The log grows no longer than this while it is copied beside those who write: 128 MiB.
const TOO_LONG: i64 = 32_000;

/// The thread that copies.
pub(super) struct Checkpoints {
    running: Mutex<Option<Running>>,
    is_busy: Arc<AtomicBool>,
}

struct Running {
    wake: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    pub(super) fn start(file: File) -> Result<Self> {
        let (wake, asked) = mpsc::channel::<()>();
        let is_busy = Arc::new(AtomicBool::new(false));
        let busy = is_busy.clone();
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || {
                let mut engine = None;
                while asked.recv().is_ok() {
                    // A connection that was in use when something panicked is not used again.
                    if catch_unwind(AssertUnwindSafe(|| copy(&file, &mut engine))).is_err() {
                        tracing::error!("copying the log of the database panicked");
                    }
                    busy.store(false, Ordering::Release);
                }
            })
            .map_err(|error| {
                Error::Settings(format!("cannot start the thread that copies the log: {error}"))
            })?;
        Ok(Self { running: Mutex::new(Some(Running { wake, thread })), is_busy })
    }

    /// Sees to it that the log does not grow, after a COMMIT on `engine`. It cannot fail: what was committed is in the log.
    pub(super) fn after_commit(&self, engine: &Engine) {
        let result = engine.log(Copying::Nothing).and_then(|log| match due(log) {
            Due::Nothing => Ok(()),
            Due::Beside => {
                self.wake();
                Ok(())
            }
            Due::Here => engine.log(Copying::All).map(drop),
        });
        if let Err(error) = result {
            tracing::warn!(%error, "the log of the database was not copied");
        }
    }

    /// Has it copied now.
    pub(super) fn wake(&self) {
        if !self.is_busy.swap(true, Ordering::AcqRel)
            && let Some(running) = &*self.running.lock().unwrap_or_else(PoisonError::into_inner)
        {
            // It hears everything until it is stopped.
            let _ = running.wake.send(());
        }
    }

    /// Waits until it has done what it is doing, and ends it.
    pub(super) fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { wake, thread }) = running {
            drop(wake);
            let _ = thread.join();
        }
    }
}

/// What is to be done about the log after a COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// It is short.
    Nothing,
    /// It is copied beside those who write.
    Beside,
    /// Whoever has committed copies what is left, and everybody else waits: it is little, or nobody has come to copy it for too long.
    Here,
}

const fn due(log: Log) -> Due {
    if log.pages < WORTH_COPYING {
        Due::Nothing
    } else if log.pages - log.copied <= LITTLE || log.pages >= TOO_LONG {
        Due::Here
    } else {
        Due::Beside
    }
}

/// Opened at the first time, and again after a failure.
fn copy(file: &File, engine: &mut Option<Engine>) {
    let result = match engine.take() {
        Some(open) => Ok(open),
        None => file.open(),
    }
    .and_then(|open| open.log(Copying::All).map(|_| open));
    match result {
        Ok(open) => *engine = Some(open),
        Err(error) => tracing::warn!(%error, "the log of the database was not copied"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_is_copied_beside_and_its_end_between_two_commits() {
        for (pages, copied, expected) in [
            (0, 0, Due::Nothing),
            (WORTH_COPYING - 1, 0, Due::Nothing),
            (WORTH_COPYING, 0, Due::Beside),
            (WORTH_COPYING, WORTH_COPYING - LITTLE - 1, Due::Beside),
            (WORTH_COPYING, WORTH_COPYING - LITTLE, Due::Here),
            (TOO_LONG - 1, 0, Due::Beside),
            // Whoever copies has died, or is slower than everybody who writes.
            (TOO_LONG, 0, Due::Here),
        ] {
            assert_eq!(due(Log { pages, copied }), expected, "{copied} of {pages}");
        }
    }
}
