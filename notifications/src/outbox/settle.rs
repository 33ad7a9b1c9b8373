//! Writing down what came of a batch, in a handful of statements whatever its size.
//!
//! Every statement requires the lease under which the attempt was made, so settling twice, too late, or after the reminder
//! was superseded changes nothing.

use std::collections::{BTreeMap, HashSet};

use contract::time::Instant;
use contract::{CentreId, DeliveryId, DeviceId, IdSource, ParticipantId, ReminderId};
use db::{Result, Tx, sql};

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
pub async fn settle(
    tx: &mut Tx,
    now: Instant,
    batch: &[Attempted],
    ids: &dyn IdSource,
) -> Result<Settlement> {
    let mut settlement = Settlement::default();
    let (first, waiting): (Vec<&Attempted>, Vec<&Attempted>) =
        batch.iter().partition(|attempted| attempted.origin == Origin::Reminder);

    let mut written: Vec<(&Attempted, &Attempt)> = Vec::with_capacity(first.len());
    for ((_, ending), group) in by_lease_and_ending(&first) {
        let held = settle_reminders(tx, now, ending, &group, &mut settlement.failed).await?;
        settlement.settled += held.len();
        settlement.lost += group.len() - held.len();
        for attempted in held {
            written.extend(attempted.attempts.iter().map(|attempt| (attempted, attempt)));
        }
    }
    insert_deliveries(tx, now, &written, ids).await?;

    let mut concluded: Vec<ReminderId> = Vec::new();
    for attempted in waiting {
        if settle_delivery(tx, now, attempted).await? {
            settlement.settled += 1;
            concluded.push(attempted.reminder_id);
            written.extend(attempted.attempts.iter().map(|attempt| (attempted, attempt)));
        } else {
            settlement.lost += 1;
        }
    }
    let gone: Vec<&Attempt> = written
        .iter()
        .map(|(_, attempt)| *attempt)
        .filter(|attempt| attempt.verdict == Verdict::Gone)
        .collect();
    concluded.extend(forget_devices(tx, now, &gone).await?);
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
    /// It was not tried.
    Released,
}

impl Ending {
    fn of(attempted: &Attempted) -> Self {
        let has = |wanted: fn(&Verdict) -> bool| attempted.attempts.iter().any(|one| wanted(&one.verdict));
        if attempted.released {
            Self::Released
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

/// Settles reminders of one lease and one ending; returns those that were still held.
async fn settle_reminders<'a>(
    tx: &mut Tx,
    now: Instant,
    ending: Ending,
    group: &[&'a Attempted],
    failed: &mut Vec<FailedReminder>,
) -> Result<Vec<&'a Attempted>> {
    let Some(lease) = group.first().map(|attempted| attempted.lease) else { return Ok(Vec::new()) };
    // The unary plus keeps SQLite from looking for the lease first, which all rows of a batch share.
    let statement = match ending {
        Ending::Sent => sql!(
            "UPDATE reminder SET ready_at = NULL, settled_at = ?, state = CASE
                 WHEN acted_at IS NOT NULL THEN 'acted' WHEN seen_at IS NOT NULL THEN 'seen' ELSE 'sent' END
             WHERE ", lite "+", "ready_at = ?
             AND id IN ({rows}) RETURNING id, centre_id, participant_id"
        ),
        Ending::Failed => sql!(
            "UPDATE reminder SET state = 'failed', ready_at = NULL, settled_at = ? WHERE ", lite "+", "ready_at = ?
             AND id IN ({rows}) RETURNING id, centre_id, participant_id"
        ),
        Ending::Waiting => sql!(
            "UPDATE reminder SET ready_at = expires_at WHERE ? IS NOT NULL AND ", lite "+", "ready_at = ?
             AND id IN ({rows}) RETURNING id, centre_id, participant_id"
        ),
        Ending::Released => sql!(
            "UPDATE reminder SET state = 'planned', ready_at = due_at WHERE ? IS NOT NULL AND ", lite "+", "ready_at = ?
             AND id IN ({rows}) RETURNING id, centre_id, participant_id"
        ),
    };
    let mut query = tx.query_rows(statement, group.len(), 1).bind(now).bind(lease.until);
    for attempted in group {
        query = query.bind(attempted.reminder_id);
    }
    let rows: Vec<(ReminderId, CentreId, ParticipantId)> = query.all().await?;
    if ending == Ending::Failed {
        failed.extend(rows.iter().map(|&(id, centre_id, participant_id)| FailedReminder {
            id,
            centre_id,
            participant_id,
        }));
    }
    if rows.len() == group.len() {
        return Ok(group.to_vec());
    }
    let held: HashSet<ReminderId> = rows.into_iter().map(|(id, _, _)| id).collect();
    Ok(group.iter().copied().filter(|attempted| held.contains(&attempted.reminder_id)).collect())
}

/// How a verdict rests in the delivery's row.
struct Stored {
    state: &'static str,
    reason: Option<&'static str>,
    ready_at: Option<Instant>,
}

impl Stored {
    const fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Delivered => Self { state: "delivered", reason: None, ready_at: None },
            Verdict::Again { at, reason } => {
                Self { state: "waiting", reason: Some(reason), ready_at: Some(at) }
            }
            Verdict::Gone => Self { state: "gone", reason: None, ready_at: None },
            Verdict::Failed { reason } => Self { state: "failed", reason: Some(reason), ready_at: None },
            Verdict::Expired { reason } => Self { state: "expired", reason: Some(reason), ready_at: None },
        }
    }
}

