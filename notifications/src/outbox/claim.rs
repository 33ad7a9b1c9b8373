//! Taking what is due. One statement finds, leases and returns a batch; two dispatchers never get the same row, since the
//! statement moves the very key by which rows are found.

use contract::time::Instant;
use contract::{PersonKind, ReminderId, Urgency};
use db::{Result, Tx, sql};
use uuid::Uuid;

use super::reach;
use super::types::{Batch, Due, FailedReminder, Lease, Origin};

/// Words are read as text: a later version may have written one that is not known here.
type Row = (ReminderId, String, Uuid, Uuid, String, Instant, Instant, i64);

/// Takes up to `limit` reminders that are due at the lease's beginning; [`super::recipients`] finds how their recipients are
/// reached. Those that came too late are settled instead: `expired`, or `failed` if they were tried; those to staff who may not
/// see their participant (any more) are withdrawn.
pub async fn claim(tx: &mut Tx, lease: Lease, limit: u32) -> Result<Batch<Due>> {
    let rows: Vec<Row> = tx
        .query(sql!(
            "UPDATE reminder SET
                 state = CASE
                     WHEN expires_at > $1 THEN 'sending'
                     WHEN EXISTS (SELECT 1 FROM delivery WHERE delivery.reminder_id = reminder.id) THEN 'failed'
                     ELSE 'expired' END,
                 ready_at = CASE WHEN expires_at > $1 THEN $2 END,
                 settled_at = CASE WHEN expires_at <= $1 THEN $1 END,
                 claims = claims + 1
             WHERE state IN ('planned', 'sending') AND id ",
            lite "IN (",
            pg "= ANY (ARRAY(",
            "SELECT due.id FROM reminder AS due WHERE due.ready_at <= $1 ORDER BY due.ready_at LIMIT ",
            // A bare parameter could change SQLite's plan, so it would prepare the statement anew each time.
            lite "+",
            "$3",
            lite ")",
            pg " FOR UPDATE SKIP LOCKED))",
            " RETURNING id, recipient_kind, recipient_id, subject_id, urgency, due_at, expires_at, claims"
        ))
        .bind(lease.from)
        .bind(lease.until)
        .bind(i64::from(limit))
        .all()
        .await?;
    let mut batch = Batch { touched: rows.len(), ..Batch::empty() };
    let mut live = Vec::with_capacity(rows.len());
    let (mut too_late, mut to_staff) = (Vec::new(), Vec::new());
    for (id, recipient_kind, recipient_id, subject_id, urgency, due_at, expires_at, claims) in rows {
        if expires_at <= lease.from {
            too_late.push(id);
            continue;
        }
        if recipient_kind == PersonKind::Staff.as_str() {
            to_staff.push(id);
        }
        let urgency = urgency.parse().unwrap_or(Urgency::Normal);
        live.push(Due { id, recipient_id, subject_id, is_repeated: claims > 1, urgency, due_at, expires_at });
    }
    batch.failed = end_failed(tx, &too_late).await?;
    batch.expired = too_late.len().saturating_sub(batch.failed.len());
    let withdrawn = reach::withdraw(tx, &to_staff, lease.from).await?;
    live.retain(|reminder| !withdrawn.contains(&reminder.id));
    batch.claimed = live;
    Ok(batch)
}

/// Those of these that failed: they were tried, and became useless. What still waited for one of them waits no longer.
async fn end_failed(tx: &mut Tx, too_late: &[ReminderId]) -> Result<Vec<FailedReminder>> {
    if too_late.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query_rows(
        sql!("UPDATE delivery SET state = 'expired', ready_at = NULL WHERE state = 'waiting' AND reminder_id IN ({rows})"),
        too_late.len(),
        1,
    );
    for id in too_late {
        query = query.bind(*id);
    }
    query.execute().await?;
    let mut query = tx.query_rows(
        sql!("SELECT id, centre_id, participant_id FROM reminder WHERE state = 'failed' AND id IN ({rows})"),
        too_late.len(),
        1,
    );
    for id in too_late {
        query = query.bind(*id);
    }
    query.all().await
}

/// Whether what was claimed is still held: neither superseded nor taken over, and not forbidden to be pushed since.
pub async fn still_held(tx: &mut Tx, origin: Origin, reminder: ReminderId, lease: Lease) -> Result<bool> {
    let held: Option<i64> = match origin {
        Origin::Reminder => {
            tx.query(sql!(
                "SELECT CAST(1 AS BIGINT) FROM reminder WHERE id = $1 AND ready_at = $2
                   AND COALESCE((SELECT FALSE FROM push_forbidden WHERE push_forbidden.person_id = reminder.recipient_id), TRUE)"
            ))
                .bind(reminder)
                .bind(lease.until)
                .optional_scalar()
                .await?
        }
        Origin::Delivery { device, .. } => {
            tx.query(sql!(
                "SELECT CAST(1 AS BIGINT) FROM delivery WHERE reminder_id = $1 AND device_id = $2 AND ready_at = $3
                   AND NOT EXISTS (SELECT 1 FROM push_forbidden JOIN device ON device.person_id = push_forbidden.person_id
                                   WHERE device.id = delivery.device_id)"
            ))
            .bind(reminder)
            .bind(device)
            .bind(lease.until)
            .optional_scalar()
            .await?
        }
    };
    Ok(held.is_some())
}

/// When the next reminder or delivery may be claimed; a dispatcher with nothing to do sleeps until then.
pub async fn next_ready(tx: &mut Tx) -> Result<Option<Instant>> {
    let mut earliest: Option<Instant> = None;
    for statement in [
        // A row in a state that a later version knows is for that one to take.
        sql!(
            "SELECT ready_at FROM reminder WHERE ready_at IS NOT NULL AND state IN ('planned', 'sending')
             ORDER BY ready_at LIMIT 1"
        ),
        sql!(
            "SELECT ready_at FROM delivery WHERE ready_at IS NOT NULL AND state = 'waiting' ORDER BY ready_at LIMIT 1"
        ),
    ] {
        let ready: Option<Instant> = tx.query(statement).optional_scalar().await?;
        earliest = earliest.into_iter().chain(ready).min();
    }
    Ok(earliest)
}
