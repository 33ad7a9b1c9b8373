//! Placements in the database.

use super::{
    days::Spell,
    rules::counted_as,
    things::PLACEMENT,
    words::{EmployerKnowledge, EndReason, PlacementId, PlacementKind, PlacementState, WorkGroup},
};
use crate::employer::EmployerId;
use contract::{
    CentreId, ParticipantId, StaffId,
    time::{ImpreciseDate, Instant, ZoneName},
};
use db::{Change, Piece, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::{Scope, ScopeKind},
    legible::{ById, Entry},
    page::Paging,
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// A placement.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: PlacementId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// Who recorded it.
    pub author_id: StaffId,
    /// With whom.
    pub employer_id: Option<EmployerId>,
    /// What they work at.
    pub kind: PlacementKind,
    /// How many hours a week.
    pub hours_a_week: Option<i64>,
    /// What the employer may know.
    pub employer_knowledge: EmployerKnowledge,
    /// When that was agreed.
    pub agreed_on: Option<ImpreciseDate>,
    /// Before whom.
    pub witness_id: Option<StaffId>,
    /// Where it stands.
    pub state: PlacementState,
    /// The first day.
    pub started: Option<ImpreciseDate>,
    /// The last day.
    pub ended: Option<ImpreciseDate>,
    /// Why it ended, as everybody who sees it may know.
    pub end_reason: Option<EndReason>,
    /// Why it ended, sealed.
    pub end_reason_sealed: Option<Sealed>,
    /// When its end was recorded.
    pub end_recorded_at: Option<Instant>,
    /// By whom.
    pub end_recorded_by: Option<StaffId>,
    /// When it was found to be entered by mistake.
    pub withdrawn_at: Option<Instant>,
    /// By whom.
    pub withdrawn_by: Option<StaffId>,
    /// Why, sealed.
    pub withdrawal_sealed: Option<Sealed>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When it changed last.
    pub changed_at: Instant,
    /// When it was corrected last.
    pub corrected_at: Option<Instant>,
    /// The version that changed the placement itself last.
    pub facts_version: i64,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
    /// What the employer is called, sealed.
    pub employer_name_sealed: Option<Sealed>,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        PLACEMENT.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }

    /// Whether it is still to be followed.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, PlacementState::OnTheWay | PlacementState::Running)
    }

    /// Counts a change of the placement itself.
    pub const fn count(&mut self, now: Instant) {
        self.version += 1;
        self.facts_version = self.version;
        self.changed_at = now;
    }
}

/// Whose placement it is to be, as far as it is needed to record one.
#[derive(Debug, sqlx::FromRow)]
pub struct Person {
    /// Their centre.
    pub centre_id: CentreId,
    /// The centre's zone.
    pub zone: ZoneName,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
}

