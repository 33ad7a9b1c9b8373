//! Readiness lists in the database.

use super::{
    things::READINESS,
    words::{NotSeekingReason, ReadinessItem, ReadinessState, Willingness},
};
use contract::{
    CentreId, ParticipantId, StaffId,
    time::{ImpreciseDate, Instant, ZoneName},
};
use db::{Change, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::{Scope, ScopeKind},
    legible::{ById, Entry},
    protect::seal::{Sealed, WrappedKey},
    scoped,
};
use uuid::Uuid;

/// What is kept of a list besides its items.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Whose.
    pub participant_id: ParticipantId,
    /// Their centre.
    pub centre_id: CentreId,
    /// Whether they look for work, if that was said.
    pub willingness: Option<Willingness>,
    /// Why they do not.
    pub reason: Option<NotSeekingReason>,
    /// What would have to change, sealed.
    pub change_sealed: Option<Sealed>,
    /// When it was said.
    pub willing_at: Option<Instant>,
    /// Who recorded it.
    pub willing_by: Option<StaffId>,
    /// The version of the list that said it, or took back what had been said after it; 0 if none did.
    pub willing_version: i64,
    /// When anything changed last.
    pub changed_at: Instant,
    /// Counts the changes.
    pub version: i64,
    /// The participant's data key, wrapped.
    pub data_key: WrappedKey,
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        READINESS.changed(self.centre_id.0, Some(self.participant_id.0), self.participant_id.0)
    }

    /// The list of somebody about whom nothing was said.
    pub fn nothing(participant_id: ParticipantId, person: Person, now: Instant) -> Self {
        Self {
            participant_id,
            centre_id: person.centre_id,
            willingness: None,
            reason: None,
            change_sealed: None,
            willing_at: None,
            willing_by: None,
            willing_version: 0,
            changed_at: now,
            version: 0,
            data_key: person.data_key,
        }
    }
}

/// Whose list it is, as far as it is needed to begin one.
#[derive(Debug, sqlx::FromRow)]
pub struct Person {
    /// Their centre.
    pub centre_id: CentreId,
    /// Their data key, wrapped.
    pub data_key: WrappedKey,
}

/// Where an item stands.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ItemRow {
    /// Whose.
    pub participant_id: ParticipantId,
    /// Which.
    pub item: ReadinessItem,
    /// Where it stands, unless that is sealed.
    pub state: Option<ReadinessState>,
    /// Where it stands, sealed.
    pub state_sealed: Option<Sealed>,
    /// Since which day.
    pub since: ImpreciseDate,
    /// When the service learnt of it.
    pub moved_at: Instant,
    /// When somebody is to act, until they were told.
    pub stuck_at: Option<Instant>,
    /// Who recorded it.
    pub recorded_by: StaffId,
    /// The version of the list that said it.
    pub version: i64,
}

/// What was done about an item.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StepRow {
    /// Whose.
    pub participant_id: ParticipantId,
    /// Which.
    pub item: ReadinessItem,
    /// The first is 1.
    pub number: i64,
    /// Where it stood then, unless that is sealed.
    pub state: Option<ReadinessState>,
    /// Where it stood then, sealed.
    pub state_sealed: Option<Sealed>,
    /// On which day.
    pub happened_on: ImpreciseDate,
    /// When the service learnt of it.
    pub recorded_at: Instant,
    /// Who recorded it.
    pub recorded_by: StaffId,
}

/// A list with all that belongs to it.
#[derive(Debug)]
pub struct Whole {
    /// What is kept besides the items.
    pub row: Row,
    /// The items of which something was said.
    pub items: Vec<ItemRow>,
    /// What was done, the first step first.
    pub steps: Vec<StepRow>,
}

/// A participant in scope, for a list that is read.
pub async fn person(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<Option<Person>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id, p.data_key FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// The same, held until the transaction ends: their centre stays theirs.
async fn person_held(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<Option<Person>> {
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id, p.data_key FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2",
        pg " FOR SHARE OF p"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// What is kept of a list, if something was said. Whether it may be seen is asked before.
pub async fn load(tx: &mut Tx, participant: ParticipantId) -> Result<Option<Row>> {
    tx.query(sql!(
        "SELECT r.*, p.data_key FROM readiness AS r JOIN participant AS p ON p.id = r.participant_id WHERE r.participant_id = $1"
    ))
    .bind(participant)
    .optional()
    .await
}

async fn load_for_change(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT r.*, p.data_key FROM readiness AS r JOIN participant AS p ON p.id = r.participant_id WHERE ",
        r,
        " AND r.participant_id = $2",
        pg " FOR UPDATE OF r"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// The list of a participant in scope, held until the transaction ends. It is begun if nothing was said before; then the participant is held
/// first, and whoever moves them waits.
pub async fn hold(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
    now: Instant,
) -> Result<Option<Row>> {
    if let Some(row) = load_for_change(tx, scope, participant).await? {
        return Ok(Some(row));
    }
    let Some(person) = person_held(tx, scope, participant).await? else { return Ok(None) };
    tx.query(sql!(
        "INSERT INTO readiness (participant_id, centre_id, willing_version, changed_at, version) VALUES ($1, $2, 0, $3, 0)
         ON CONFLICT (participant_id) DO NOTHING"
    ))
    .bind(participant)
    .bind(person.centre_id)
    .bind(now)
    .execute()
    .await?;
    load_for_change(tx, scope, participant).await
}

/// Writes what is kept besides the items.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE readiness SET willingness = $1, reason = $2, change_sealed = $3, willing_at = $4, willing_by = $5, willing_version = $6,
                              changed_at = $7, version = $8
         WHERE participant_id = $9"
    ))
    .bind(row.willingness)
    .bind(row.reason)
    .bind(row.change_sealed.as_ref())
    .bind(row.willing_at)
    .bind(row.willing_by)
    .bind(row.willing_version)
    .bind(row.changed_at)
    .bind(row.version)
    .bind(row.participant_id)
    .execute()
    .await
    .map(drop)
}

/// Writes where an item stands.
pub async fn set_item(tx: &mut Tx, centre: CentreId, item: &ItemRow) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO readiness_item (participant_id, centre_id, item, state, state_sealed, since, moved_at, stuck_at, recorded_by, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (participant_id, item) DO UPDATE SET
             state = excluded.state, state_sealed = excluded.state_sealed, since = excluded.since, moved_at = excluded.moved_at,
             stuck_at = excluded.stuck_at, recorded_by = excluded.recorded_by, version = excluded.version"
    ))
    .bind(item.participant_id)
    .bind(centre)
    .bind(item.item)
    .bind(item.state)
    .bind(item.state_sealed.as_ref())
    .bind(item.since)
    .bind(item.moved_at)
    .bind(item.stuck_at)
    .bind(item.recorded_by)
    .bind(item.version)
    .execute()
    .await
    .map(drop)
}

