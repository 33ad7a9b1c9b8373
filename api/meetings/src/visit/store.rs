//! Visits in the database. Who may read what is written of one is decided by the statement: whoever may not gets none of it.

use super::{
    things::{VISIT, VISIT_QUESTION},
    words::{VisitId, VisitKind, VisitReaders},
};
use crate::accompanied::{CLOCK_AHEAD, Since};
use contract::{
    CentreId, EmergencyAccessId, ParticipantId, StaffId, StaffRole,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::{Actor, Scope},
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// A visit.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: VisitId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Who was met.
    pub participant_id: ParticipantId,
    /// Who logged it.
    pub author_id: StaffId,
    /// How they met.
    pub kind: VisitKind,
    /// When it began, on the wall.
    pub local_start: LocalDateTime,
    /// Whose wall.
    pub zone: ZoneName,
    /// When that was.
    pub starts_at: Instant,
    /// How long it took.
    pub duration_minutes: i64,
    /// Who may read what is written.
    pub readers: VisitReaders,
    /// What was found; none for whoever may not read it.
    pub narrative_sealed: Option<Sealed>,
    /// What is to be done next; none for whoever may not read it.
    pub next_step_sealed: Option<Sealed>,
    /// By when, on the wall.
    pub next_step_local: Option<LocalDateTime>,
    /// When that is.
    pub next_step_at: Option<Instant>,
    /// When it was done.
    pub next_step_done_at: Option<Instant>,
    /// Who said so.
    pub next_step_done_by: Option<StaffId>,
    /// The version of the visit that set it.
    pub next_step_version: Option<i64>,
    /// When the service learnt of the visit.
    pub recorded_at: Instant,
    /// When its author's phone recorded it, by its own clock, if it was sent later.
    pub noted_at: Option<Instant>,
    /// When it was corrected last.
    pub corrected_at: Option<Instant>,
    /// When it was withdrawn as entered by mistake.
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    pub withdrawn_by: Option<StaffId>,
    /// Why; none for whoever may not read it.
    pub withdrawal_sealed: Option<Sealed>,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        VISIT.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }

    /// Whether something is still to be done. Of what was entered by mistake nothing is.
    pub const fn has_open_step(&self) -> bool {
        self.next_step_at.is_some() && self.next_step_done_at.is_none() && self.withdrawn_at.is_none()
    }
}

/// Who reads, and by which emergency access, if one of theirs is running.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// Who.
    pub person: Uuid,
    /// The emergency access.
    pub emergency: Option<EmergencyAccessId>,
    /// When.
    pub now: Instant,
}

impl Reader {
    /// This caller.
    pub fn of(actor: &Actor, emergency: Option<EmergencyAccessId>, now: Instant) -> Self {
        Self { person: actor.person(), emergency, now }
    }

    /// The columns as this reader may see them.
    fn selected(self) -> Statement<'static> {
        let columns = Statement::new(piece!(
            "SELECT v.id, v.centre_id, v.participant_id, v.author_id, v.kind, v.local_start, v.zone, v.starts_at, v.duration_minutes,
                    v.readers, v.next_step_local, v.next_step_at, v.next_step_done_at, v.next_step_done_by, v.next_step_version, v.recorded_at,
                    v.noted_at, v.corrected_at, v.withdrawn_at, v.withdrawn_by, v.version, p.data_key, "
        ));
        let narrative =
            self.if_readable(columns).then(piece!("v.narrative_sealed END AS narrative_sealed, "));
        let next_step =
            self.if_readable(narrative).then(piece!("v.next_step_sealed END AS next_step_sealed, "));
        self.if_readable(next_step).then(piece!("v.withdrawal_sealed END AS withdrawal_sealed FROM "))
    }

    /// Goes on with `CASE WHEN`, whether this reader may read what is written of the visit `v`, and `THEN`. What an emergency access opens is
    /// checked here once more: it opens what it was opened for, to whoever opened it, while it is running.
    pub fn if_readable(self, statement: Statement<'static>) -> Statement<'static> {
        statement
            .then(piece!(
                "CASE WHEN v.readers = 'staff' OR v.author_id = ?
                           OR EXISTS (SELECT 1 FROM emergency_access AS access
                                      WHERE access.id = ? AND access.staff_id = ? AND access.ended_at IS NULL AND access.ends_at > ?
                                        AND access.participant_id = v.participant_id)
                 THEN "
            ))
            .bind(self.person)
            .bind(self.emergency)
            .bind(self.person)
            .bind(self.now)
    }
}

