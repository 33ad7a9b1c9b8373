//! Plans in the database.

use super::{
    course::{Course, PhaseAdjustment, PlanPause},
    rules,
    things::PLAN,
    words::{PlanEndReason, PlanId, PlanState},
};
use crate::{
    opening_hours::calendar::{Calendar, CalendarDate},
    plan_template::{PlanTemplateId, content::PlanContent, store::Edition},
};
use chrono::NaiveDate;
use contract::{
    CentreId, Language, ParticipantId, StaffId,
    time::{Instant, ZoneName},
};
use db::{Change, Piece, Result, Statement, Tx, id_list, piece, sql};
use kernel::{
    access::{Scope, ScopeKind},
    error::Error,
    legible::{ById, Entry},
    page::Paging,
    scoped,
};
use uuid::Uuid;

/// A plan with what it follows, and where its participant is looked after.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    /// Its id.
    pub id: PlanId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// The version that is followed.
    pub number: i64,
    /// Its first day.
    pub starts_on: String,
    /// When it rested, as JSON.
    pub pauses: String,
    /// Since which day it rests.
    pub paused_on: Option<String>,
    /// When it was started.
    pub started_at: Instant,
    /// By whom.
    pub started_by: StaffId,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Who ended it.
    pub ended_by: Option<StaffId>,
    /// Why.
    pub end_reason: Option<PlanEndReason>,
    /// Counts the changes.
    pub version: i64,
    /// From which template it is made.
    pub template_id: PlanTemplateId,
    /// In which version of that.
    pub template_number: i64,
    /// What is otherwise, as it is kept, as JSON.
    pub adjustments: String,
    /// From which day on the version is followed.
    pub effective_on: String,
    /// Who made it so.
    pub made_by: StaffId,
    /// Whether its participant is accompanied.
    pub is_accompanied: bool,
    /// Whether their file rests.
    pub is_file_paused: bool,
    /// Their language.
    pub participant_language: Language,
    /// Whose wall its days are on.
    pub centre_zone: ZoneName,
    /// When the centre is open, as JSON.
    pub centre_calendar: String,
}

/// Reads a day as it is stored.
pub fn day(text: &str) -> kernel::error::Result<NaiveDate> {
    text.parse::<CalendarDate>().map(CalendarDate::to_chrono).map_err(Error::internal)
}

impl Row {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        PLAN.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }

    /// Where it stands.
    pub const fn state(&self) -> PlanState {
        rules::state(self.ended_at.is_some(), self.is_file_paused)
    }

    /// Which version of which template it follows.
    pub const fn edition(&self) -> Edition {
        (self.template_id, self.template_number)
    }

    /// When it rested.
    pub fn pauses(&self) -> kernel::error::Result<Vec<PlanPause>> {
        serde_json::from_str(&self.pauses).map_err(Error::internal)
    }

    /// What is otherwise for this person.
    pub fn adjustments(&self) -> kernel::error::Result<Vec<PhaseAdjustment>> {
        adjustments(&self.adjustments)
    }

    /// When the centre is open.
    pub fn calendar(&self) -> kernel::error::Result<Calendar> {
        serde_json::from_str(&self.centre_calendar).map_err(Error::internal)
    }
}

/// Reads what is otherwise.
pub fn adjustments(stored: &str) -> kernel::error::Result<Vec<PhaseAdjustment>> {
    serde_json::from_str(stored).map_err(Error::internal)
}

/// A plan with all that its course is made from, read.
pub struct Followed {
    /// Its row.
    pub row: Row,
    /// What its template says.
    pub content: PlanContent,
    /// What is otherwise.
    pub adjustments: Vec<PhaseAdjustment>,
    /// When it rested.
    pub pauses: Vec<PlanPause>,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// When the centre is open.
    pub calendar: Calendar,
}

impl Followed {
    /// Of this row and what its template says.
    pub fn of(row: Row, content: PlanContent) -> kernel::error::Result<Self> {
        Ok(Self {
            content,
            adjustments: row.adjustments()?,
            pauses: row.pauses()?,
            starts_on: day(&row.starts_on)?,
            calendar: row.calendar()?,
            row,
        })
    }

    /// What it follows.
    pub fn course(&self) -> Course<'_> {
        Course {
            content: &self.content,
            starts_on: self.starts_on,
            adjustments: &self.adjustments,
            pauses: &self.pauses,
        }
    }
}

/// SQL: a plan with what belongs to it.
macro_rules! plan_columns {
    () => {
        "pl.*, pv.template_id, pv.template_number, pv.adjustments, pv.effective_on, pv.made_by, p.active AS is_accompanied,
         p.status = 'paused' AS is_file_paused, p.language AS participant_language, centre.zone AS centre_zone,
         centre.calendar AS centre_calendar"
    };
}

/// A version of a plan.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Version {
    /// Its number.
    pub number: i64,
    /// From which template.
    pub template_id: PlanTemplateId,
    /// In which version of that.
    pub template_number: i64,
    /// What is otherwise, as JSON.
    pub adjustments: String,
    /// From which day on it was followed.
    pub effective_on: String,
    /// When it was made.
    pub made_at: Instant,
    /// By whom.
    pub made_by: StaffId,
}