/// Keeps what was done about an item.
pub async fn insert_step(tx: &mut Tx, step: &StepRow) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO readiness_step (participant_id, item, number, state, state_sealed, happened_on, recorded_at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(step.participant_id)
    .bind(step.item)
    .bind(step.number)
    .bind(step.state)
    .bind(step.state_sealed.as_ref())
    .bind(step.happened_on)
    .bind(step.recorded_at)
    .bind(step.recorded_by)
    .execute()
    .await
    .map(drop)
}

/// Keeps what was said of whether somebody looks for work, as it is sealed in the list: the next that is said takes its place there.
pub async fn insert_willingness(tx: &mut Tx, row: &Row, by: StaffId, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO readiness_willingness (participant_id, version, willingness, reason, change_sealed, recorded_at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    ))
    .bind(row.participant_id)
    .bind(row.version)
    .bind(row.willingness)
    .bind(row.reason)
    .bind(row.change_sealed.as_ref())
    .bind(now)
    .bind(by)
    .execute()
    .await
    .map(drop)
}

/// These lists with all that belongs to them.
pub async fn complete(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Whole>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let items = sql!("SELECT * FROM readiness_item WHERE participant_id IN ({rows})");
    let mut query = tx.query_kept_rows(items, rows.len(), 1);
    for row in &rows {
        query = query.bind(row.participant_id);
    }
    let items: Vec<ItemRow> = query.fill::<ParticipantId>().all().await?;
    let steps = sql!(
        "SELECT * FROM readiness_step WHERE participant_id IN ({rows}) ORDER BY participant_id, item, number"
    );
    let mut query = tx.query_kept_rows(steps, rows.len(), 1);
    for row in &rows {
        query = query.bind(row.participant_id);
    }
    let steps: Vec<StepRow> = query.fill::<ParticipantId>().all().await?;
    let whole = |row: Row| {
        let id = row.participant_id;
        Whole {
            row,
            items: items.iter().filter(|item| item.participant_id == id).cloned().collect(),
            steps: steps.iter().filter(|step| step.participant_id == id).cloned().collect(),
        }
    };
    Ok(rows.into_iter().map(whole).collect())
}

/// The lists of those of these participants that are in scope, in no order.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let in_scope = match scope.kind() {
        ScopeKind::Own => piece!(lite "+", "r.participant_id = ?"),
        ScopeKind::Centre => piece!(lite "+", "r.centre_id = ?"),
        ScopeKind::Assigned => piece!(
            "EXISTS (SELECT 1 FROM assignment AS caseload
                     WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL AND caseload.participant_id = r.participant_id)"
        ),
    };
    let statement = Statement::new(piece!(
        "SELECT r.*, r.participant_id AS id, p.data_key FROM ",
        lite "json_each(?) AS asked CROSS JOIN readiness AS r ON r.participant_id = unhex(asked.value) CROSS ",
        pg "readiness AS r ",
        "JOIN participant AS p ON p.id = r.participant_id WHERE ",
        pg "r.participant_id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))) AND "
    ))
    .bind(id_list(ids));
    tx.query_built(statement.then(in_scope).bind(scope.id())).all().await
}

/// The zone of a centre.
pub async fn zone_of(tx: &mut Tx, centre: CentreId) -> Result<ZoneName> {
    tx.query(sql!("SELECT zone FROM centre WHERE id = $1")).bind(centre).scalar().await
}

/// Holds the list of a participant; whether there is one.
pub async fn hold_of(tx: &mut Tx, participant: ParticipantId) -> Result<bool> {
    let version: Option<i64> = tx
        .query(sql!("SELECT version FROM readiness WHERE participant_id = $1", pg " FOR UPDATE"))
        .bind(participant)
        .optional_scalar()
        .await?;
    Ok(version.is_some())
}

/// Lets the list of a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    for statement in [
        sql!("UPDATE readiness SET centre_id = $1 WHERE participant_id = $2"),
        sql!("UPDATE readiness_item SET centre_id = $1 WHERE participant_id = $2"),
    ] {
        tx.query(statement).bind(centre).bind(participant).execute().await?;
    }
    Ok(())
}
