//! Contacts in the database.

use super::{
    rules::{Attempt, Contact, Standing},
    words::ContactKind,
};
use contract::{
    CentreId, ParticipantId, StaffId,
    time::{Instant, ZoneName},
};
use db::{Result, Statement, Tx, piece, sql};
use kernel::{
    access::{Scope, ScopeKind},
    page::Paging,
    scoped,
};
use notifications::subjects::appointment::StoredState;
use uuid::Uuid;

/// How many attempts are looked at: nobody is tried so often in the time that matters.
const ATTEMPTS: i64 = 100;

/// What decides about somebody besides what was found.
#[derive(Debug, sqlx::FromRow)]
pub struct Around {
    /// Who.
    pub participant_id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// Its zone: staff's nights.
    pub zone: ZoneName,
    /// Its reminder policy.
    pub reminder_policy: Option<String>,
    /// After how many days it wants somebody to be looked for.
    pub no_contact_days: Option<i64>,
    /// Whether they are accompanied.
    pub is_accompanied: bool,
    /// When they were registered.
    pub created_at: Instant,
}

/// What is kept of somebody.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct Row {
    /// Since when they are accompanied.
    pub opened_at: Instant,
    /// Since when the days are counted.
    pub counted_from: Instant,
    /// When somebody was called last to look for them.
    pub called_at: Option<Instant>,
    /// When another attempt is due.
    pub try_again_at: Option<Instant>,
}

/// Centre and participant, held until the transaction ends, so that nobody changes what all this is made from meanwhile.
pub async fn around(tx: &mut Tx, participant: ParticipantId) -> Result<Around> {
    tx.query(sql!(
        "SELECT p.id AS participant_id, p.centre_id, centre.zone, centre.reminder_policy, centre.no_contact_days,
                p.active AND p.status <> 'paused' AS is_accompanied, p.created_at
         FROM participant AS p JOIN centre ON centre.id = p.centre_id WHERE p.id = $1",
        pg " FOR SHARE OF p, centre"
    ))
    .bind(participant)
    .one()
    .await
}

/// The same of somebody in scope, for a reading.
pub async fn around_in_scope(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
) -> Result<Option<Around>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.id AS participant_id, p.centre_id, centre.zone, centre.reminder_policy, centre.no_contact_days,
                p.active AND p.status <> 'paused' AS is_accompanied, p.created_at
         FROM participant AS p JOIN centre ON centre.id = p.centre_id WHERE ",
        participant p,
        " AND p.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// What is kept of somebody, held: two who met the same person at once count one after the other. Whoever is counted for the first time
/// gets a row first, for the same reason; whether they did.
pub async fn held(tx: &mut Tx, around: &Around) -> Result<(Row, bool)> {
    let inserted = tx
        .query(sql!(
            "INSERT INTO contact (participant_id, centre_id, opened_at, counted_from) VALUES ($1, $2, $3, $3)
         ON CONFLICT (participant_id) DO NOTHING"
        ))
        .bind(around.participant_id)
        .bind(around.centre_id)
        .bind(around.created_at)
        .execute()
        .await?;
    let row = tx
        .query(sql!(
            "SELECT opened_at, counted_from, called_at, try_again_at FROM contact WHERE participant_id = $1",
            pg " FOR UPDATE"
        ))
        .bind(around.participant_id)
        .one()
        .await?;
    Ok((row, inserted > 0))
}

/// Since when somebody is accompanied, if that is kept.
pub async fn opened_at(tx: &mut Tx, participant: ParticipantId) -> Result<Option<Instant>> {
    tx.query(sql!("SELECT opened_at FROM contact WHERE participant_id = $1"))
        .bind(participant)
        .optional_scalar()
        .await
}

/// The last contact of each kind that reached this participant. This is the one statement that says what counts: a feature in which people
/// are met or answer has one line of it.
pub async fn found(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Contact>> {
    let rows: Vec<(Instant, ContactKind, Uuid)> = tx
        .query(sql!(
            "SELECT * FROM (SELECT v.starts_at AS at, 'visit' AS kind, v.id FROM visit AS v
                            WHERE v.participant_id = $1 AND v.withdrawn_at IS NULL ORDER BY v.starts_at DESC, v.id DESC LIMIT 1) AS visited
             UNION ALL
             SELECT * FROM (SELECT a.starts_at, 'appointment', a.id FROM appointment AS a
                            WHERE a.participant_id = $1 AND a.state = $2
                            ORDER BY a.starts_at DESC, a.id DESC LIMIT 1) AS met
             UNION ALL
             SELECT * FROM (SELECT c.answered_at, 'check_in', c.id FROM check_in AS c
                            WHERE c.participant_id = $1 AND c.submitted_at IS NOT NULL
                            ORDER BY c.answered_at DESC, c.id DESC LIMIT 1) AS answered
             UNION ALL
             SELECT * FROM (SELECT t.at, 'call', t.id FROM reminder_call AS t
                            WHERE t.participant_id = $1 AND t.withdrawn_at IS NULL AND t.how IN ('called', 'met', 'slip_handed')
                            ORDER BY t.at DESC, t.id DESC LIMIT 1) AS told"
        ))
        .bind(participant)
        .bind(StoredState::Attended)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(at, kind, id)| Contact { at, kind, id }).collect())
}

