//! How to reach somebody, in the database. The number in the file stays in the file.

use super::words::{ContactWayId, ContactWayKind, FormerNumberReason, NumberOwner};
use contract::{
    CentreId, ParticipantId,
    time::{Instant, ZoneName},
};
use db::{Result, Tx, id_list, sql};
use kernel::{
    access::Scope,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// Somebody, as far as decides how they are reached.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    /// Who.
    pub id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// Where they live: their days are those of that wall.
    pub zone: ZoneName,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
    /// The number in their file, sealed.
    pub phone_sealed: Option<Sealed>,
    /// In which order they want to be reached, if they said so.
    pub preference: Option<String>,
    /// Counts the changes.
    pub version: i64,
    /// Whether one of their phones is reached, and may be.
    pub has_app: bool,
}

/// SQL: whether the app of the participant `p` is told what there is to say, and may ring. A phone that has been silent for long is still pushed to, but
/// nobody relies on it.
macro_rules! has_app {
    () => {
        "(p.push_wanted AND (SELECT count(*) FROM push_forbidden WHERE push_forbidden.person_id = p.id) = 0 \
          AND EXISTS (SELECT 1 FROM device WHERE device.person_id = p.id AND device.gone_at IS NULL AND device.state <> 'stale'))"
    };
}

macro_rules! person_columns {
    () => {
        "p.id, p.centre_id, p.zone, p.data_key, p.phone_sealed, wish.preference, COALESCE(wish.version, 1) AS version, "
    };
}

/// Somebody in scope.
pub async fn load(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<Option<Person>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.id, p.centre_id, p.zone, p.data_key, p.phone_sealed, wish.preference, COALESCE(wish.version, 1) AS version,
                (p.push_wanted AND (SELECT count(*) FROM push_forbidden WHERE push_forbidden.person_id = p.id) = 0
                 AND EXISTS (SELECT 1 FROM device WHERE device.person_id = p.id AND device.gone_at IS NULL AND device.state <> 'stale')) AS has_app
         FROM participant AS p LEFT JOIN contact_preference AS wish ON wish.participant_id = p.id WHERE ",
        participant p,
        " AND p.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// The same, with the file held until the transaction ends: two who change it do so one after the other.
pub async fn load_for_change(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
) -> Result<Option<Person>> {
    let held: Option<ParticipantId> = tx
        .query(scope.sql(&scoped!(
            "SELECT p.id FROM participant AS p WHERE ",
            participant p,
            " AND p.id = $2",
            pg " FOR UPDATE OF p"
        )))
        .bind(scope.id())
        .bind(participant)
        .optional_scalar()
        .await?;
    let Some(held) = held else { return Ok(None) };
    hold_wish(tx, held).await?;
    // Read behind that, so that it is what whoever had it before left.
    load(tx, scope, held).await
}

/// Holds what somebody said of how to reach them.
pub async fn hold_wish(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    tx.query(sql!(
        "SELECT participant_id FROM contact_preference WHERE participant_id = $1",
        pg " FOR UPDATE"
    ))
    .bind(participant)
    .optional_scalar::<Uuid>()
    .await
    .map(drop)
}

/// Those of these people who are in scope.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Person>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.id, p.centre_id, p.zone, p.data_key, p.phone_sealed, wish.preference, COALESCE(wish.version, 1) AS version,
                (p.push_wanted AND (SELECT count(*) FROM push_forbidden WHERE push_forbidden.person_id = p.id) = 0
                 AND EXISTS (SELECT 1 FROM device WHERE device.person_id = p.id AND device.gone_at IS NULL AND device.state <> 'stale')) AS has_app
         FROM participant AS p LEFT JOIN contact_preference AS wish ON wish.participant_id = p.id WHERE ",
        participant p,
        " AND p.id ",
        lite "IN (SELECT unhex(value) FROM json_each($2))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($2::json)))"
    ));
    tx.query(statement).bind(scope.id()).bind(id_list(ids)).all().await
}

/// These people, whom the caller may see.
pub async fn people(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Person>> {
    tx.query(sql!(
        "SELECT ",
        person_columns!(),
        has_app!(),
        " AS has_app FROM participant AS p LEFT JOIN contact_preference AS wish ON wish.participant_id = p.id WHERE p.id ",
        lite "IN (SELECT unhex(value) FROM json_each($1))",
        pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))"
    ))
    .bind(id_list(ids))
    .all()
    .await
}

