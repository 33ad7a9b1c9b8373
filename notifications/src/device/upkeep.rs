//! How long a device stays worth trying. An app tells its address at every start, and a notification that was shown is told by a
//! receipt, so a device that was not heard of for a month belongs to an app that is not used, or is there no more. It is still
//! tried, since trying costs little and a push service may know better, but those who rely on it can see that it is doubtful.
//!
//! Google calls an FCM token stale after a month in the same sense, and drops it after 270 days itself. A Web Push subscription
//! has no such age: it lives until its push service says that it is gone.

use chrono::TimeDelta;
use contract::ReminderId;
use contract::time::Instant;
use db::{Result, Tx, sql};

/// A device that was silent for so long is stale.
pub const STALE_AFTER: TimeDelta = TimeDelta::days(30);
/// An FCM token that was silent for so long does not work any more.
pub const FCM_GONE_AFTER: TimeDelta = TimeDelta::days(270);
/// A sign of life is written down if the last one is older than this: one receipt a day is enough.
const HEARD_AGAIN_AFTER: TimeDelta = TimeDelta::days(1);

/// A device whose push service has refused so many messages in a row is doubtful.
pub const DOUBTFUL_AFTER: i64 = 3;

/// How many devices there are, and how many of them take nothing that is sent to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Refused {
    /// Devices that are reached by push.
    pub devices: i64,
    /// Those whose push service refuses what is sent there.
    pub refused: i64,
}

impl Refused {
    /// Whether they are so many that the fault is not a single phone's.
    pub const fn are_many(self) -> bool {
        self.refused >= DOUBTFUL_AFTER && self.refused.saturating_mul(10) >= self.devices
    }
}

/// Counts the devices that take nothing.
pub async fn refused(tx: &mut Tx) -> Result<Refused> {
    tx.query(sql!(
        "SELECT (SELECT count(*) FROM device WHERE gone_at IS NULL) AS devices,
                (SELECT count(*) FROM device WHERE gone_at IS NULL AND refusals > 0 AND refusals >= $1) AS refused"
    ))
    .bind(DOUBTFUL_AFTER)
    .one()
    .await
}

/// How many devices changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Aged {
    /// How many are stale now.
    pub stale: u64,
    /// How many are gone now.
    pub gone: u64,
}

/// Marks up to `limit` devices of each sort that were silent for too long.
pub async fn age(tx: &mut Tx, now: Instant, limit: u32) -> Result<Aged> {
    let gone = tx
        .query(sql!(
            "UPDATE device SET state = 'gone', gone_at = $1, version = version + 1
             WHERE id IN (SELECT id FROM device WHERE gone_at IS NULL AND state = 'stale' AND channel = 'fcm'
                            AND refreshed_at <= $2 ORDER BY refreshed_at LIMIT $3)"
        ))
        .bind(now)
        .bind(now.saturating_sub(FCM_GONE_AFTER))
        .bind(i64::from(limit))
        .execute()
        .await?;
    let stale = tx
        .query(sql!(
            "UPDATE device SET state = 'stale', version = version + 1
             WHERE id IN (SELECT id FROM device WHERE gone_at IS NULL AND state = 'active' AND refreshed_at <= $1
                          ORDER BY refreshed_at LIMIT $2)"
        ))
        .bind(now.saturating_sub(STALE_AFTER))
        .bind(i64::from(limit))
        .execute()
        .await?;
    Ok(Aged { stale, gone })
}

/// Takes the receipt of this reminder for a sign of life of the device that it was delivered to. Of several devices nobody can
/// tell which one showed it, so it says nothing about any.
pub async fn heard_of(tx: &mut Tx, reminder: ReminderId, now: Instant) -> Result<()> {
    tx.query(sql!(
        "UPDATE device SET refreshed_at = $2, state = 'active',
             version = CASE WHEN state = 'active' THEN version ELSE version + 1 END
         WHERE gone_at IS NULL AND refreshed_at < $3
           AND id IN (SELECT device_id FROM delivery WHERE reminder_id = $1 AND state = 'delivered')
           AND 1 = (SELECT count(*) FROM delivery WHERE reminder_id = $1 AND state = 'delivered')"
    ))
    .bind(reminder)
    .bind(now)
    .bind(now.saturating_sub(HEARD_AGAIN_AFTER))
    .execute()
    .await
    .map(drop)
}