/// Keeps a visit.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO visit (id, centre_id, participant_id, author_id, kind, local_start, zone, starts_at, duration_minutes, readers,
                            narrative_sealed, next_step_sealed, next_step_local, next_step_at, next_step_version, recorded_at, version, noted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.author_id)
    .bind(row.kind)
    .bind(row.local_start)
    .bind(&row.zone)
    .bind(row.starts_at)
    .bind(row.duration_minutes)
    .bind(row.readers)
    .bind(row.narrative_sealed.as_ref())
    .bind(row.next_step_sealed.as_ref())
    .bind(row.next_step_local)
    .bind(row.next_step_at)
    .bind(row.next_step_version)
    .bind(row.recorded_at)
    .bind(row.version)
    .bind(row.noted_at)
    .execute()
    .await
    .map(drop)
}

/// Keeps what a visit said until now, and why that was wrong.
pub async fn keep_former(
    tx: &mut Tx,
    visit: VisitId,
    by: StaffId,
    reason: &Sealed,
    readers_after: VisitReaders,
    now: Instant,
) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO visit_correction (visit_id, version, corrected_at, corrected_by, reason_sealed, kind, local_start, zone, starts_at,
                                       duration_minutes, readers, narrative_sealed, next_step_sealed, next_step_local,
                                       next_step_done_at, next_step_done_by, readers_after)
         SELECT id, version, $2, $3, $4, kind, local_start, zone, starts_at, duration_minutes, readers, narrative_sealed,
                next_step_sealed, next_step_local, next_step_done_at, next_step_done_by, $5
         FROM visit WHERE id = $1"
    ))
    .bind(visit)
    .bind(now)
    .bind(by)
    .bind(reason)
    .bind(readers_after)
    .execute()
    .await
    .map(drop)
}

/// Writes what a visit says from now on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE visit SET kind = $1, local_start = $2, starts_at = $3, duration_minutes = $4, readers = $5, narrative_sealed = $6,
                          next_step_sealed = $7, next_step_local = $8, next_step_at = $9, next_step_done_at = $10,
                          next_step_done_by = $11, corrected_at = $12, version = $13, next_step_version = $14, withdrawn_at = $15,
                          withdrawn_by = $16, withdrawal_sealed = $17
         WHERE id = $18"
    ))
    .bind(row.kind)
    .bind(row.local_start)
    .bind(row.starts_at)
    .bind(row.duration_minutes)
    .bind(row.readers)
    .bind(row.narrative_sealed.as_ref())
    .bind(row.next_step_sealed.as_ref())
    .bind(row.next_step_local)
    .bind(row.next_step_at)
    .bind(row.next_step_done_at)
    .bind(row.next_step_done_by)
    .bind(row.corrected_at)
    .bind(row.version)
    .bind(row.next_step_version)
    .bind(row.withdrawn_at)
    .bind(row.withdrawn_by)
    .bind(row.withdrawal_sealed.as_ref())
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// A visit in scope, as this reader may see it.
pub async fn load(tx: &mut Tx, scope: Scope, reader: Reader, id: VisitId) -> Result<Option<Row>> {
    let statement = reader
        .selected()
        .then(piece!("visit AS v JOIN participant AS p ON p.id = v.participant_id WHERE v.id = ? AND "))
        .bind(id);
    let Some(statement) = scope.staffs(statement) else { return Ok(None) };
    tx.query_built(statement).optional().await
}

/// A visit in scope, whole and held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: VisitId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT v.*, p.data_key FROM visit AS v JOIN participant AS p ON p.id = v.participant_id WHERE ",
        v,
        " AND v.id = $2",
        pg " FOR UPDATE OF v"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// A visit that this staff member logged, of somebody whom they accompanied when they recorded what is to be done with it, and no longer do