/// A number, or a person who passes on what is said.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WayRow {
    /// Whose.
    pub participant_id: ParticipantId,
    /// Its id; the participant's own for what is said of the number in the file.
    pub id: ContactWayId,
    /// A number, or a person.
    pub kind: ContactWayKind,
    /// Whose the number is.
    pub whose: NumberOwner,
    /// Who passes it on, sealed.
    pub name_sealed: Option<Sealed>,
    /// The number, sealed; not here if it is in the file.
    pub number_sealed: Option<Sealed>,
    /// From which time of day on it is good to call.
    pub good_from: Option<String>,
    /// Until which.
    pub good_until: Option<String>,
    /// Whether a message may be left.
    pub may_leave_message: bool,
    /// The last day on which it is used.
    pub valid_until: Option<String>,
    /// When it was written down.
    pub recorded_at: Instant,
    /// Of a person: whether they agree now that somebody talks with them.
    pub is_agreed_to: bool,
    /// Of a person: the last day on which they are under age, if their guardian does not agree now.
    pub closed_until: Option<String>,
}

impl WayRow {
    /// What is said of the number in the file, of which nothing was said yet.
    pub const fn in_file(participant: ParticipantId, now: Instant) -> Self {
        Self {
            participant_id: participant,
            id: ContactWayId(participant.0),
            kind: ContactWayKind::Phone,
            whose: NumberOwner::Own,
            name_sealed: None,
            number_sealed: None,
            good_from: None,
            good_until: None,
            may_leave_message: false,
            valid_until: None,
            recorded_at: now,
            is_agreed_to: false,
            closed_until: None,
        }
    }

    /// Whether it is the number in the file.
    pub fn is_in_file(&self) -> bool {
        self.id.0 == self.participant_id.0
    }
}

/// The ways to reach these people, in the order in which they were written down. Words of a later version are left out.
pub async fn ways(tx: &mut Tx, ids: &[Uuid], now: Instant) -> Result<Vec<WayRow>> {
    let entries: Vec<kernel::legible::Entry<(), WayRow>> = tx
        .query(sql!(
            "SELECT w.participant_id, w.id, w.kind, w.whose, w.name_sealed, w.number_sealed, w.good_from, w.good_until,
                    w.may_leave_message, w.valid_until, w.recorded_at,
                    EXISTS (SELECT 1 FROM consent WHERE consent.participant_id = w.participant_id
                            AND consent.purpose = 'contact_relative' AND consent.subject_id = w.id AND consent.state = 'given'
                            AND (consent.expires_at IS NULL OR consent.expires_at > $2)) AS is_agreed_to,
                    CASE WHEN EXISTS (SELECT 1 FROM consent WHERE consent.participant_id = w.participant_id
                                      AND consent.purpose = 'contact_relative' AND consent.subject_id = w.id AND consent.guardian_state = 'given'
                                      AND (consent.guardian_expires_at IS NULL OR consent.guardian_expires_at > $2))
                         THEN NULL ELSE (SELECT p.minor_until FROM participant AS p WHERE p.id = w.participant_id) END AS closed_until
             FROM contact_way AS w WHERE w.participant_id ",
            lite "IN (SELECT unhex(value) FROM json_each($1))",
            pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))",
            " ORDER BY w.participant_id, w.recorded_at, w.id"
        ))
        .bind(id_list(ids))
        .bind(now)
        .all()
        .await?;
    Ok(kernel::legible::of_all(entries))
}

/// Keeps one.
pub async fn insert(tx: &mut Tx, centre: CentreId, row: &WayRow) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO contact_way (participant_id, id, centre_id, kind, whose, name_sealed, number_sealed, good_from, good_until,
                                  may_leave_message, valid_until, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (participant_id, id) DO UPDATE SET
             whose = excluded.whose, name_sealed = excluded.name_sealed, number_sealed = excluded.number_sealed,
             good_from = excluded.good_from, good_until = excluded.good_until,
             may_leave_message = excluded.may_leave_message, valid_until = excluded.valid_until"
    ))
    .bind(row.participant_id)
    .bind(row.id)
    .bind(centre)
    .bind(row.kind)
    .bind(row.whose)
    .bind(row.name_sealed.as_ref())
    .bind(row.number_sealed.as_ref())
    .bind(row.good_from.clone())
    .bind(row.good_until.clone())
    .bind(row.may_leave_message)
    .bind(row.valid_until.clone())
    .bind(row.recorded_at)
    .execute()
    .await
    .map(drop)
}

