//! Reminders in the database, as their recipients and the staff around them see them.

use crate::app::buttons::Told;
use chrono::TimeDelta;
use contract::{
    AppointmentId, Language, NotificationAction, ParticipantId, PersonKind, ReminderId, ReminderState,
    SubjectKind, Urgency,
    time::{Instant, ZoneName},
};
use db::{Result, Statement, Tx, piece, sql};
use kernel::{access::Scope, page::Paging, scoped};
use notifications::{device::DOUBTFUL_AFTER, for_oversight, outbox::read_facts, plan::ReminderFacts};
use std::cmp::Reverse;
use uuid::Uuid;

/// A reminder with what its text depends on.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: ReminderId,
    /// Whom its subject is about.
    pub participant_id: ParticipantId,
    /// Whether a participant or a staff member is told.
    pub recipient_kind: PersonKind,
    /// Who is told.
    pub recipient_id: Uuid,
    /// What it is about.
    pub subject_kind: SubjectKind,
    /// Which one.
    pub subject_id: Uuid,
    /// What its text is made from.
    pub facts: ReminderFacts,
    /// How soon a phone should wake.
    pub urgency: Urgency,
    /// When it becomes due.
    pub due_at: Instant,
    /// When it becomes useless.
    pub expires_at: Instant,
    /// Where it stands.
    pub state: ReminderState,
    /// When it went out, was withdrawn or given up.
    pub settled_at: Option<Instant>,
    /// When a phone showed it.
    pub seen_at: Option<Instant>,
    /// When the person acted on it.
    pub acted_at: Option<Instant>,
    /// Which of its buttons were used.
    pub used: Vec<NotificationAction>,
    /// The recipient's language; none if they are no longer with the service.
    pub language: Option<Language>,
    /// Where the recipient lives, if they are a participant.
    pub home: Option<ZoneName>,
}

impl Row {
    /// What it told, and when.
    pub fn told(&self) -> Told<'_> {
        Told { facts: &self.facts, at: self.settled_at.unwrap_or(self.due_at) }
    }
}

/// The same as it lies in its tables. Words are read as text: a later version of this service may have written one that is not
/// known here.
#[derive(Debug, sqlx::FromRow)]
pub struct Stored {
    /// Its id.
    pub id: ReminderId,
    /// When it becomes due.
    pub due_at: Instant,
    participant_id: ParticipantId,
    recipient_kind: String,
    recipient_id: Uuid,
    subject_kind: String,
    subject_id: Uuid,
    facts: String,
    urgency: String,
    expires_at: Instant,
    state: String,
    settled_at: Option<Instant>,
    seen_at: Option<Instant>,
    acted_at: Option<Instant>,
    used: Option<String>,
    language: Option<String>,
    home: Option<ZoneName>,
}

impl Stored {
    /// What it says, unless only a later version knows.
    pub fn read(self) -> Option<Row> {
        Some(Row {
            id: self.id,
            participant_id: self.participant_id,
            recipient_kind: self.recipient_kind.parse().ok()?,
            recipient_id: self.recipient_id,
            subject_kind: self.subject_kind.parse().ok()?,
            subject_id: self.subject_id,
            facts: read_facts(&self.facts).ok()?.facts,
            urgency: self.urgency.parse().unwrap_or(Urgency::Normal),
            due_at: self.due_at,
            expires_at: self.expires_at,
            state: self.state.parse().ok()?,
            settled_at: self.settled_at,
            seen_at: self.seen_at,
            acted_at: self.acted_at,
            used: self
                .used
                .iter()
                .flat_map(|used| used.split(','))
                .filter_map(|one| one.parse().ok())
                .collect(),
            language: self.language.map(|language| language.parse().unwrap_or(Language::Arabic)),
            home: self.home,
        })
    }
}