/// Whom the caller is to record a placement of, held until the transaction ends: their centre stays theirs.
pub async fn person(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<Option<Person>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id, p.data_key, centre.zone FROM participant AS p JOIN centre ON centre.id = p.centre_id WHERE ",
        participant p,
        " AND p.id = $2",
        pg " FOR SHARE OF p, centre"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// The year in which a participant was born, if their file knows it.
pub async fn birth_year(tx: &mut Tx, participant: ParticipantId) -> Result<Option<i32>> {
    let year: Option<i64> =
        tx.query(sql!("SELECT birth_year FROM participant WHERE id = $1")).bind(participant).scalar().await?;
    Ok(year.and_then(|year| i32::try_from(year).ok()))
}

/// The zone of a participant's centre, if they are in scope.
pub async fn zone_in_scope(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
) -> Result<Option<ZoneName>> {
    let statement = scope.sql(&scoped!(
        "SELECT centre.zone FROM participant AS p JOIN centre ON centre.id = p.centre_id WHERE ",
        participant p,
        " AND p.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional_scalar().await
}

/// The zone of the centre of a placement.
pub async fn zone_of(tx: &mut Tx, centre: CentreId) -> Result<ZoneName> {
    tx.query(sql!("SELECT zone FROM centre WHERE id = $1")).bind(centre).scalar().await
}

/// Whether somebody is accompanied just now: their file is open, and does not rest.
pub async fn is_accompanied(tx: &mut Tx, participant: ParticipantId) -> Result<bool> {
    tx.query(sql!("SELECT active AND status <> 'paused' FROM participant WHERE id = $1"))
        .bind(participant)
        .scalar()
        .await
}

/// Keeps a placement.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO placement (id, centre_id, participant_id, author_id, employer_id, kind, hours_a_week, employer_knowledge, agreed_on,
                                witness_id, state, started, recorded_at, changed_at, facts_version, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.author_id)
    .bind(row.employer_id)
    .bind(row.kind)
    .bind(row.hours_a_week)
    .bind(row.employer_knowledge)
    .bind(row.agreed_on)
    .bind(row.witness_id)
    .bind(row.state)
    .bind(row.started)
    .bind(row.recorded_at)
    .bind(row.changed_at)
    .bind(row.facts_version)
    .bind(row.version)
    .execute()
    .await
    .map(drop)
}

/// Writes how a placement stands from now on.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE placement SET employer_id = $1, kind = $2, hours_a_week = $3, employer_knowledge = $4, agreed_on = $5, witness_id = $6,
                              state = $7, started = $8, ended = $9, end_reason = $10, withdrawn_at = $11, withdrawn_by = $12,
                              withdrawal_sealed = $13, changed_at = $14, corrected_at = $15, facts_version = $16, version = $17,
                              end_reason_sealed = $18, end_recorded_at = $19, end_recorded_by = $20
         WHERE id = $21"
    ))
    .bind(row.employer_id)
    .bind(row.kind)
    .bind(row.hours_a_week)
    .bind(row.employer_knowledge)
    .bind(row.agreed_on)
    .bind(row.witness_id)
    .bind(row.state)
    .bind(row.started)
    .bind(row.ended)
    .bind(row.end_reason)
    .bind(row.withdrawn_at)
    .bind(row.withdrawn_by)
    .bind(row.withdrawal_sealed.as_ref())
    .bind(row.changed_at)
    .bind(row.corrected_at)
    .bind(row.facts_version)
    .bind(row.version)
    .bind(row.end_reason_sealed.as_ref())
    .bind(row.end_recorded_at)
    .bind(row.end_recorded_by)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// A placement in scope. What was entered by mistake its participant is not shown.
pub async fn load(tx: &mut Tx, scope: Scope, id: PlacementId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT pl.*, p.data_key, employer.name_sealed AS employer_name_sealed
         FROM placement AS pl JOIN participant AS p ON p.id = pl.participant_id LEFT JOIN employer ON employer.id = pl.employer_id WHERE ",
        pl,
        " AND pl.id = $2 AND (pl.state <> 'withdrawn' OR $3)"
    ));
    let is_staff = scope.kind() != ScopeKind::Own;
    tx.query(statement).bind(scope.id()).bind(id).bind(is_staff).optional().await
}

/// A placement in scope, held until the transaction ends.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: PlacementId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT pl.*, p.data_key, employer.name_sealed AS employer_name_sealed
         FROM placement AS pl JOIN participant AS p ON p.id = pl.participant_id LEFT JOIN employer ON employer.id = pl.employer_id WHERE ",
        pl,
        " AND pl.id = $2",
        pg " FOR UPDATE OF pl"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// A placement, whosever it is, held until the transaction ends.
pub async fn hold(tx: &mut Tx, id: PlacementId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT pl.*, p.data_key, employer.name_sealed AS employer_name_sealed
         FROM placement AS pl JOIN participant AS p ON p.id = pl.participant_id LEFT JOIN employer ON employer.id = pl.employer_id
         WHERE pl.id = $1",
        pg " FOR UPDATE OF pl"
    ))
    .bind(id)
    .optional()
    .await
}

/// What a list shows of each.
fn shown() -> Piece {
    piece!("SELECT pl.*, p.data_key, employer.name_sealed AS employer_name_sealed FROM ")
}