/// since a while; whole and held until the transaction ends.
pub async fn load_former_for_change(
    tx: &mut Tx,
    author: StaffId,
    id: VisitId,
    (recorded_at, earliest_end): Since,
) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT v.*, p.data_key FROM visit AS v JOIN participant AS p ON p.id = v.participant_id
         WHERE v.id = $1 AND v.author_id = $2
           AND EXISTS (SELECT 1 FROM assignment AS former
                       WHERE former.participant_id = p.id AND former.staff_id = $2
                         AND former.started_at <= $3 AND former.ended_at >= $5 AND former.ended_at >= $4)",
        pg " FOR UPDATE OF v"
    ))
    .bind(id)
    .bind(author)
    .bind(recorded_at)
    .bind(earliest_end)
    .bind(recorded_at.saturating_sub(CLOCK_AHEAD))
    .optional()
    .await
}

/// The visits of a participant, if in scope, the latest first, with one more than the page holds. What was withdrawn is none.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    reader: Reader,
    participant: ParticipantId,
    paging: Paging<(i64, Uuid)>,
) -> Result<Vec<Entry<ByStart, Row>>> {
    let (before, id) = match paging.after {
        Some((micros, id)) => (Instant::from_micros(micros).unwrap_or(Instant::MAX), id),
        None => (Instant::MAX, Uuid::max()),
    };
    let statement = reader.selected().then(piece!(
        "visit AS v ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = v.participant_id WHERE v.withdrawn_at IS NULL AND v.participant_id = "
    ));
    let statement = scope
        .asked(statement, participant.0)
        .then(piece!(" AND (v.starts_at, v.id) < (?, ?) ORDER BY v.starts_at DESC, v.id DESC"))
        .bind(before)
        .bind(id)
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByStart {
    /// When the visit began.
    pub starts_at: Instant,
    /// Its id.
    pub id: Uuid,
}

/// Those of the named visits that are in scope, in no order. From the ids to the rows and no other way: SQLite would rather read all that a
/// centre has.
pub async fn named(tx: &mut Tx, scope: Scope, reader: Reader, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let statement = reader
        .selected()
        .then(piece!(
            lite "json_each(?) AS asked CROSS JOIN visit AS v ON v.id = unhex(asked.value) CROSS ",
            pg "visit AS v ",
            "JOIN participant AS p ON p.id = v.participant_id WHERE ",
            pg "v.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))) AND "
        ))
        .bind(id_list(ids));
    let Some(statement) = scope.staffs(statement) else { return Ok(Vec::new()) };
    tx.query_built(statement).all().await
}

/// Holds every visit to a participant, in the order in which everybody does.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM visit WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await
}

/// Lets the visits to a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE visit SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}

/// A staff member who has people in their caseload, as whoever a button's token proves to be them.
pub async fn companion(tx: &mut Tx, staff: StaffId) -> Result<Option<Actor>> {
    let found: Option<(StaffRole, CentreId)> = tx
        .query(sql!("SELECT role, centre_id FROM staff WHERE id = $1 AND active", pg " FOR SHARE"))
        .bind(staff)
        .optional()
        .await?;
    Ok(found
        .filter(|(role, _)| role.accompanies() || *role == StaffRole::Manager)
        .map(|(role, centre)| Actor::Staff { id: staff, role, centre, session: None, is_posted: false }))
}

/// Who may read a visit has changed, or whether it is one, and with it who may read what was asked about it.
pub async fn tell_questions_again(tx: &mut Tx, row: &Row) -> Result<()> {
    let asked: Vec<Uuid> = tx
        .query(sql!("SELECT id FROM visit_question WHERE visit_id = $1 ORDER BY id"))
        .bind(row.id)
        .scalars()
        .await?;
    for id in asked {
        tx.changed(VISIT_QUESTION.changed(row.centre_id.0, Some(row.participant_id.0), id));
    }
    Ok(())
}
