//! Reminders of what is long over, and the buttons that were pressed on them.

use super::BATCH;
use chrono::Months;
use contract::time::Instant;
use db::{Result, Tx, id_list, sql};
use kernel::first_id::first_id_at;
use notifications::action_token::RECEIPT_GRACE;
use uuid::Uuid;

/// How far the reminders were looked through. Those that must stay, since what they are about goes on, are thus not looked at
/// again and again: when the end is reached, it begins anew.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cursor(Option<Uuid>);

/// What became of one batch of reminders.
#[derive(Debug, Clone, Copy)]
pub struct LookedThrough {
    /// How many were forgotten.
    pub forgotten: u64,
    /// Whether there are no more that are old enough.
    pub is_end: bool,
}

/// What ended at this instant or before has served its time.
pub fn cutoff(now: Instant, kept: Months) -> Instant {
    now.to_chrono().checked_sub_months(kept).and_then(Instant::from_chrono).unwrap_or(Instant::MIN)
}

/// Looks through the next batch of reminders, and forgets those about what ended at `cutoff` or before, with their deliveries. What
/// this version does not know the end of stays.
pub async fn batch(tx: &mut Tx, cursor: &mut Cursor, cutoff: Instant) -> Result<LookedThrough> {
    // A reminder is not older than its id, and what it is about ends after it was planned: ids narrow the primary key down.
    let looked_at: Vec<(Uuid, Option<Instant>)> = tx
        .query(sql!(
            "SELECT reminder.id,
                    CASE reminder.subject_kind
                        WHEN 'appointment' THEN (SELECT ends_at FROM appointment WHERE id = reminder.subject_id)
                        WHEN 'assignment' THEN (SELECT ended_at FROM assignment WHERE id = reminder.subject_id)
                        WHEN 'emergency_access' THEN (SELECT ends_at FROM emergency_access WHERE id = reminder.subject_id)
                    END
             FROM reminder WHERE reminder.id > $1 AND reminder.id < $2 AND reminder.ready_at IS NULL
             ORDER BY reminder.id LIMIT $3"
        ))
        .bind(cursor.0.unwrap_or_default())
        .bind(first_id_at(cutoff))
        .bind(i64::from(BATCH))
        .all()
        .await?;
    let over: Vec<Uuid> =
        looked_at.iter().filter(|(_, end)| end.is_some_and(|end| end <= cutoff)).map(|(id, _)| *id).collect();
    let is_end = looked_at.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
    cursor.0 = looked_at.last().map(|(id, _)| *id).filter(|_| !is_end);
    let forgotten = if over.is_empty() { 0 } else { forget(tx, &over).await? };
    Ok(LookedThrough { forgotten, is_end })
}

async fn forget(tx: &mut Tx, reminders: &[Uuid]) -> Result<u64> {
    let list = id_list(reminders);
    for statement in [
        sql!(
            "DELETE FROM used_action WHERE reminder_id IN (",
            lite "SELECT unhex(value) FROM json_each($1))",
            pg "SELECT value::uuid FROM json_array_elements_text($1::json))"
        ),
        sql!(
            "DELETE FROM delivery WHERE reminder_id IN (",
            lite "SELECT unhex(value) FROM json_each($1))",
            pg "SELECT value::uuid FROM json_array_elements_text($1::json))"
        ),
        sql!(
            "DELETE FROM reminder_facts WHERE reminder_id IN (",
            lite "SELECT unhex(value) FROM json_each($1))",
            pg "SELECT value::uuid FROM json_array_elements_text($1::json))"
        ),
        // What was told of them in the feed; nobody keeps them who would have to hear that they are gone.
        sql!(
            "DELETE FROM change WHERE subject_kind = 'reminder' AND subject_id IN (",
            lite "SELECT unhex(value) FROM json_each($1))",
            pg "SELECT value::uuid FROM json_array_elements_text($1::json))"
        ),
    ] {
        tx.query(statement).bind(list.clone()).execute().await?;
    }
    tx.query(sql!(
        "DELETE FROM reminder WHERE id IN (",
        lite "SELECT unhex(value) FROM json_each($1))",
        pg "SELECT value::uuid FROM json_array_elements_text($1::json))"
    ))
    .bind(list)
    .execute()
    .await
}

/// Forgets the buttons that were pressed on reminders that are of no use any more: a button on one is refused by its time. That
/// is so for receipts a day later.
pub async fn used_actions(tx: &mut Tx, now: Instant) -> Result<u64> {
    tx.query(sql!(
        "DELETE FROM used_action WHERE (reminder_id, action) IN (
             SELECT used.reminder_id, used.action
             FROM used_action AS used JOIN reminder ON reminder.id = used.reminder_id
             WHERE used.used_at <= $1 AND reminder.expires_at <= $1 ORDER BY used.used_at LIMIT $2)"
    ))
    .bind(now.saturating_sub(RECEIPT_GRACE))
    .bind(i64::from(BATCH))
    .execute()
    .await
}