async fn insert_deliveries(
    tx: &mut Tx,
    now: Instant,
    written: &[(&Attempted, &Attempt)],
    ids: &dyn IdSource,
) -> Result<()> {
    let (delivered, others): (Vec<_>, Vec<_>) =
        written.iter().partition(|(_, attempt)| attempt.verdict == Verdict::Delivered);
    // Almost all of them: three values a row instead of nine.
    if !delivered.is_empty() {
        let mut query = tx
            .query_rows(
                sql!(
                    "INSERT INTO delivery (id, reminder_id, device_id, state, attempts, first_tried_at, last_tried_at)
                     SELECT column1, column2, column3, 'delivered', 1, ?, ? FROM (VALUES {rows}) AS made WHERE TRUE
                     ON CONFLICT (reminder_id, device_id) DO UPDATE SET state = 'delivered', ready_at = NULL,
                         attempts = delivery.attempts + 1, last_tried_at = excluded.last_tried_at"
                ),
                delivered.len(),
                3,
            )
            .bind(now)
            .bind(now);
        for (attempted, attempt) in delivered {
            query = query.bind(DeliveryId::new(ids)).bind(attempted.reminder_id).bind(attempt.device_id);
        }
        query.execute().await?;
    }
    for (attempted, attempt) in others {
        let stored = Stored::of(attempt.verdict);
        tx.query(sql!(
            "INSERT INTO delivery
                 (id, reminder_id, device_id, state, attempts, reason, ready_at, first_tried_at, last_tried_at)
             VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $7)
             ON CONFLICT (reminder_id, device_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
                 ready_at = excluded.ready_at, attempts = delivery.attempts + 1, last_tried_at = excluded.last_tried_at"
        ))
        .bind(DeliveryId::new(ids))
        .bind(attempted.reminder_id)
        .bind(attempt.device_id)
        .bind(stored.state)
        .bind(stored.reason)
        .bind(stored.ready_at)
        .bind(now)
        .execute()
        .await?;
    }
    Ok(())
}

/// Settles one delivery that was tried again; whether it was still held.
async fn settle_delivery(tx: &mut Tx, now: Instant, attempted: &Attempted) -> Result<bool> {
    let Origin::Delivery { id, .. } = attempted.origin else { return Ok(false) };
    let Some(attempt) = attempted.attempts.first().filter(|_| !attempted.released) else {
        let given_back = tx
            .query(sql!("UPDATE delivery SET ready_at = $3 WHERE id = $1 AND ready_at = $2"))
            .bind(id)
            .bind(attempted.lease.until)
            .bind(now)
            .execute()
            .await?;
        return Ok(given_back > 0);
    };
    let stored = Stored::of(attempt.verdict);
    let settled = tx
        .query(sql!(
            "UPDATE delivery SET state = $3, reason = $4, ready_at = $5, attempts = attempts + 1, last_tried_at = $6
             WHERE id = $1 AND ready_at = $2"
        ))
        .bind(id)
        .bind(attempted.lease.until)
        .bind(stored.state)
        .bind(stored.reason)
        .bind(stored.ready_at)
        .bind(now)
        .execute()
        .await?;
    Ok(settled > 0)
}

/// Marks devices as gone, unless they registered anew meanwhile. What else waited for them ends; returns its reminders.
async fn forget_devices(tx: &mut Tx, now: Instant, gone: &[&Attempt]) -> Result<Vec<ReminderId>> {
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

async fn end_waiting_for(tx: &mut Tx, device: DeviceId) -> Result<Vec<ReminderId>> {
    tx.query(sql!(
        "UPDATE delivery SET state = 'gone', ready_at = NULL WHERE device_id = $1 AND state = 'waiting'
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