/// The placements of a participant, if in scope, the latest recorded first, with one more than the page holds; none that was entered by
/// mistake.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
    paging: Paging<(i64, Uuid)>,
) -> Result<Vec<Entry<ByRecording, Row>>> {
    let (before, id) = match paging.after {
        Some((micros, id)) => (Instant::from_micros(micros).unwrap_or(Instant::MAX), id),
        None => (Instant::MAX, Uuid::max()),
    };
    let statement = Statement::new(shown()).then(piece!(
        "placement AS pl ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = pl.participant_id LEFT JOIN employer ON employer.id = pl.employer_id WHERE pl.participant_id = "
    ));
    let statement = scope
        .asked(statement, participant.0)
        .then(piece!(
            " AND pl.state <> 'withdrawn' AND (pl.recorded_at, pl.id) < (?, ?) ORDER BY pl.recorded_at DESC, pl.id DESC"
        ))
        .bind(before)
        .bind(id)
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByRecording {
    /// When the placement was recorded.
    pub recorded_at: Instant,
    /// Its id.
    pub id: Uuid,
}

/// Those of the named placements that are in scope and were not entered by mistake, in no order. From the ids to the rows and no other way:
/// SQLite would rather read all that a centre has.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let in_scope = match scope.kind() {
        ScopeKind::Own => piece!(lite "+", "pl.participant_id = ?"),
        ScopeKind::Centre => piece!(lite "+", "pl.centre_id = ?"),
        ScopeKind::Assigned => piece!(
            "EXISTS (SELECT 1 FROM assignment AS caseload
                     WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL AND caseload.participant_id = pl.participant_id)"
        ),
    };
    let statement = Statement::new(shown())
        .then(piece!(
            lite "json_each(?) AS asked CROSS JOIN placement AS pl ON pl.id = unhex(asked.value) CROSS ",
            pg "placement AS pl ",
            "JOIN participant AS p ON p.id = pl.participant_id LEFT JOIN employer ON employer.id = pl.employer_id WHERE ",
            pg "pl.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))) AND ",
            "pl.state <> 'withdrawn' AND "
        ))
        .bind(id_list(ids));
    tx.query_built(statement.then(in_scope).bind(scope.id())).all().await
}

/// The most placements of one person that days are reckoned from: one a month in 40 years.
const MOST: i64 = 500;

/// From when to when a participant worked, and as what it is counted, the latest recorded first. Whose they may see is asked before.
pub async fn spells(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<(WorkGroup, Spell)>> {
    let rows: Vec<(PlacementKind, Option<ImpreciseDate>, Option<ImpreciseDate>)> = tx
        .query(sql!(
            "SELECT kind, started, ended FROM placement
             WHERE participant_id = $1 AND state IN ('running', 'ended') ORDER BY recorded_at DESC, id DESC LIMIT ",
            lite "+",
            "$2"
        ))
        .bind(participant)
        .bind(MOST)
        .all()
        .await?;
    let spell = |(kind, from, until): (PlacementKind, Option<ImpreciseDate>, _)| {
        Some((counted_as(kind), Spell { from: from?, until }))
    };
    Ok(rows.into_iter().filter_map(spell).collect())
}

/// The placements of a participant that were lost: ended, and not for something better.
pub async fn lost_by(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!(
        "SELECT id FROM placement WHERE participant_id = $1 AND state = 'ended' AND end_reason <> 'better_job' ORDER BY id"
    ))
    .bind(participant)
    .scalars()
    .await
}

/// The work that a participant lost last, if nothing came after it: nothing is on the way or runs.
pub async fn open_loss(tx: &mut Tx, participant: ParticipantId) -> Result<Option<Uuid>> {
    let last: Option<(Uuid, bool)> = tx
        .query(sql!(
            "SELECT pl.id, pl.end_reason <> 'better_job' AS is_lost FROM placement AS pl
             WHERE pl.participant_id = $1 AND pl.state = 'ended' AND NOT EXISTS (
                 SELECT 1 FROM placement AS other
                 WHERE other.participant_id = pl.participant_id AND other.state IN ('on_the_way', 'running'))
             ORDER BY pl.ended DESC, pl.recorded_at DESC, pl.id DESC LIMIT 1"
        ))
        .bind(participant)
        .optional()
        .await?;
    Ok(last.and_then(|(id, is_lost)| is_lost.then_some(id)))
}

/// Nobody is asked any more about what is still to be known of the milestones of a participant: it is asked anew once it can be answered.
pub async fn ask_anew(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    tx.query(sql!(
        "UPDATE milestone SET asked_at = NULL
         WHERE state = 'pending' AND placement_id IN (SELECT id FROM placement WHERE participant_id = $1)"
    ))
    .bind(participant)
    .execute()
    .await
    .map(drop)
}

/// Who is in charge of a participant: whoever leads, or stands in for them while they are away.
pub async fn in_charge(tx: &mut Tx, participant: ParticipantId) -> Result<Option<StaffId>> {
    let found: Option<Option<StaffId>> = tx
        .query(sql!("SELECT staff_id FROM in_charge WHERE participant_id = $1"))
        .bind(participant)
        .optional_scalar()
        .await?;
    Ok(found.flatten())
}

/// Holds every placement of a participant, in the order in which everybody does.
pub async fn hold_all_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM placement WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await
}

/// Lets the placements of a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE placement SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}