/// Whom a plan is started for, as far as that is needed.
#[derive(Debug, sqlx::FromRow)]
pub struct Person {
    /// Their centre.
    pub centre_id: CentreId,
    /// Whether their file rests.
    pub is_file_paused: bool,
    /// Their language.
    pub participant_language: Language,
    /// The zone of their centre.
    pub centre_zone: ZoneName,
    /// When it is open, as JSON.
    pub centre_calendar: String,
}

/// Whom the caller starts a plan for, held until the transaction ends: nobody closes their file, moves them or lets them rest meanwhile.
pub async fn person(tx: &mut Tx, scope: Scope, participant: ParticipantId) -> Result<Option<Person>> {
    // First they, then what is read beside them: a statement that waits for whoever moves them would still join the former centre.
    // Whoever may not see them does not wait for them either.
    let held = scope.sql(&scoped!(
        "SELECT p.id FROM participant AS p WHERE ",
        participant p,
        " AND p.id = $2",
        pg " FOR SHARE OF p"
    ));
    let _: Option<Uuid> = tx.query(held).bind(scope.id()).bind(participant).optional_scalar().await?;
    let statement = scope.sql(&scoped!(
        "SELECT p.centre_id, p.status = 'paused' AS is_file_paused, p.language AS participant_language, centre.zone AS centre_zone,
                centre.calendar AS centre_calendar
         FROM participant AS p JOIN centre ON centre.id = p.centre_id WHERE ",
        participant p,
        " AND p.id = $2 AND p.active"
    ));
    tx.query(statement).bind(scope.id()).bind(participant).optional().await
}

/// In which language this staff member reads.
pub async fn language_of(tx: &mut Tx, staff: StaffId) -> Result<Option<Language>> {
    tx.query(sql!("SELECT language FROM staff WHERE id = $1")).bind(staff).optional_scalar().await
}

/// Keeps one that was started, with its first version.
pub async fn insert(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO plan (id, centre_id, participant_id, number, starts_on, pauses, started_at, started_by, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(row.id)
    .bind(row.centre_id)
    .bind(row.participant_id)
    .bind(row.number)
    .bind(row.starts_on.clone())
    .bind(row.pauses.clone())
    .bind(row.started_at)
    .bind(row.started_by)
    .bind(row.version)
    .execute()
    .await?;
    insert_version(tx, row, row.started_at).await
}

/// Keeps what a plan follows now as the version of its number.
pub async fn insert_version(tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO plan_version (plan_id, number, participant_id, template_id, template_number, adjustments, effective_on, made_at, made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    ))
    .bind(row.id)
    .bind(row.number)
    .bind(row.participant_id)
    .bind(row.template_id)
    .bind(row.template_number)
    .bind(row.adjustments.clone())
    .bind(row.effective_on.clone())
    .bind(now)
    .bind(row.made_by)
    .execute()
    .await
    .map(drop)
}

/// Writes what may change.
pub async fn update(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!(
        "UPDATE plan SET number = $1, pauses = $2, paused_on = $3, ended_at = $4, ended_by = $5, end_reason = $6, version = $7 WHERE id = $8"
    ))
    .bind(row.number)
    .bind(row.pauses.clone())
    .bind(row.paused_on.clone())
    .bind(row.ended_at)
    .bind(row.ended_by)
    .bind(row.end_reason)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}

