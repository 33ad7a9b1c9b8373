//! The planner's side of the outbox: what exists about a subject, and the change to make. Both run in the transaction of the
//! command that changed the subject.

use contract::time::Instant;
use contract::{IdSource, ReminderId, ReminderState, Subject};
use db::{Result, Tx, sql};
use sqlx::FromRow;
use uuid::Uuid;

use super::facts::read_facts;
use super::reach::end_deliveries;
use crate::plan::{
    Delivery, Diff, ExistingReminder, PlannedReminder, Recipient, ReminderFacts, ReminderKey, Reschedule,
};

/// The bell of the dispatcher: something may have become due.
pub const BELL: &str = "outbox";

/// Rows of one statement: SQLite takes at most 32,766 values.
const CHUNK: usize = 500;

/// Words are read as text: a later version may have written some that are not known here.
#[derive(FromRow)]
struct Row {
    id: ReminderId,
    recipient_kind: String,
    recipient_id: Uuid,
    subject_kind: String,
    subject_id: Uuid,
    purpose: String,
    occasion: String,
    facts: String,
    state: String,
    is_recalled: bool,
    due_at: Instant,
    expires_at: Instant,
}

/// Every reminder about a subject.
#[derive(Debug, Default)]
pub struct Existing {
    /// Those that this version can read.
    pub readable: Vec<ExistingReminder>,
    /// Those that a later version wrote and that may still be sent: what they say, only that version knows.
    pub unreadable: Vec<ReminderId>,
}

/// Every reminder about a subject as it is at `now`, settled ones too: what was sent is not sent again.
pub async fn existing(tx: &mut Tx, subject: Subject, now: Instant) -> Result<Existing> {
    let rows: Vec<Row> = tx
        .query(sql!(
            "SELECT id, recipient_kind, recipient_id, subject_kind, subject_id, purpose, occasion, facts, state,
                    recalled_at IS NOT NULL AS is_recalled, due_at, expires_at
             FROM reminder JOIN reminder_facts ON reminder_facts.reminder_id = reminder.id
             WHERE subject_id = $1 AND subject_kind = $2 ORDER BY id",
            // A dispatcher that claims or settles one of them waits until this command has decided.
            pg " FOR UPDATE OF reminder"
        ))
        .bind(subject.id)
        // Of two things whose ids somebody chose alike, each has its own.
        .bind(subject.kind)
        .all()
        .await?;
    let mut existing = Existing::default();
    for row in rows {
        let (id, expires_at) = (row.id, row.expires_at);
        match row.read(now) {
            Some(reminder) => existing.readable.push(reminder),
            None if expires_at > now => existing.unreadable.push(id),
            None => {}
        }
    }
    Ok(existing)
}

impl Row {
    fn read(self, now: Instant) -> Option<ExistingReminder> {
        Some(ExistingReminder {
            id: self.id,
            key: ReminderKey {
                recipient: Recipient { kind: self.recipient_kind.parse().ok()?, id: self.recipient_id },
                subject_kind: self.subject_kind.parse().ok()?,
                subject_id: self.subject_id,
                purpose: self.purpose.parse().ok()?,
                occasion: self.occasion,
            },
            state: self.state.parse().ok()?,
            is_closed: self.is_recalled || self.expires_at <= now,
            facts: read_facts(&self.facts).ok()?.facts,
            due_at: self.due_at,
            expires_at: self.expires_at,
        })
    }
}

fn write_facts(facts: &ReminderFacts) -> Result<String> {
    serde_json::to_string(facts).map_err(|error| db::Error::Database(sqlx::Error::Encode(error.into())))
}

/// Makes the change, and rings for the dispatcher if something may become due by it.
pub async fn apply(tx: &mut Tx, diff: &Diff, now: Instant, ids: &dyn IdSource) -> Result<()> {
    // First out, then in: a key must not be held twice.
    for chunk in diff.supersede.chunks(CHUNK) {
        supersede(tx, chunk, now).await?;
    }
    for chunk in diff.recall.chunks(CHUNK) {
        recall(tx, chunk, now).await?;
    }
    for chunk in diff.reschedule.chunks(CHUNK) {
        reschedule(tx, chunk).await?;
    }
    for chunk in diff.insert.chunks(CHUNK) {
        insert(tx, chunk, now, ids).await?;
    }
    if !(diff.insert.is_empty() && diff.reschedule.is_empty()) {
        tx.ring(BELL);
    }
    Ok(())
}

