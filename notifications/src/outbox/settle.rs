//! Writing down what came of a batch, in a handful of statements whatever its size.
//!
//! Every statement requires the lease under which the attempt was made, so settling twice, too late, or after the reminder
//! was superseded changes nothing. Deliveries are written first, while their reminders still bear the lease.

use std::collections::BTreeMap;

use contract::time::Instant;
use contract::{CentreId, DeviceId, ParticipantId, ReminderId};
use db::{Result, Tx, sql};
use uuid::Uuid;

use super::types::{Attempt, Attempted, FailedReminder, Origin, Verdict};

/// What a settlement came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Settlement {
    /// How many claims were settled.
    pub settled: usize,
    /// How many were no longer held, so that nothing was written for them.
    pub lost: usize,
    /// The reminders that no device took, now `failed`.
    pub failed: Vec<FailedReminder>,
}

/// Writes down `batch` at `now`.
pub async fn settle(tx: &mut Tx, now: Instant, batch: &[Attempted]) -> Result<Settlement> {
    let mut settlement = Settlement::default();
    let (first, waiting): (Vec<&Attempted>, Vec<&Attempted>) =
        batch.iter().partition(|attempted| attempted.origin == Origin::Reminder);

    for ((lease, ending), group) in by_lease_and_ending(&first) {
        insert_deliveries(tx, now, lease, &group).await?;
        let held = match ending {
            Ending::Failed => {
                let failed = fail_reminders(tx, now, lease, &group).await?;
                settlement.failed.extend_from_slice(&failed);
                failed.len()
            }
            _ => settle_reminders(tx, now, lease, ending, &group).await?,
        };
        settlement.settled += held;
        settlement.lost += group.len().saturating_sub(held);
    }

    let mut concluded: Vec<ReminderId> = Vec::new();
    for attempted in waiting {
        if settle_delivery(tx, now, attempted).await? {
            settlement.settled += 1;
            concluded.push(attempted.reminder_id);
        } else {
            settlement.lost += 1;
        }
    }
    concluded.extend(forget_devices(tx, now, batch).await?);
    count_refusals(tx, batch).await?;
    settlement.failed.extend(conclude(tx, &concluded, now).await?);
    Ok(settlement)
}

/// What becomes of a reminder after its first attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    /// A device took it, or it waits in the app.
    Sent,
    /// No device has taken it yet, and at least one will be tried again.
    Waiting,
    /// No device took it and none will be tried again.
    Failed,
    /// It was not tried, and may be claimed again from then on.
    GivenBack(Instant),
}

impl Ending {
    fn of(attempted: &Attempted) -> Self {
        let has = |wanted: fn(&Verdict) -> bool| attempted.attempts.iter().any(|one| wanted(&one.verdict));
        if let Some(at) = attempted.given_back {
            Self::GivenBack(at)
        } else if attempted.attempts.is_empty() || has(|verdict| matches!(verdict, Verdict::Delivered)) {
            Self::Sent
        } else if has(|verdict| matches!(verdict, Verdict::Again { .. })) {
            Self::Waiting
        } else {
            Self::Failed
        }
    }
}

type Groups<'a> = BTreeMap<(Instant, Ending), Vec<&'a Attempted>>;

fn by_lease_and_ending<'a>(batch: &[&'a Attempted]) -> Groups<'a> {
    let mut groups = Groups::new();
    for attempted in batch {
        groups.entry((attempted.lease.until, Ending::of(attempted))).or_default().push(attempted);
    }
    groups
}

// The unary plus in these statements keeps SQLite from looking for the lease first, which all rows of a batch share.

/// Settles reminders of one lease and one ending; how many were still held.
async fn settle_reminders(
    tx: &mut Tx,
    now: Instant,
    lease: Instant,
    ending: Ending,
    group: &[&Attempted],
) -> Result<usize> {
    let (statement, at) = match ending {
        Ending::Waiting => (
            sql!(
                "UPDATE reminder SET ready_at = expires_at WHERE ", lite "+", "ready_at = ? AND id IN ({rows})"
            ),
            None,
        ),
        Ending::GivenBack(at) => (
            sql!(
                "UPDATE reminder SET state = 'planned', ready_at = ?, claims = claims - 1
                 WHERE ", lite "+", "ready_at = ? AND id IN ({rows})"
            ),
            Some(at),
        ),
        Ending::Sent | Ending::Failed => (
            sql!(
                "UPDATE reminder SET ready_at = NULL, settled_at = ?, state = CASE
                     WHEN acted_at IS NOT NULL THEN 'acted' WHEN seen_at IS NOT NULL THEN 'seen' ELSE 'sent' END
                 WHERE ", lite "+", "ready_at = ? AND id IN ({rows})"
            ),
            Some(now),
        ),
    };
    let mut query = tx.query_kept_rows(statement, group.len(), 1);
    if let Some(at) = at {
        query = query.bind(at);
    }
    query = query.bind(lease);
    for attempted in group {
        query = query.bind(attempted.reminder_id);
    }
    Ok(usize::try_from(query.fill::<Uuid>().execute().await?).unwrap_or(usize::MAX))
}