/// One in scope.
pub async fn load(tx: &mut Tx, scope: Scope, id: PlanId) -> Result<Option<Row>> {
    let statement = scope.sql(&scoped!(
        "SELECT ",
        plan_columns!(),
        " FROM plan AS pl JOIN plan_version AS pv ON pv.plan_id = pl.id AND pv.number = pl.number
          JOIN participant AS p ON p.id = pl.participant_id JOIN centre ON centre.id = pl.centre_id WHERE ",
        pl,
        " AND pl.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// One in scope, held until the transaction ends. What belongs to it is read in a statement of its own: one that waits for whoever changes it would
/// still join what was followed before.
pub async fn load_for_change(tx: &mut Tx, scope: Scope, id: PlanId) -> Result<Option<Row>> {
    // Whoever may not see it does not wait for it either.
    let held = scope.sql(&scoped!(
        "SELECT pl.id FROM plan AS pl WHERE ",
        pl,
        " AND pl.id = $2",
        pg " FOR UPDATE OF pl"
    ));
    let _: Option<Uuid> = tx.query(held).bind(scope.id()).bind(id).optional_scalar().await?;
    load(tx, scope, id).await
}

/// These, held until the transaction ends, in the order in which everybody holds them; what belongs to them is read afterwards.
pub async fn held(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query_rows(
        sql!("SELECT id FROM plan WHERE id IN ({rows}) ORDER BY id", pg " FOR UPDATE"),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    let _: Vec<Uuid> = query.scalars().await?;
    let mut query = tx.query_rows(
        sql!(
            "SELECT ",
            plan_columns!(),
            " FROM plan AS pl JOIN plan_version AS pv ON pv.plan_id = pl.id AND pv.number = pl.number
              JOIN participant AS p ON p.id = pl.participant_id JOIN centre ON centre.id = pl.centre_id
              WHERE pl.id IN ({rows}) ORDER BY pl.id"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    query.all().await
}

/// The running one of a participant, held until the transaction ends.
pub async fn hold_running(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM plan WHERE participant_id = $1 AND ended_at IS NULL", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await
}

/// The running one of a participant.
pub async fn running(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM plan WHERE participant_id = $1 AND ended_at IS NULL"))
        .bind(participant)
        .scalars()
        .await
}

/// All of a participant, held in the order in which everybody holds them.
pub async fn all_of(tx: &mut Tx, participant: ParticipantId) -> Result<Vec<Uuid>> {
    tx.query(sql!("SELECT id FROM plan WHERE participant_id = $1 ORDER BY id", pg " FOR UPDATE"))
        .bind(participant)
        .scalars()
        .await
}

/// Lets the plans of a participant be this centre's.
pub async fn set_centre(tx: &mut Tx, participant: ParticipantId, centre: CentreId) -> Result<()> {
    tx.query(sql!("UPDATE plan SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await?;
    tx.query(sql!("UPDATE plan_session SET centre_id = $1 WHERE participant_id = $2"))
        .bind(centre)
        .bind(participant)
        .execute()
        .await
        .map(drop)
}

/// The key of the list.
#[derive(Debug, sqlx::FromRow)]
pub struct ByStart {
    /// When it was started.
    pub started_at: Instant,
    /// Its id.
    pub id: Uuid,
}

/// Those of a participant, if in scope, the latest first, with one more than the page holds.
pub async fn list(
    tx: &mut Tx,
    scope: Scope,
    participant: ParticipantId,
    paging: Paging<(i64, Uuid)>,
) -> Result<Vec<Entry<ByStart, Row>>> {
    let (before, id) = match paging.after {
        Some((micros, id)) => (Instant::from_micros(micros).unwrap_or(Instant::MAX), id),
        None => (Instant::MAX, Uuid::max()),
    };
    let statement = Statement::new(piece!(
        "SELECT ",
        plan_columns!(),
        " FROM plan AS pl ",
        lite "CROSS ",
        "JOIN plan_version AS pv ON pv.plan_id = pl.id AND pv.number = pl.number ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = pl.participant_id ",
        lite "CROSS ",
        "JOIN centre ON centre.id = pl.centre_id WHERE pl.participant_id = "
    ));
    let statement = scope
        .asked(statement, participant.0)
        .then(piece!(" AND (pl.started_at, pl.id) < (?, ?) ORDER BY pl.started_at DESC, pl.id DESC"))
        .bind(before)
        .bind(id)
        .limit(paging.rows());
    tx.query_built(statement).all().await
}

/// Those of the named ones that are in scope, in no order. From the ids to the rows and no other way.
pub async fn named(tx: &mut Tx, scope: Scope, ids: &[Uuid]) -> Result<Vec<Entry<ById, Row>>> {
    let statement = Statement::new(piece!(
        "SELECT ",
        plan_columns!(),
        " FROM ",
        lite "json_each(?) AS named CROSS JOIN plan AS pl ON pl.id = unhex(named.value) CROSS ",
        pg "plan AS pl ",
        "JOIN plan_version AS pv ON pv.plan_id = pl.id AND pv.number = pl.number ",
        lite "CROSS ",
        "JOIN participant AS p ON p.id = pl.participant_id ",
        lite "CROSS ",
        "JOIN centre ON centre.id = pl.centre_id WHERE ",
        pg "pl.id = ANY (ARRAY(SELECT value::uuid FROM json_array_elements_text(?::json))) AND "
    ))
    .bind(id_list(ids));
    tx.query_built(statement.then(in_scope(scope)).bind(scope.id())).all().await
}

fn in_scope(scope: Scope) -> Piece {
    match scope.kind() {
        ScopeKind::Own => piece!(lite "+", "pl.participant_id = ?"),
        ScopeKind::Centre => piece!(lite "+", "pl.centre_id = ?"),
        ScopeKind::Assigned => piece!(
            "EXISTS (SELECT 1 FROM assignment AS caseload
                     WHERE caseload.staff_id = ? AND caseload.ended_at IS NULL AND caseload.participant_id = pl.participant_id)"
        ),
    }
}

/// The versions of one, the latest first, with one more than the page holds.
pub async fn versions(tx: &mut Tx, id: PlanId, paging: Paging<i64>) -> Result<Vec<Version>> {
    tx.query(sql!(
        "SELECT number, template_id, template_number, adjustments, effective_on, made_at, made_by FROM plan_version
         WHERE plan_id = $1 AND number < $2 ORDER BY number DESC LIMIT ",
        lite "+",
        "$3"
    ))
    .bind(id)
    .bind(paging.after.unwrap_or(i64::MAX))
    .bind(paging.rows())
    .all()
    .await
}
