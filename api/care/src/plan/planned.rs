//! What of plans is planned, in the database: which check-in came from which day, and which conversations are to be arranged.

use super::{
    compare::Existing,
    course::Key,
    rules::{self, Meeting},
    store::day,
    things::PLAN_SESSION,
    words::{PlanId, PlanSessionId, PlanSessionState},
};
use crate::check_in::CheckInId;
use chrono::NaiveDate;
use contract::{AppointmentId, CentreId, ParticipantId, StaffId, time::Instant};
use db::{Change, Result, Tx, sql};
use kernel::{access::Scope, scoped};
use uuid::Uuid;

/// Rows of one statement.
const CHUNK: usize = 500;

/// A check-in of a plan.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CheckInRow {
    /// Of which plan.
    pub plan_id: PlanId,
    /// Which.
    pub check_in_id: CheckInId,
    /// The day of the plan.
    pub original_on: String,
    /// The day on which it opens.
    pub planned_on: String,
    /// What it was made from.
    pub shape: String,
    /// Whether nobody has had to do with it.
    pub lies_ahead: bool,
}

impl CheckInRow {
    /// As it is compared.
    pub fn existing(&self) -> kernel::error::Result<Existing> {
        Ok(Existing {
            key: Key { series: None, original_on: day(&self.original_on)? },
            day: day(&self.planned_on)?,
            shape: self.shape.clone(),
            is_fixed: !self.lies_ahead,
        })
    }
}

/// A conversation of a plan.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    /// Its id.
    pub id: PlanSessionId,
    /// Of which plan.
    pub plan_id: PlanId,
    /// The participant's centre.
    pub centre_id: CentreId,
    /// Whose it is.
    pub participant_id: ParticipantId,
    /// Of which series.
    pub series: String,
    /// The day of the plan.
    pub original_on: String,
    /// The Monday of its week.
    pub planned_on: String,
    /// How long it is to last.
    pub minutes: i64,
    /// What it was made from.
    pub shape: String,
    /// At which appointment it is.
    pub appointment_id: Option<AppointmentId>,
    /// Since when that is known.
    pub linked_at: Option<Instant>,
    /// Who said so.
    pub linked_by: Option<StaffId>,
    /// When somebody said that it is not needed.
    pub cancelled_at: Option<Instant>,
    /// Who said so.
    pub cancelled_by: Option<StaffId>,
    /// When the plan took it away.
    pub dropped_at: Option<Instant>,
    /// When somebody was first asked to arrange it.
    pub raised_at: Option<Instant>,
    /// Counts the changes.
    pub version: i64,
    /// Where the appointment stands.
    pub appointment_state: Option<String>,
    /// How it ended.
    pub appointment_outcome: Option<String>,
    /// Whether its plan has ended.
    pub is_plan_over: bool,
}

impl SessionRow {
    /// That it is new or different, for the change feed.
    pub const fn changed(&self) -> Change {
        PLAN_SESSION.changed(self.centre_id.0, Some(self.participant_id.0), self.id.0)
    }

    /// Where it stands.
    pub fn state(&self) -> PlanSessionState {
        let meeting = self
            .appointment_state
            .as_deref()
            .map(|state| Meeting::of(state, self.appointment_outcome.as_deref()));
        let state = rules::session_state(self.dropped_at.is_some(), self.cancelled_at.is_some(), meeting);
        match state {
            // Its appointment fell after the plan had ended: nobody is to arrange another.
            PlanSessionState::ToArrange if self.is_plan_over => PlanSessionState::Dropped,
            state => state,
        }
    }

    /// As it is compared.
    pub fn existing(&self) -> kernel::error::Result<Existing> {
        let series = self.series.parse().map_err(kernel::error::Error::internal)?;
        Ok(Existing {
            key: Key { series: Some(series), original_on: day(&self.original_on)? },
            day: day(&self.planned_on)?,
            shape: self.shape.clone(),
            is_fixed: self.state() != PlanSessionState::ToArrange || self.appointment_id.is_some(),
        })
    }
}

/// The check-ins of these plans, but for those that a change took away, by their days.
pub async fn check_ins(tx: &mut Tx, plans: &[Uuid], now: Instant) -> Result<Vec<CheckInRow>> {
    let mut found = Vec::new();
    for chunk in plans.chunks(CHUNK) {
        let mut query = tx
            .query_rows(
                sql!(
                    "SELECT pc.plan_id, pc.check_in_id, pc.original_on, pc.planned_on, pc.shape,
                            (ci.settled = 'unanswered' AND ci.opens_at > COALESCE(ci.paused_at, ?)) AS lies_ahead
                     FROM plan_check_in AS pc JOIN check_in AS ci ON ci.id = pc.check_in_id
                     WHERE pc.dropped_at IS NULL AND pc.plan_id IN ({rows}) ORDER BY pc.plan_id, pc.original_on"
                ),
                chunk.len(),
                1,
            )
            .bind(now);
        for id in chunk {
            query = query.bind(*id);
        }
        found.extend(query.all::<CheckInRow>().await?);
    }
    Ok(found)
}

/// SQL: a conversation with the appointment at which it is to be. An outcome counts only in the version that it was written with: a node of the former
/// version leaves it behind when it says another.
macro_rules! session_columns {
    () => {
        "ps.*, a.state AS appointment_state,
         CASE WHEN a.outcome_version = a.version THEN a.outcome END AS appointment_outcome,
         (SELECT pl.ended_at IS NOT NULL FROM plan AS pl WHERE pl.id = ps.plan_id) AS is_plan_over"
    };
}

