//! Calls in the database. Which are to be made is read from the reminders themselves: there is no second list of them.

use super::{
    things::REMINDER_CALL,
    words::{ReminderCallId, ToldHow},
};
use chrono::TimeDelta;
use contract::{
    CentreId, ParticipantId, ReminderId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Change, Result, Statement, Tx, piece, sql};
use kernel::{
    access::Scope,
    legible::Entry,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// Whose calls.
#[derive(Debug, Clone, Copy)]
pub enum Whose {
    /// Of those whom this staff member is in charge of; of one centre's, if one asks who manages it.
    Of(StaffId, Option<CentreId>),
    /// To this participant, if in scope.
    To(Scope, ParticipantId),
    /// Of those at this centre of whom nobody is in charge.
    Nobodys(CentreId),
}

/// A reminder to a participant. Words are read as text: a later version may have written one that is not known here.
#[derive(Debug, sqlx::FromRow)]
pub struct Line {
    /// The reminder.
    pub id: ReminderId,
    /// What it is about.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// What its text is made from.
    pub facts: String,
    /// When it is due.
    pub due_at: Instant,
    /// When it is useless.
    pub expires_at: Instant,
    /// Where it stands.
    pub state: String,
    /// Whether somebody told them.
    pub is_settled: bool,
    /// Who is told.
    pub participant_id: ParticipantId,
    /// Their name, sealed.
    pub name_sealed: Sealed,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// Their language.
    pub language: String,
    /// Where they live.
    pub home: ZoneName,
    /// The zone of their centre: whoever calls them lives by it.
    pub zone: ZoneName,
    /// Its reminder policy.
    pub reminder_policy: Option<String>,
    /// Whether their app is told.
    pub has_app: bool,
    /// By what they want to be told first.
    pub first: Option<String>,
}

/// How far back a reminder can be due that is still worth a call: none is worth sending for longer.
const BACK: TimeDelta = TimeDelta::days(40);
/// As far ahead as a day lasts, wherever.
const AHEAD: TimeDelta = TimeDelta::hours(26);

macro_rules! line_columns {
    () => {
        "SELECT r.id, r.subject_kind, r.subject_id, reminder_facts.facts, r.due_at, r.expires_at, r.state,
                EXISTS (SELECT 1 FROM reminder_call AS told WHERE told.reminder_id = r.id AND told.withdrawn_at IS NULL) AS is_settled,
                p.id AS participant_id, p.name_sealed, p.data_key, p.language, p.zone AS home, centre.zone, centre.reminder_policy,
                (p.push_wanted AND (SELECT count(*) FROM push_forbidden WHERE push_forbidden.person_id = p.id) = 0
                 AND EXISTS (SELECT 1 FROM device WHERE device.person_id = p.id AND device.gone_at IS NULL AND device.state <> 'stale')) AS has_app,
                (SELECT wish.first FROM contact_preference AS wish WHERE wish.participant_id = p.id) AS first FROM "
    };
}

/// The reminders to participants that are worth saying now or later today, each with what decides whether somebody calls for it, in no order.
pub async fn lines(tx: &mut Tx, whose: Whose, now: Instant) -> Result<Vec<Line>> {
    let statement = match whose {
        Whose::Of(staff, centre) => Statement::new(piece!(
            line_columns!(),
            "assignment AS mine ",
            lite "CROSS ",
            "JOIN participant AS p ON p.id = mine.participant_id ",
            lite "CROSS ",
            "JOIN centre ON centre.id = p.centre_id ",
            lite "CROSS ",
            "JOIN reminder AS r ON r.recipient_id = p.id ",
            lite "CROSS ",
            "JOIN reminder_facts ON reminder_facts.reminder_id = r.id
             WHERE mine.ended_at IS NULL AND mine.staff_id = ?
               AND (SELECT in_charge.staff_id FROM in_charge WHERE in_charge.participant_id = mine.participant_id) = mine.staff_id"
        ))
        .bind(staff)
        .when(centre, piece!(" AND ", lite "+", "p.centre_id = ?")),
        Whose::To(scope, participant) => {
            let statement = Statement::new(piece!(
                line_columns!(),
                "participant AS p ",
                lite "CROSS ",
                "JOIN centre ON centre.id = p.centre_id ",
                lite "CROSS ",
                "JOIN reminder AS r ON r.recipient_id = p.id ",
                lite "CROSS ",
                "JOIN reminder_facts ON reminder_facts.reminder_id = r.id WHERE p.id = "
            ));
            scope.asked(statement, participant.0)
        }
        // Of whom nobody is in charge is known from the work that this makes, and from who is away.
        Whose::Nobodys(centre) => Statement::new(piece!(
            line_columns!(),
            "(SELECT w.participant_id FROM work_item AS w
              WHERE w.closed_at IS NULL AND w.centre_id = ? AND w.cause = 'no_lead'
              UNION SELECT a.participant_id FROM absence AS away JOIN assignment AS a ON a.staff_id = away.staff_id
              WHERE away.centre_id = ? AND away.began_at IS NOT NULL AND away.ended_at IS NULL AND a.ended_at IS NULL) AS mine ",
            lite "CROSS ",
            "JOIN participant AS p ON p.id = mine.participant_id ",
            lite "CROSS ",
            "JOIN centre ON centre.id = p.centre_id ",
            lite "CROSS ",
            "JOIN reminder AS r ON r.recipient_id = p.id ",
            lite "CROSS ",
            "JOIN reminder_facts ON reminder_facts.reminder_id = r.id
             WHERE ",
            lite "+",
            "p.centre_id = ?
               AND NOT EXISTS (SELECT 1 FROM in_charge WHERE in_charge.participant_id = p.id AND in_charge.staff_id IS NOT NULL)"
        ))
        .bind(centre)
        .bind(centre)
        .bind(centre),
    };
    let statement = statement
        .then(piece!(
            " AND r.recipient_kind = 'participant' AND r.due_at > ? AND r.due_at <= ? AND r.expires_at > ?
              AND r.state IN ('planned', 'sending', 'sent', 'seen', 'acted', 'failed') AND r.recalled_at IS NULL
              AND p.active AND p.status <> 'paused'"
        ))
        .bind(now.saturating_sub(BACK))
        .bind(now.saturating_add(AHEAD))
        .bind(now);
    let entries: Vec<Entry<(), Line>> = tx.query_built(statement).all().await?;
    Ok(kernel::legible::of_all(entries))
}