/// Takes one off; whether it was there.
pub async fn delete(tx: &mut Tx, participant: ParticipantId, id: Uuid) -> Result<bool> {
    let deleted = tx
        .query(sql!("DELETE FROM contact_way WHERE participant_id = $1 AND id = $2"))
        .bind(participant)
        .bind(id)
        .execute()
        .await?;
    Ok(deleted > 0)
}

/// Counts a change, with the order in which they want to be reached, which is kept as it is if none is given; the version now.
pub async fn count(tx: &mut Tx, person: &Person, order: (&str, &str)) -> Result<i64> {
    tx.query(sql!(
        "INSERT INTO contact_preference (participant_id, centre_id, preference, first, version) VALUES ($1, $2, $3, $4, 2)
         ON CONFLICT (participant_id) DO UPDATE SET preference = excluded.preference, first = excluded.first,
                                                    version = contact_preference.version + 1
         RETURNING version"
    ))
    .bind(person.id)
    .bind(person.centre_id)
    .bind(order.0)
    .bind(order.1)
    .scalar()
    .await
}

/// Writes the number in the file; the version of the file counts it.
pub async fn set_file_number(tx: &mut Tx, participant: ParticipantId, number: Option<&Sealed>) -> Result<()> {
    tx.query(sql!("UPDATE participant SET phone_sealed = $1, version = version + 1 WHERE id = $2"))
        .bind(number)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}

/// A number that is not called any more.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FormerRow {
    /// Whose file it is in.
    pub participant_id: ParticipantId,
    /// The way that it was.
    pub way_id: ContactWayId,
    /// Whose it was.
    pub whose: NumberOwner,
    /// Why it is not called any more.
    pub why: FormerNumberReason,
    /// Since when.
    pub ended_at: Instant,
}

/// How many former numbers of one person are told.
pub const MOST_FORMER: usize = 20;

/// The latest former numbers of somebody, without the numbers.
pub async fn former(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<FormerRow>> {
    let entries: Vec<kernel::legible::Entry<(), FormerRow>> = tx
        .query(sql!(
            "SELECT participant_id, way_id, whose, why, ended_at FROM former_number WHERE participant_id ",
            lite "IN (SELECT unhex(value) FROM json_each($1))",
            pg "= ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text($1::json)))",
            " ORDER BY participant_id, ended_at DESC, id DESC"
        ))
        .bind(id_list(ids))
        .all()
        .await?;
    Ok(kernel::legible::of_all(entries))
}

/// Whether this way of theirs was one formerly, and its number is never called again.
pub async fn was_one(tx: &mut Tx, participant: ParticipantId, id: Uuid) -> Result<bool> {
    tx.query(sql!("SELECT EXISTS (SELECT 1 FROM former_number WHERE participant_id = $1 AND way_id = $2)"))
        .bind(participant)
        .bind(id)
        .scalar()
        .await
}

/// Lets what is kept of somebody be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    for statement in [
        sql!("UPDATE contact_preference SET centre_id = $1 WHERE participant_id = $2"),
        sql!("UPDATE contact_way SET centre_id = $1 WHERE participant_id = $2"),
    ] {
        tx.query(statement).bind(centre).bind(participant).execute().await?;
    }
    Ok(())
}

/// What decides whether somebody needs a phone, with their file held.
#[derive(Debug, sqlx::FromRow)]
pub struct PhonesRow {
    /// Their centre.
    pub centre_id: CentreId,
    /// Whether they are accompanied.
    pub is_accompanied: bool,
    /// Whether they want the app to ring.
    pub wants_push: bool,
    /// By what they want to be reached first.
    pub first: Option<String>,
    /// Whether one of their phones is reached: neither gone nor silent for long.
    pub has_device: bool,
    /// When the last one went.
    pub gone_at: Option<Instant>,
    /// When one that is not gone was heard of last.
    pub heard_at: Option<Instant>,
    /// Since when they are accompanied.
    pub opened_at: Instant,
    /// When somebody was called last to see to it.
    pub called_at: Option<Instant>,
}

