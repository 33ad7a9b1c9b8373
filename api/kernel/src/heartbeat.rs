//! Whether the service can still keep things. Once in a while it commits one row; readiness reports how that went last. A
//! question that only reads would be answered as ever while no appointment can be booked and no reminder sent, and a transaction
//! that writes nothing proves nothing.

use contract::time::Clock;
use db::{Db, sql};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long after a beat the next one follows.
pub const EVERY: Duration = Duration::from_secs(5);
/// How old the last beat may be: after this something hangs.
const STALE_AFTER: Duration = Duration::from_secs(15);
/// The row that is committed, among the settings of the database.
const SETTING: &str = "heartbeat";

/// How the last beat went.
#[derive(Debug, Default)]
pub struct Heartbeat {
    last: Mutex<Beat>,
    /// Counts the beats: a row that is written as it stands already is not written at all.
    count: AtomicU64,
}

#[derive(Debug, Default, Clone, Copy)]
enum Beat {
    /// Nobody has said yet that there will be beats, as in a command that only looks.
    #[default]
    NotBegun,
    Succeeded(Instant),
    Failed,
}

impl Heartbeat {
    /// Beats are to be expected from now on.
    pub fn begin(&self, now: Instant) {
        self.note(Beat::Succeeded(now));
    }

    /// Whether rows can be committed, as far as is known.
    pub fn is_healthy(&self, now: Instant) -> bool {
        match *self.last.lock().unwrap_or_else(PoisonError::into_inner) {
            Beat::NotBegun => true,
            Beat::Succeeded(at) => now.saturating_duration_since(at) < STALE_AFTER,
            Beat::Failed => false,
        }
    }

    fn note(&self, beat: Beat) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = beat;
    }
}

/// Commits the row and notes how it went.
pub async fn beat(db: &Db, clock: &dyn Clock, heartbeat: &Heartbeat) {
    let count = heartbeat.count.fetch_add(1, Ordering::Relaxed);
    match commit(db, format!("{} ({count})", clock.now())).await {
        Ok(()) => heartbeat.note(Beat::Succeeded(Instant::now())),
        Err(error) => {
            tracing::error!(%error, "nothing can be kept");
            metrics::counter!("muwakaba_heartbeat_failures_total").increment(1);
            heartbeat.note(Beat::Failed);
        }
    }
}

async fn commit(db: &Db, value: String) -> db::Result<()> {
    let mut tx = db.write().await?;
    tx.query(sql!(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    ))
    .bind(SETTING)
    .bind(value)
    .execute()
    .await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::{Beat, EVERY, Heartbeat, Instant, STALE_AFTER};

    #[test]
    fn a_failed_beat_and_a_missing_one_are_told_apart_from_none_yet() {
        let (heartbeat, now) = (Heartbeat::default(), Instant::now());
        assert!(heartbeat.is_healthy(now), "nobody promised any");
        heartbeat.begin(now);
        assert!(heartbeat.is_healthy(now + 2 * EVERY));
        assert!(!heartbeat.is_healthy(now + STALE_AFTER));
        heartbeat.note(Beat::Failed);
        assert!(!heartbeat.is_healthy(now));
        heartbeat.note(Beat::Succeeded(now));
        assert!(heartbeat.is_healthy(now), "it recovers with the next");
    }
}