/// The latest attempts that reached nobody, in the order in which they were.
pub async fn attempts(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Attempt>> {
    let latest: Vec<(Instant, StaffId)> = tx
        .query(sql!(
            "SELECT at, author_id FROM contact_attempt WHERE participant_id = $1 AND withdrawn_at IS NULL
             ORDER BY at DESC, id DESC LIMIT ",
            lite "+",
            "$2"
        ))
        .bind(participant)
        .bind(ATTEMPTS)
        .all()
        .await?;
    Ok(latest.into_iter().rev().map(|(at, author_id)| Attempt { at, author_id }).collect())
}

/// Keeps how it stands.
pub async fn keep(tx: &mut Tx, around: &Around, standing: &Standing) -> Result<()> {
    tx.query(sql!(
        "UPDATE contact SET centre_id = $1, last_at = $2, last_kind = $3, last_id = $4, counted_from = $5, try_again_at = $6,
                            try_again_for = $7
         WHERE participant_id = $8"
    ))
    .bind(around.centre_id)
    .bind(standing.last.map(|last| last.at))
    .bind(standing.last.map(|last| last.kind))
    .bind(standing.last.map(|last| last.id))
    .bind(standing.counted_from)
    .bind(standing.try_again.map(|attempt| attempt.at))
    .bind(standing.try_again.map(|attempt| attempt.author_id))
    .bind(around.participant_id)
    .execute()
    .await
    .map(drop)
}

/// Keeps when somebody was called to look for them; nothing if they were reached since.
pub async fn called(tx: &mut Tx, participant: ParticipantId, at: Option<Instant>) -> Result<()> {
    tx.query(sql!("UPDATE contact SET called_at = $1 WHERE participant_id = $2"))
        .bind(at)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}

/// Somebody is accompanied from now on, or again.
pub async fn open(tx: &mut Tx, centre: CentreId, participant: ParticipantId, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO contact (participant_id, centre_id, opened_at, counted_from) VALUES ($1, $2, $3, $3)
         ON CONFLICT (participant_id) DO UPDATE SET opened_at = excluded.opened_at, centre_id = excluded.centre_id,
                                                    called_at = NULL"
    ))
    .bind(participant)
    .bind(centre)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// Somebody is no longer accompanied: nobody looks for them.
pub async fn close(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    tx.query(sql!("DELETE FROM contact WHERE participant_id = $1"))
        .bind(participant)
        .execute()
        .await
        .map(drop)
}

/// Somebody is another centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE contact SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}

/// Those whom this staff member is to try again.
pub async fn tried_by(tx: &mut Tx, staff: StaffId) -> Result<Vec<(ParticipantId, CentreId)>> {
    tx.query(sql!("SELECT participant_id, centre_id FROM contact WHERE try_again_for = $1"))
        .bind(staff)
        .all()
        .await
}

/// The centre of somebody whom another attempt is due for.
pub async fn centre_if_tried(tx: &mut Tx, participant: ParticipantId) -> Result<Option<CentreId>> {
    tx.query(sql!("SELECT centre_id FROM contact WHERE participant_id = $1 AND try_again_at IS NOT NULL"))
        .bind(participant)
        .optional_scalar()
        .await
}

/// The next of those who are accompanied by a centre, in the order in which they are kept.
pub async fn page(
    tx: &mut Tx,
    centre: CentreId,
    (counted_from, participant): (Instant, Uuid),
    rows: i64,
) -> Result<Vec<(Instant, Uuid)>> {
    tx.query(sql!(
        "SELECT counted_from, participant_id FROM contact WHERE centre_id = $1 AND (counted_from, participant_id) > ($2, $3)
         ORDER BY counted_from, participant_id LIMIT ",
        lite "+",
        "$4"
    ))
    .bind(centre)
    .bind(counted_from)
    .bind(participant)
    .bind(rows)
    .all()
    .await
}

/// One of a list.
#[derive(Debug, sqlx::FromRow)]
pub struct Listed {
    /// Who.
    pub participant_id: ParticipantId,
    /// Since when the days are counted.
    pub counted_from: Instant,
    /// When they were met or spoken to last.
    pub last_at: Option<Instant>,
    /// When another attempt is due.
    pub try_again_at: Option<Instant>,
}

/// What a centre says of it.
pub async fn days_of_centre(tx: &mut Tx, centre: CentreId) -> Result<Option<i64>> {
    tx.query(sql!("SELECT no_contact_days FROM centre WHERE id = $1")).bind(centre).scalar().await
}

/// Those of the caller's centre who were not met or spoken to since `latest`, whoever was longest without contact first, with one more than the
/// page holds.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    latest: Instant,
    paging: Paging<(i64, Uuid)>,
) -> Result<Vec<Listed>> {
    if scope.kind() != ScopeKind::Centre {
        return Ok(Vec::new());
    }
    let (after, id) = match paging.after {
        Some((micros, id)) => (Instant::from_micros(micros).unwrap_or(Instant::MAX), id),
        None => (Instant::MIN, Uuid::nil()),
    };
    let statement = Statement::new(piece!(
        "SELECT c.participant_id, c.counted_from, c.last_at, c.try_again_at FROM contact AS c
         WHERE c.centre_id = ? AND c.counted_from <= ? AND (c.counted_from, c.participant_id) > (?, ?)
         ORDER BY c.counted_from, c.participant_id"
    ));
    let statement = statement.bind(scope.id()).bind(latest).bind(after).bind(id).limit(paging.rows());
    tx.query_built(statement).all().await
}