/// A reminder about which somebody was told.
#[derive(Debug, sqlx::FromRow)]
pub struct Told {
    /// The participant whom it is for.
    pub participant_id: ParticipantId,
}

/// The reminder, if it is for a participant in scope, whatever became of it.
pub async fn reminder(tx: &mut Tx, scope: Scope, id: ReminderId) -> Result<Option<Told>> {
    let statement = scope.sql(&scoped!(
        "SELECT r.participant_id FROM reminder AS r JOIN participant AS p ON p.id = r.recipient_id WHERE ",
        participant p,
        " AND r.id = $2 AND r.recipient_kind = 'participant'"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The participant whom a reminder is for, whoever asks.
pub async fn recipient(tx: &mut Tx, id: ReminderId) -> Result<Option<Told>> {
    tx.query(sql!("SELECT participant_id FROM reminder WHERE id = $1 AND recipient_kind = 'participant'"))
        .bind(id)
        .optional()
        .await
}

/// That somebody was told.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: ReminderCallId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Who was told.
    pub participant_id: ParticipantId,
    /// What they were told.
    pub reminder_id: ReminderId,
    /// By whom.
    pub staff_id: StaffId,
    /// How.
    pub how: ToldHow,
    /// When, on the wall.
    pub local_at: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// When that was.
    pub at: Instant,
    /// When a phone recorded it, if it was sent later.
    pub noted_at: Option<Instant>,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    pub withdrawn_by: Option<StaffId>,
    /// Counts the changes.
    pub version: i64,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        REMINDER_CALL.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }
}

/// Keeps it.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO reminder_call (id, centre_id, participant_id, reminder_id, staff_id, how, local_at, zone, at, noted_at, recorded_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.reminder_id)
    .bind(row.staff_id)
    .bind(row.how)
    .bind(row.local_at)
    .bind(&row.zone)
    .bind(row.at)
    .bind(row.noted_at)
    .bind(row.recorded_at)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// Writes that it was withdrawn.
pub async fn withdraw(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE reminder_call SET withdrawn_at = $1, withdrawn_by = $2, version = $3 WHERE id = $4"
    ))
    .bind(row.withdrawn_at)
    .bind(row.withdrawn_by)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// One in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: ReminderCallId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!("SELECT t.* FROM reminder_call AS t WHERE ", t, " AND t.id = $2"));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// The same, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: ReminderCallId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT t.* FROM reminder_call AS t WHERE ",
        t,
        " AND t.id = $2",
        pg " FOR UPDATE OF t"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// Holds all about a participant, in the order in which everybody does.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    let _: Vec<Uuid> = tx
        .query(sql!("SELECT id FROM reminder_call WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await?;
    Ok(())
}

/// Lets all about a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE reminder_call SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}