/// These reminders, in no order.
async fn rows(tx: &mut Tx, ids: &[ReminderId]) -> Result<Vec<Stored>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query_rows(
        sql!(
            "SELECT reminder.id, reminder.participant_id, reminder.recipient_kind,
                    reminder.recipient_id, reminder.subject_kind, reminder.subject_id, reminder_facts.facts,
                    reminder.urgency, reminder.due_at, reminder.expires_at, reminder.state,
                    reminder.settled_at, reminder.seen_at, reminder.acted_at,
                    (SELECT ",
            lite "group_concat(used_action.action)",
            pg "string_agg(used_action.action, ',')",
            " FROM used_action WHERE used_action.reminder_id = reminder.id) AS used,
                    COALESCE(participant.language, staff.language) AS language, participant.zone AS home
             FROM reminder
             JOIN reminder_facts ON reminder_facts.reminder_id = reminder.id
             LEFT JOIN participant ON participant.id = reminder.recipient_id AND participant.active
             LEFT JOIN staff ON staff.id = reminder.recipient_id AND staff.active
             WHERE reminder.id IN ({rows})"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    query.all().await
}

/// The sort key of the list.
pub type Key = (i64, Uuid);

/// The reminders that this person was sent or is about to be sent, the newest first, with one more than the page holds.
/// What was withdrawn or came too late was never sent. Staff see what is about participants whom they may see now, and
/// administrators what they were told of emergency accesses.
pub async fn list(
    tx: &mut Tx,
    recipient: (PersonKind, Uuid),
    now: Instant,
    paging: Paging<Key>,
) -> Result<Vec<Stored>> {
    // One bound, and one that the index has: what is not due yet is behind it like what was on the pages before.
    let upcoming = (now.saturating_add(TimeDelta::microseconds(1)), Uuid::nil());
    let after = paging.after.and_then(|(micros, id)| Some((Instant::from_micros(micros)?, id)));
    let (due, id) = after.map_or(upcoming, |after| after.min(upcoming));
    let statement = Statement::new(piece!(
        "SELECT id FROM reminder
         WHERE recipient_id = ? AND recipient_kind = ? AND (due_at, id) < (?, ?) AND state NOT IN ('superseded', 'expired')"
    ))
    .bind(recipient.1)
    .bind(recipient.0)
    .bind(due)
    .bind(id)
    // Counted, since PostgreSQL would rather read everybody's caseload once than ask whether one participant EXISTS in it.
    .only_if(recipient.0 == PersonKind::Staff, |statement| {
        statement.then(piece!(
            " AND ((SELECT count(*) FROM caseload WHERE caseload.staff_id = reminder.recipient_id
                      AND caseload.participant_id = reminder.participant_id) > 0
                   OR ",
            for_oversight!(),
            ")"
        ))
    })
    .then(piece!(" ORDER BY due_at DESC, id DESC"))
    .limit(paging.rows());
    let ids: Vec<ReminderId> = tx.query_built(statement).scalars().await?;
    let mut rows = rows(tx, &ids).await?;
    rows.sort_unstable_by_key(|row| Reverse((row.due_at, row.id)));
    Ok(rows)
}

/// One of them.
pub async fn load(
    tx: &mut Tx,
    recipient: (PersonKind, Uuid),
    now: Instant,
    id: ReminderId,
) -> Result<Option<Row>> {
    let found: Option<ReminderId> = tx
        .query(sql!(
            "SELECT id FROM reminder
             WHERE id = $1 AND recipient_id = $2 AND recipient_kind = $3 AND due_at <= $4
               AND state NOT IN ('superseded', 'expired')
               AND (recipient_kind = 'participant'
                    OR EXISTS (SELECT 1 FROM caseload WHERE caseload.staff_id = reminder.recipient_id
                                 AND caseload.participant_id = reminder.participant_id)
                    OR ",
            for_oversight!(),
            ")"
        ))
        .bind(id)
        .bind(recipient.1)
        .bind(recipient.0)
        .bind(now)
        .optional_scalar()
        .await?;
    Ok(rows(tx, found.as_slice()).await?.pop().and_then(Stored::read))
}

/// The reminder that a token names, whatever became of it.
pub async fn by_token(tx: &mut Tx, id: ReminderId) -> Result<Option<Row>> {
    Ok(rows(tx, &[id]).await?.pop().and_then(Stored::read))
}

/// Whose appointment it is, if that is in scope.
pub async fn participant_of(tx: &mut Tx, scope: Scope, id: AppointmentId) -> Result<Option<ParticipantId>> {
    let statement =
        scope.sql(&scoped!("SELECT a.participant_id FROM appointment AS a WHERE ", a, " AND a.id = $2"));
    tx.query(statement).bind(scope.id()).bind(id).optional_scalar().await
}

/// A line of an appointment's plan. Words are read as text, as above.
#[derive(Debug, sqlx::FromRow)]
pub struct PlanRow {
    /// Its id.
    pub id: ReminderId,
    /// Why it is sent.
    pub purpose: String,
    /// Whether a participant or a staff member is told.
    pub recipient_kind: String,
    /// Where it stands.
    pub state: String,
    /// When it becomes due.
    pub due_at: Instant,
    /// When it becomes useless.
    pub expires_at: Instant,
    /// When it was sent or given up.
    pub settled_at: Option<Instant>,
    /// When a phone showed it.
    pub seen_at: Option<Instant>,
    /// When the person acted on it.
    pub acted_at: Option<Instant>,
    /// Whether the recipient has a phone that was heard of lately and takes what is sent there, and wants push.
    pub has_active: bool,
    /// Whether they have another phone, and want push.
    pub has_doubtful: bool,
}

/// Every reminder of an appointment, in the order in which they are due, with one more than the page holds.
pub async fn plan(tx: &mut Tx, id: AppointmentId, paging: Paging<Key>) -> Result<Vec<PlanRow>> {
    let (due, after) = match paging.after {
        Some((micros, id)) => (Instant::from_micros(micros).unwrap_or(Instant::MIN), id),
        None => (Instant::MIN, Uuid::nil()),
    };
    tx.query(sql!(
        "SELECT reminder.id, reminder.purpose, reminder.recipient_kind, reminder.state, reminder.due_at, reminder.expires_at,
                reminder.settled_at, reminder.seen_at, reminder.acted_at,
                COALESCE(participant.push_wanted, TRUE)
                AND COALESCE((SELECT FALSE FROM push_forbidden WHERE push_forbidden.person_id = reminder.recipient_id), TRUE) AND EXISTS (
                    SELECT 1 FROM device
                    WHERE device.person_id = reminder.recipient_id AND device.gone_at IS NULL AND device.state = 'active'
                      AND device.refusals < $5
                ) AS has_active,
                COALESCE(participant.push_wanted, TRUE)
                AND COALESCE((SELECT FALSE FROM push_forbidden WHERE push_forbidden.person_id = reminder.recipient_id), TRUE) AND EXISTS (
                    SELECT 1 FROM device
                    WHERE device.person_id = reminder.recipient_id AND device.gone_at IS NULL
                      AND (device.state <> 'active' OR device.refusals >= $5)
                ) AS has_doubtful
         FROM reminder LEFT JOIN participant ON participant.id = reminder.recipient_id
         WHERE reminder.subject_id = $1 AND (reminder.due_at, reminder.id) > ($2, $3)
         ORDER BY reminder.due_at, reminder.id LIMIT ",
        lite "+",
        "$4"
    ))
    .bind(id)
    .bind(due)
    .bind(after)
    .bind(paging.rows())
    .bind(DOUBTFUL_AFTER)
    .all()
    .await
}
