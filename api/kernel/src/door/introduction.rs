//! Whether somebody has proved on a connection who they are. Until then it answers few requests at once: whoever opens many streams
//! and takes none of the answers holds that much less of ours.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The turns of one connection. Rides on each of its requests.
#[derive(Clone)]
pub struct Introduction(Arc<Turns>);

struct Turns {
    free: Arc<Semaphore>,
    /// How many more there are once somebody is known.
    more: usize,
    is_made: AtomicBool,
}

impl Introduction {
    /// Of a connection on which nobody is known yet: it answers `few` requests at once until somebody is, and `most` from then on.
    pub fn due(most: u32, few: usize) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
        let few = few.clamp(1, most);
        Self(Arc::new(Turns {
            free: Arc::new(Semaphore::new(few)),
            more: most - few,
            is_made: AtomicBool::new(false),
        }))
    }

    /// A caller of this connection has proved who they are.
    pub fn make(&self) {
        if !self.0.is_made.swap(true, Ordering::Relaxed) {
            self.0.free.add_permits(self.0.more);
        }
    }

    /// Waits for a turn. `None`: there will be none any more.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        self.0.free.clone().acquire_owned().await.ok()
    }
}