/// Settles reminders of one lease that no device took; returns those that were still held.
async fn fail_reminders(
    tx: &mut Tx,
    now: Instant,
    lease: Instant,
    group: &[&Attempted],
) -> Result<Vec<FailedReminder>> {
    let mut query = tx
        .query_rows(
            sql!(
                "UPDATE reminder SET state = 'failed', ready_at = NULL, settled_at = ?
                 WHERE ", lite "+", "ready_at = ? AND id IN ({rows}) RETURNING id, centre_id, participant_id"
            ),
            group.len(),
            1,
        )
        .bind(now)
        .bind(lease);
    for attempted in group {
        query = query.bind(attempted.reminder_id);
    }
    query.all().await
}

/// How a verdict rests in the delivery's row.
struct Stored {
    state: &'static str,
    reason: Option<&'static str>,
    ready_at: Option<Instant>,
    may_have_arrived: bool,
}

impl Stored {
    const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Delivered => Self::ended("delivered", None),
            Verdict::Again { at, reason, may_have_arrived } => {
                Self { ready_at: Some(at), may_have_arrived, ..Self::ended("waiting", Some(reason)) }
            }
            Verdict::Gone => Self::ended("gone", None),
            Verdict::Failed { reason } => Self::ended("failed", Some(reason)),
            Verdict::Expired { reason } => Self::ended("expired", Some(reason)),
        }
    }

    const fn ended(state: &'static str, reason: Option<&'static str>) -> Self {
        Self { state, reason, ready_at: None, may_have_arrived: false }
    }
}

