//! What one request or task does in storage, seen from outside: whether it has to be alone, and whether what it saw has become
//! durable.
//!
//! Units of work that follow each other closely share a COMMIT on SQLite, so that a unit can see what another has done just before
//! and what is not durable yet. One that ends without a change (it refuses, or answers a repetition) has no COMMIT of its own to wait for; it
//! waits here instead, before it says anything.

use crate::{Error, Result, sqlite::Group};
use std::{
    future::Future,
    sync::{Mutex, PoisonError},
};
use tokio::sync::oneshot;

type Outcome = oneshot::Receiver<Result<()>>;

tokio::task_local! {
    static CURRENT: Current;
}

struct Current {
    is_alone: bool,
    witnessed: Mutex<Vec<Outcome>>,
}

/// Carries out `work`, and then waits until what it saw of others is durable. The second value is an error if it never will be:
/// what `work` answers must not be given out then.
///
/// # Errors
/// Those of `work` are its own affair; see above for the second value.
pub async fn settled<F: Future>(is_alone: bool, work: F) -> (F::Output, Result<()>) {
    let current = Current { is_alone, witnessed: Mutex::default() };
    CURRENT
        .scope(current, async {
            let output = work.await;
            let witnessed = CURRENT.with(|current| {
                std::mem::take(&mut *current.witnessed.lock().unwrap_or_else(PoisonError::into_inner))
            });
            for outcome in witnessed {
                if outcome.await.unwrap_or(Err(Error::Lost)).is_err() {
                    return (output, Err(Error::Lost));
                }
            }
            (output, Ok(()))
        })
        .await
}

/// Whether whoever runs here shares no COMMIT.
pub(crate) fn is_alone() -> bool {
    CURRENT.try_with(|current| current.is_alone).unwrap_or(false)
}

/// Remembers to wait for this group.
pub(crate) fn witness(group: &mut Group) {
    let _ = CURRENT.try_with(|current| {
        if let Some(outcome) = group.witness() {
            current.witnessed.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
        }
    });
}