async fn supersede(tx: &mut Tx, reminders: &[ReminderId], now: Instant) -> Result<()> {
    let mut query = tx
        .query_rows(
            sql!(
                "UPDATE reminder SET state = 'superseded', ready_at = NULL, settled_at = ?
                 WHERE state IN ('planned', 'sending') AND id IN ({rows})"
            ),
            reminders.len(),
            1,
        )
        .bind(now);
    for id in reminders {
        query = query.bind(*id);
    }
    query.execute().await?;
    end_deliveries(tx, reminders).await
}

/// The mark is for a dispatcher that writes down just now that a device is to be tried again: its row is not to be seen here yet,
/// and whoever claims it later looks for the mark.
async fn recall(tx: &mut Tx, reminders: &[ReminderId], now: Instant) -> Result<()> {
    let mut query = tx
        .query_rows(
            sql!("UPDATE reminder SET recalled_at = ? WHERE recalled_at IS NULL AND id IN ({rows})"),
            reminders.len(),
            1,
        )
        .bind(now);
    for id in reminders {
        query = query.bind(*id);
    }
    query.execute().await?;
    end_deliveries(tx, reminders).await
}

/// A reminder in a dispatcher's hands keeps its lease; one whose deliveries wait is kept until it is useless. What was settled meanwhile
/// keeps what it said.
async fn reschedule(tx: &mut Tx, changes: &[Reschedule]) -> Result<()> {
    let mut query = tx.query_rows(
        sql!(
            "UPDATE reminder SET due_at = changed.column2, expires_at = changed.column3,
                 ready_at = CASE WHEN state = 'planned' THEN changed.column2
                                 WHEN ready_at = expires_at THEN changed.column3 ELSE ready_at END
             FROM (VALUES {rows}) AS changed
             WHERE reminder.id = changed.column1 AND reminder.state IN ('planned', 'sending')"
        ),
        changes.len(),
        3,
    );
    for change in changes {
        query = query.bind(change.id).bind(change.due_at).bind(change.expires_at);
    }
    if query.execute().await? == 0 {
        return Ok(());
    }
    let mut query = tx.query_rows(
        sql!(
            "UPDATE reminder_facts SET facts = changed.column2
             FROM (VALUES {rows}) AS changed JOIN reminder ON reminder.id = changed.column1
             WHERE reminder_facts.reminder_id = changed.column1 AND reminder.state IN ('planned', 'sending')"
        ),
        changes.len(),
        2,
    );
    for change in changes {
        query = query.bind(change.id).bind(write_facts(&change.facts)?);
    }
    query.execute().await.map(drop)
}

async fn insert(tx: &mut Tx, reminders: &[PlannedReminder], now: Instant, ids: &dyn IdSource) -> Result<()> {
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO reminder (id, centre_id, participant_id, recipient_kind, recipient_id, subject_kind, subject_id,
                 purpose, occasion, urgency, due_at, expires_at, state, ready_at, settled_at, created_at)
             VALUES {rows}"
        ),
        reminders.len(),
        16,
    );
    let made: Vec<ReminderId> = reminders.iter().map(|_| ReminderId::new(ids)).collect();
    for (id, planned) in made.iter().zip(reminders) {
        let (state, ready_at, settled_at) = match planned.delivery {
            Delivery::Push => (ReminderState::Planned, Some(planned.due_at), None),
            // It is where it belongs already.
            Delivery::InApp => (ReminderState::Sent, None, Some(now)),
        };
        query = query
            .bind(*id)
            .bind(planned.centre_id)
            .bind(planned.participant_id)
            .bind(planned.key.recipient.kind)
            .bind(planned.key.recipient.id)
            .bind(planned.key.subject_kind)
            .bind(planned.key.subject_id)
            .bind(planned.key.purpose)
            .bind(planned.key.occasion.clone())
            .bind(planned.urgency)
            .bind(planned.due_at)
            .bind(planned.expires_at)
            .bind(state)
            .bind(ready_at)
            .bind(settled_at)
            .bind(now);
    }
    query.execute().await?;
    let mut query = tx.query_rows(
        sql!("INSERT INTO reminder_facts (reminder_id, facts) VALUES {rows}"),
        reminders.len(),
        2,
    );
    for (id, planned) in made.iter().zip(reminders) {
        query = query.bind(*id).bind(write_facts(&planned.facts)?);
    }
    query.execute().await.map(drop)
}
