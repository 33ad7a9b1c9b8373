//! What has served its time goes: by kind, in batches, each in a transaction of its own, so that nobody waits long for the one
//! writer of the embedded database. Every statement finds its batch by an index; `docs/PRIVACY.md` has the table for people.
//!
//! The audit log is not among it: nothing may shrink it.

mod feed;
mod people;
mod reminders;

pub use reminders::Cursor;

use care::App;
use chrono::{Months, TimeDelta};
use contract::time::Instant;
use db::{Tx, sql};
use identity::{
    enrolment,
    sign_in::{sessions, throttle, used_proofs},
};
use notifications::device;

/// How many rows of one kind go in one transaction.
pub const BATCH: u32 = 500;
/// How many batches of one kind one round does; the rest waits for the next one.
const BATCHES_A_ROUND: u32 = 40;

/// How long things are kept that an operator may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Sessions, after they ended.
    pub ended_sessions: TimeDelta,
    /// Enrolment codes, after they were used or closed.
    pub closed_codes: TimeDelta,
    /// Reminders and their deliveries, after what they were about ended.
    pub reminders: Months,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            ended_sessions: TimeDelta::days(90),
            closed_codes: TimeDelta::days(90),
            reminders: Months::new(25),
        }
    }
}

/// What is tidied up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sessions that were not used for too long end.
    ExpiredSessions,
    /// Codes that nobody used in time close.
    ExpiredCodes,
    /// Sessions that ended long ago.
    EndedSessions,
    /// Codes that were closed long ago.
    ClosedCodes,
    /// Buttons that were pressed, once the reminder is of no use any more and the button would be refused anyway.
    UsedActions,
    /// Answers kept for a repetition.
    KeptAnswers,
    /// Proofs of possession that are too old to be used again anyway.
    UsedProofs,
    /// Failed tries that every limit has forgotten.
    FailedTries,
    /// Devices that were silent for long are stale, then gone.
    SilentDevices,
    /// What is no more and was told for long enough.
    ToldEndings,
}

impl Kind {
    /// All of them, in the order in which they are done.
    pub const ALL: [Self; 10] = [
        Self::ExpiredSessions,
        Self::ExpiredCodes,
        Self::EndedSessions,
        Self::ClosedCodes,
        Self::UsedActions,
        Self::KeptAnswers,
        Self::UsedProofs,
        Self::FailedTries,
        Self::SilentDevices,
        Self::ToldEndings,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::ExpiredSessions => "expired_sessions",
            Self::ExpiredCodes => "expired_codes",
            Self::EndedSessions => "ended_sessions",
            Self::ClosedCodes => "closed_codes",
            Self::UsedActions => "used_actions",
            Self::KeptAnswers => "kept_answers",
            Self::UsedProofs => "used_proofs",
            Self::FailedTries => "failed_tries",
            Self::SilentDevices => "silent_devices",
            Self::ToldEndings => "told_endings",
        }
    }

    /// Does one batch; how many rows it concerned. Fewer than a whole batch: there is no more for now.
    pub async fn batch(self, tx: &mut Tx, retention: &Retention, now: Instant) -> db::Result<u64> {
        match self {
            Self::ExpiredSessions => sessions::end_expired(tx, now, BATCH).await,
            Self::ExpiredCodes => enrolment::close_expired(tx, now, BATCH).await,
            Self::EndedSessions => {
                people::ended_sessions(tx, now.saturating_sub(retention.ended_sessions)).await
            }
            Self::ClosedCodes => people::closed_codes(tx, now.saturating_sub(retention.closed_codes)).await,
            Self::UsedActions => reminders::used_actions(tx, now).await,
            Self::KeptAnswers => kept_answers(tx, now).await,
            Self::UsedProofs => used_proofs::prune(tx, now, BATCH).await,
            Self::FailedTries => throttle::prune(tx, now, BATCH).await,
            Self::SilentDevices => device::age(tx, now, BATCH).await.map(|aged| aged.stale.max(aged.gone)),
            Self::ToldEndings => feed::batch(tx, now).await,
        }
    }
}

/// Does one round of everything. `cursor` remembers how far the reminders were looked through.
pub async fn round(app: &App, retention: &Retention, cursor: &mut Cursor) -> db::Result<()> {
    for kind in Kind::ALL {
        let mut done = 0;
        for _ in 0..BATCHES_A_ROUND {
            let mut tx = app.db.write().await?;
            let count = kind.batch(&mut tx, retention, app.clock.now()).await?;
            tx.commit().await?;
            done += count;
            if count < u64::from(BATCH) {
                break;
            }
        }
        told(kind.as_str(), done);
    }
    let mut done = 0;
    for _ in 0..BATCHES_A_ROUND {
        let cutoff = reminders::cutoff(app.clock.now(), retention.reminders);
        let mut tx = app.db.write().await?;
        let looked_through = reminders::batch(&mut tx, cursor, cutoff).await?;
        tx.commit().await?;
        done += looked_through.forgotten;
        if looked_through.is_end {
            break;
        }
    }
    told("reminders", done);
    app.db.optimize().await
}

fn told(kind: &'static str, rows: u64) {
    if rows > 0 {
        tracing::debug!(tidy.kind = kind, tidy.rows = rows, "tidied up");
        metrics::counter!("muwakaba_rows_tidied_total", "kind" => kind).increment(rows);
    }
}

async fn kept_answers(tx: &mut Tx, now: Instant) -> db::Result<u64> {
    tx.query(sql!(
        "DELETE FROM idempotency WHERE (actor_id, key_hash) IN (
             SELECT actor_id, key_hash FROM idempotency WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)"
    ))
    .bind(now)
    .bind(i64::from(BATCH))
    .execute()
    .await
}