/// Writes the deliveries of reminders that still bear the lease.
async fn insert_deliveries(tx: &mut Tx, now: Instant, lease: Instant, group: &[&Attempted]) -> Result<()> {
    let mut delivered: Vec<(ReminderId, DeviceId)> = Vec::with_capacity(group.len());
    let mut others: Vec<(ReminderId, &Attempt)> = Vec::new();
    for attempted in group {
        for attempt in &attempted.attempts {
            match attempt.verdict {
                Verdict::Delivered => delivered.push((attempted.reminder_id, attempt.device_id)),
                _ => others.push((attempted.reminder_id, attempt)),
            }
        }
    }
    // Almost all of them: two values a row instead of eight.
    if !delivered.is_empty() {
        let mut query = tx
            .query_kept_rows(
                sql!(
                    "INSERT INTO delivery (reminder_id, device_id, state, attempts, first_tried_at, last_tried_at)
                     SELECT column1, column2, 'delivered', 1, ?, ? FROM (VALUES {rows}) AS made
                     WHERE EXISTS (SELECT 1 FROM reminder WHERE id = column1 AND ", lite "+", "ready_at = ?)
                     ON CONFLICT (reminder_id, device_id) DO UPDATE SET state = 'delivered', ready_at = NULL,
                         attempts = delivery.attempts + 1, last_tried_at = excluded.last_tried_at"
                ),
                delivered.len(),
                2,
            )
            .bind(now)
            .bind(now);
        for (reminder, device) in delivered {
            query = query.bind(reminder).bind(device);
        }
        query.fill::<Uuid>().bind(lease).execute().await?;
    }
    for (reminder, attempt) in others {
        let stored = Stored::of(attempt.verdict);
        tx.query(sql!(
            "INSERT INTO delivery
                 (reminder_id, device_id, state, attempts, reason, ready_at, first_tried_at, last_tried_at, may_have_arrived)
             SELECT $1, $2, $3, 1, $4, $5, $6, $6, $8 FROM reminder WHERE id = $1 AND ready_at = $7
             ON CONFLICT (reminder_id, device_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
                 ready_at = excluded.ready_at, attempts = delivery.attempts + 1, last_tried_at = excluded.last_tried_at,
                 may_have_arrived = delivery.may_have_arrived OR excluded.may_have_arrived"
        ))
        .bind(reminder)
        .bind(attempt.device_id)
        .bind(stored.state)
        .bind(stored.reason)
        .bind(stored.ready_at)
        .bind(now)
        .bind(lease)
        .bind(stored.may_have_arrived)
        .execute()
        .await?;
    }
    Ok(())
}

/// Settles one delivery that was tried again; whether it was still held.
async fn settle_delivery(tx: &mut Tx, now: Instant, attempted: &Attempted) -> Result<bool> {
    let Origin::Delivery { device, .. } = attempted.origin else { return Ok(false) };
    let Some(attempt) = attempted.attempts.first().filter(|_| attempted.given_back.is_none()) else {
        let given_back = tx
            .query(sql!(
                "UPDATE delivery SET ready_at = $4 WHERE reminder_id = $1 AND device_id = $2 AND ready_at = $3"
            ))
            .bind(attempted.reminder_id)
            .bind(device)
            .bind(attempted.lease.until)
            .bind(attempted.given_back.unwrap_or(now))
            .execute()
            .await?;
        return Ok(given_back > 0);
    };
    let stored = Stored::of(attempt.verdict);
    let settled = tx
        .query(sql!(
            "UPDATE delivery SET state = $4, reason = $5, ready_at = $6, attempts = attempts + 1, last_tried_at = $7,
                 may_have_arrived = may_have_arrived OR $8
             WHERE reminder_id = $1 AND device_id = $2 AND ready_at = $3"
        ))
        .bind(attempted.reminder_id)
        .bind(device)
        .bind(attempted.lease.until)
        .bind(stored.state)
        .bind(stored.reason)
        .bind(stored.ready_at)
        .bind(now)
        .bind(stored.may_have_arrived)
        .execute()
        .await?;
    Ok(settled > 0)
}

/// Marks devices as gone, unless they registered anew meanwhile. That is true whoever holds the reminder by now. What else
/// waited for them ends; returns its reminders.
async fn forget_devices(tx: &mut Tx, now: Instant, batch: &[Attempted]) -> Result<Vec<ReminderId>> {
    let gone =
        batch.iter().flat_map(|attempted| &attempted.attempts).filter(|one| one.verdict == Verdict::Gone);
    let mut reminders = Vec::new();
    for attempt in gone {
        let forgotten = tx
            .query(sql!(
                "UPDATE device SET state = 'gone', gone_at = $3, version = version + 1
                 WHERE id = $1 AND version = $2 AND gone_at IS NULL"
            ))
            .bind(attempt.device_id)
            .bind(attempt.version)
            .bind(now)
            .execute()
            .await?;
        if forgotten > 0 {
            reminders.extend(end_waiting_for(tx, attempt.device_id).await?);
        }
    }
    Ok(reminders)
}

/// Counts what push services refused, device by device, and forgets it where one took a message after all. Almost always there
/// is nothing to write.
async fn count_refusals(tx: &mut Tx, batch: &[Attempted]) -> Result<()> {
    for attempt in batch.iter().flat_map(|attempted| &attempted.attempts) {
        let statement = match attempt.verdict {
            Verdict::Delivered if attempt.was_refused => {
                sql!("UPDATE device SET refusals = 0 WHERE id = $1 AND version = $2")
            }
            _ if attempt.is_refused => {
                sql!("UPDATE device SET refusals = refusals + 1 WHERE id = $1 AND version = $2")
            }
            _ => continue,
        };
        tx.query(statement).bind(attempt.device_id).bind(attempt.version).execute().await?;
    }
    Ok(())
}

async fn end_waiting_for(tx: &mut Tx, device: DeviceId) -> Result<Vec<ReminderId>> {
    tx.query(sql!(
        "UPDATE delivery SET state = 'gone', ready_at = NULL WHERE device_id = $1 AND ready_at IS NOT NULL
         RETURNING reminder_id"
    ))
    .bind(device)
    .scalars()
    .await
}

/// Settles the reminders among these whose deliveries have all ended: `sent` if a device took one, else `failed`.
pub(super) async fn conclude(
    tx: &mut Tx,
    reminders: &[ReminderId],
    now: Instant,
) -> Result<Vec<FailedReminder>> {
    let mut reminders = reminders.to_vec();
    reminders.sort_unstable();
    reminders.dedup();
    let mut failed = Vec::new();
    for id in reminders {
        // Two workers that end the last two deliveries of one reminder would each believe that the other's is open.
        tx.query(sql!("SELECT id FROM reminder WHERE id = $1", pg " FOR UPDATE"))
            .bind(id)
            .optional_scalar::<ReminderId>()
            .await?;
        let row: Option<(CentreId, ParticipantId, bool)> = tx
            .query(sql!(
                "UPDATE reminder SET ready_at = NULL, settled_at = $2,
                     state = CASE WHEN EXISTS (SELECT 1 FROM delivery
                         WHERE delivery.reminder_id = reminder.id AND delivery.state = 'delivered')
                         THEN CASE WHEN acted_at IS NOT NULL THEN 'acted' WHEN seen_at IS NOT NULL THEN 'seen'
                              ELSE 'sent' END
                         ELSE 'failed' END
                 WHERE id = $1 AND state = 'sending'
                   AND (EXISTS (SELECT 1 FROM delivery
                            WHERE delivery.reminder_id = reminder.id AND delivery.state = 'delivered')
                        OR NOT EXISTS (SELECT 1 FROM delivery
                            WHERE delivery.reminder_id = reminder.id AND delivery.state = 'waiting'))
                 RETURNING centre_id, participant_id, state = 'failed'"
            ))
            .bind(id)
            .bind(now)
            .optional()
            .await?;
        if let Some((centre_id, participant_id, true)) = row {
            failed.push(FailedReminder { id, centre_id, participant_id });
        }
    }
    Ok(failed)
}