/// What decides whether this participant needs a phone; their file is held until the transaction ends.
pub async fn phones(tx: &mut Tx, participant: ParticipantId) -> Result<Option<PhonesRow>> {
    let held: Option<Uuid> = tx
        .query(sql!("SELECT id FROM participant WHERE id = $1", pg " FOR SHARE"))
        .bind(participant)
        .optional_scalar()
        .await?;
    if held.is_none() {
        return Ok(None);
    }
    tx.query(sql!(
        "SELECT p.centre_id, p.active AND p.status <> 'paused' AS is_accompanied,
                p.push_wanted AND (SELECT count(*) FROM push_forbidden WHERE push_forbidden.person_id = p.id) = 0 AS wants_push,
                (SELECT wish.first FROM contact_preference AS wish WHERE wish.participant_id = p.id) AS first,
                EXISTS (SELECT 1 FROM device WHERE device.person_id = p.id AND device.gone_at IS NULL AND device.state <> 'stale') AS has_device,
                (SELECT max(device.gone_at) FROM device WHERE device.person_id = p.id AND device.gone_at IS NOT NULL) AS gone_at,
                (SELECT max(device.refreshed_at) FROM device WHERE device.person_id = p.id AND device.gone_at IS NULL) AS heard_at,
                COALESCE((SELECT contact.opened_at FROM contact WHERE contact.participant_id = p.id), p.created_at) AS opened_at,
                (SELECT max(w.raised_at) FROM work_item AS w WHERE w.subject_id = p.id AND w.cause = 'no_device') AS called_at
         FROM participant AS p WHERE p.id = $1"
    ))
    .bind(participant)
    .optional()
    .await
}

/// How far back reminders are looked at.
pub const DAYS_BACK: i64 = 60;

/// The reminders to somebody that reached nobody since then, each with until when its subject matters. What they were told in person reached them.
pub async fn failures(
    tx: &mut Tx,
    participant: ParticipantId,
    since: Instant,
) -> Result<Vec<(Instant, Option<Instant>)>> {
    tx.query(sql!(
        "SELECT COALESCE(r.settled_at, r.due_at),
                (SELECT max(other.expires_at) FROM reminder AS other
                 WHERE other.subject_id = r.subject_id AND other.recipient_id = r.recipient_id
                   AND other.subject_kind = r.subject_kind AND other.state <> 'superseded' AND other.recalled_at IS NULL)
         FROM reminder AS r
         WHERE r.recipient_id = $1 AND r.recipient_kind = 'participant' AND r.due_at > $2 AND r.state = 'failed'
           AND NOT EXISTS (SELECT 1 FROM reminder_call AS told WHERE told.reminder_id = r.id AND told.withdrawn_at IS NULL)"
    ))
    .bind(participant)
    .bind(since)
    .all()
    .await
}

/// When a reminder to somebody was last brought to a phone, or read in the app.
pub async fn delivered_at(
    tx: &mut Tx,
    participant: ParticipantId,
    since: Instant,
) -> Result<Option<Instant>> {
    tx.query(sql!(
        "SELECT max(COALESCE(r.seen_at, r.settled_at)) FROM reminder AS r
         WHERE r.recipient_id = $1 AND r.recipient_kind = 'participant' AND r.due_at > $2
           AND (r.state IN ('seen', 'acted')
                OR (r.state = 'sent' AND EXISTS (SELECT 1 FROM delivery WHERE delivery.reminder_id = r.id AND delivery.state = 'delivered')))"
    ))
    .bind(participant)
    .bind(since)
    .scalar()
    .await
}

/// When somebody was called last because reminders reached nobody.
pub async fn raised_at(tx: &mut Tx, participant: ParticipantId) -> Result<Option<Instant>> {
    tx.query(sql!(
        "SELECT max(raised_at) FROM work_item WHERE subject_id = $1 AND cause = 'undeliverable_reminder'"
    ))
    .bind(participant)
    .scalar()
    .await
}

/// The centre of somebody, and whether they are accompanied.
pub async fn accompanied_by(tx: &mut Tx, participant: ParticipantId) -> Result<Option<(CentreId, bool)>> {
    tx.query(sql!(
        "SELECT centre_id, active AND status <> 'paused' FROM participant WHERE id = $1",
        pg " FOR SHARE"
    ))
    .bind(participant)
    .optional()
    .await
}

/// Holds the ways to reach somebody.
pub async fn hold_ways(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    let _: Vec<Uuid> = tx
        .query(sql!("SELECT id FROM contact_way WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await?;
    Ok(())
}

/// Holds what somebody agreed to about this person, so that nobody takes it back unseen meanwhile.
pub async fn hold_consent(tx: &mut Tx, participant: ParticipantId, id: ContactWayId) -> Result<()> {
    tx.query(sql!(
        "SELECT id FROM consent WHERE participant_id = $1 AND purpose = 'contact_relative' AND subject_id = $2",
        pg " FOR SHARE"
    ))
    .bind(participant)
    .bind(id)
    .optional_scalar::<Uuid>()
    .await
    .map(drop)
}