/// The conversations of these plans, but for those that a change took away, by their weeks.
pub async fn sessions(tx: &mut Tx, plans: &[Uuid]) -> Result<Vec<SessionRow>> {
    let mut found = Vec::new();
    for chunk in plans.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "SELECT ",
                session_columns!(),
                " FROM plan_session AS ps LEFT JOIN appointment AS a ON a.id = ps.appointment_id
                  WHERE ps.dropped_at IS NULL AND ps.plan_id IN ({rows}) ORDER BY ps.plan_id, ps.planned_on, ps.id"
            ),
            chunk.len(),
            1,
        );
        for id in chunk {
            query = query.bind(*id);
        }
        found.extend(query.all::<SessionRow>().await?);
    }
    Ok(found)
}

/// One in scope.
pub async fn session(tx: &mut Tx, scope: Scope, id: PlanSessionId) -> Result<Option<SessionRow>> {
    let statement = scope.sql(&scoped!(
        "SELECT ",
        session_columns!(),
        " FROM plan_session AS ps LEFT JOIN appointment AS a ON a.id = ps.appointment_id WHERE ",
        ps,
        " AND ps.id = $2"
    ));
    tx.query(statement).bind(scope.id()).bind(id).optional().await
}

/// An appointment, as far as a conversation can be at it. In words: a later version may have written some that are not known here.
#[derive(Debug, sqlx::FromRow)]
pub struct Appointment {
    /// Where it stands.
    pub state: String,
    /// How it ended.
    pub outcome: Option<String>,
    /// What it is for.
    pub kind: String,
}

/// One of a participant's, held so that it stays what it is.
pub async fn appointment(
    tx: &mut Tx,
    participant: ParticipantId,
    id: AppointmentId,
) -> Result<Option<Appointment>> {
    tx.query(sql!(
        "SELECT state, CASE WHEN outcome_version = version THEN outcome END AS outcome, kind
         FROM appointment WHERE id = $1 AND participant_id = $2",
        pg " FOR SHARE"
    ))
    .bind(id)
    .bind(participant)
    .optional()
    .await
}

/// Of which plan the conversation is that is to be at this appointment, and of which centre.
pub async fn at_appointment(tx: &mut Tx, id: AppointmentId) -> Result<Option<(Uuid, CentreId)>> {
    tx.query(sql!(
        "SELECT plan_id, centre_id FROM plan_session WHERE appointment_id = $1 AND dropped_at IS NULL"
    ))
    .bind(id)
    .optional()
    .await
}

/// A check-in that was planned, and from what.
#[derive(Debug)]
pub struct NewCheckIn {
    /// Of which plan.
    pub plan: PlanId,
    /// Which.
    pub check_in: CheckInId,
    /// The day of the plan.
    pub original_on: NaiveDate,
    /// The day on which it opens.
    pub planned_on: NaiveDate,
    /// What it was made from.
    pub shape: String,
}

/// Keeps these.
pub async fn insert_check_ins(tx: &mut Tx, rows: &[NewCheckIn]) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!("INSERT INTO plan_check_in (check_in_id, plan_id, original_on, planned_on, shape) VALUES {rows}"),
            chunk.len(),
            5,
        );
        for row in chunk {
            query = query
                .bind(row.check_in)
                .bind(row.plan)
                .bind(row.original_on.to_string())
                .bind(row.planned_on.to_string())
                .bind(row.shape.clone());
        }
        query.execute().await?;
    }
    Ok(())
}

/// Keeps these.
pub async fn insert_sessions(tx: &mut Tx, rows: &[SessionRow]) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let mut query = tx.query_rows(
            sql!(
                "INSERT INTO plan_session (id, plan_id, centre_id, participant_id, series, original_on, planned_on, minutes, shape, version)
                 VALUES {rows}"
            ),
            chunk.len(),
            10,
        );
        for row in chunk {
            query = query
                .bind(row.id)
                .bind(row.plan_id)
                .bind(row.centre_id)
                .bind(row.participant_id)
                .bind(row.series.clone())
                .bind(row.original_on.clone())
                .bind(row.planned_on.clone())
                .bind(row.minutes)
                .bind(row.shape.clone())
                .bind(row.version);
        }
        query.execute().await?;
    }
    Ok(())
}

/// These check-ins are no longer the plan's.
pub async fn drop_check_ins(tx: &mut Tx, ids: &[Uuid], now: Instant) -> Result<()> {
    for chunk in ids.chunks(CHUNK) {
        let statement = sql!("UPDATE plan_check_in SET dropped_at = ? WHERE check_in_id IN ({rows})");
        let mut query = tx.query_rows(statement, chunk.len(), 1).bind(now);
        for id in chunk {
            query = query.bind(*id);
        }
        query.execute().await?;
    }
    Ok(())
}

/// A check-in opens on another day.
pub async fn put_check_in(tx: &mut Tx, id: CheckInId, planned_on: NaiveDate) -> Result<()> {
    tx.query(sql!("UPDATE plan_check_in SET planned_on = $1 WHERE check_in_id = $2"))
        .bind(planned_on.to_string())
        .bind(id)
        .execute()
        .await
        .map(drop)
}

/// Writes what may change of a conversation.
pub async fn update_session(tx: &mut Tx, row: &SessionRow) -> Result<()> {
    tx.query(sql!(
        "UPDATE plan_session SET planned_on = $1, appointment_id = $2, linked_at = $3, linked_by = $4, cancelled_at = $5, cancelled_by = $6,
                                 dropped_at = $7, raised_at = $8, version = $9
         WHERE id = $10"
    ))
    .bind(row.planned_on.clone())
    .bind(row.appointment_id)
    .bind(row.linked_at)
    .bind(row.linked_by)
    .bind(row.cancelled_at)
    .bind(row.cancelled_by)
    .bind(row.dropped_at)
    .bind(row.raised_at)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await
    .map(drop)
}
