//! What somebody of the staff must see to about an appointment as time passes: that nobody has answered and its time comes near, and that
//! nobody has said how it went. One row on the agenda looks at both: when the reminder to the host is due that says the first, and a day
//! after the end for the second.

use super::{replan, row::Row, slots};
use crate::{
    app::App,
    work_item::{self, Raise, WorkCause},
};
use chrono::TimeDelta;
use contract::{
    AppointmentId, AppointmentState, CentreId, ParticipantId, ReminderPurpose, TimeOrigin, time::Instant,
};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Kind, Outcome},
    error::Result,
};
use notifications::plan::PlannedReminder;
use std::collections::HashMap;
use uuid::Uuid;

/// An appointment that is looked at again as time passes.
pub const FOLLOW_UPS: Kind = Kind::new("appointment_follow_up");

/// So long after its end somebody should have said how it went.
const RECORDED_WITHIN: TimeDelta = TimeDelta::hours(24);
/// What is longer ago is asked of nobody any more: an upgrade must not lay years of forgotten entries on people's desks.
const ASKED_FOR: TimeDelta = TimeDelta::days(30);

/// What is to be done with an appointment now, and when it is to be looked at next. Pure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Due {
    unanswered: bool,
    not_recorded: bool,
    next: Option<Instant>,
}

impl Due {
    fn of(row: &Row, unanswered_at: Option<Instant>, now: Instant) -> Self {
        let mut due = Self::default();
        let mut look = |at: Option<Instant>| {
            let at = at?;
            if at > now {
                due.next = Some(due.next.map_or(at, |next| next.min(at)));
            }
            Some(at <= now)
        };
        let unanswered = look(unanswered_at.filter(|_| is_awaited(row)));
        let over = look(not_recorded_at(row));
        due.unanswered = unanswered == Some(true) && row.ends_last() > now;
        if due.unanswered {
            // It comes to nothing by itself once the time is over.
            look(Some(row.ends_last()));
        }
        due.not_recorded = over == Some(true) && row.ends_at.saturating_add(ASKED_FOR) > now;
        due
    }
}

/// Whether an answer of the participant is waited for. Choosing a time was one.
fn is_awaited(row: &Row) -> bool {
    match row.state() {
        AppointmentState::Proposed | AppointmentState::ChangeRequested => true,
        AppointmentState::Scheduled => row.time_origin != TimeOrigin::Chosen,
        _ => false,
    }
}

fn not_recorded_at(row: &Row) -> Option<Instant> {
    (row.state().is_open() && !row.is_offering()).then(|| row.ends_at.saturating_add(RECORDED_WITHIN))
}

/// Notes when an appointment is to be looked at, given the reminders that are planned for it. What was due before was looked at then.
pub async fn note(tx: &mut Tx, row: &Row, planned: &[PlannedReminder], now: Instant) -> Result<()> {
    let unanswered = planned.iter().find(|one| one.key.purpose == ReminderPurpose::AppointmentUnconfirmed);
    let at = [unanswered.map(|one| one.due_at), not_recorded_at(row)];
    let at = at.into_iter().flatten().filter(|at| *at > now).min();
    let Some(at) = at else { return Ok(()) };
    Ok(agenda::note(tx, FOLLOW_UPS, row.centre_id, &[row.id.0], at).await?)
}

/// What follows for the work list from a command that was carried out.
pub async fn after(app: &App, tx: &mut Tx, (former, row): (&Row, &Row), now: Instant) -> Result<()> {
    let id = row.id.0;
    if former.state().is_open() {
        work_item::resolve(app, tx, WorkCause::AppointmentUnanswered, id, now).await?;
    }
    // Before a day has passed there is none.
    let was_due = former.state().is_open() && former.ends_at.saturating_add(RECORDED_WITHIN) <= now;
    if was_due && !row.state().is_open() {
        work_item::resolve(app, tx, WorkCause::OutcomeNotRecorded, id, now).await?;
    }
    match (former.standing.counts(), row.standing.counts()) {
        (false, true) if is_worth_asking(tx, row, now).await? => {
            work_item::raise(app, tx, raise(row, WorkCause::DidNotCome), now).await
        }
        (true, false) => work_item::resolve(app, tx, WorkCause::DidNotCome, id, now).await,
        _ => Ok(()),
    }
}

/// Whether anybody is to be called about it: not of somebody whose file has closed since, nor of what was long ago and is only put right.
async fn is_worth_asking(tx: &mut Tx, row: &Row, now: Instant) -> Result<bool> {
    if row.ends_at.saturating_add(ASKED_FOR) <= now {
        return Ok(false);
    }
    Ok(tx
        .query(sql!("SELECT active FROM participant WHERE id = $1"))
        .bind(row.participant_id)
        .scalar()
        .await?)
}

/// A file that was closed is open again: what was over meanwhile, or shortly before, is asked about after all.
pub async fn note_past(
    tx: &mut Tx,
    participant: ParticipantId,
    centre: CentreId,
    now: Instant,
) -> Result<()> {
    let over: Vec<Uuid> = tx
        .query(sql!(
            "SELECT id FROM appointment
             WHERE participant_id = $1 AND state IN ('scheduled', 'confirmed', 'change_requested')
               AND starts_at > $2 AND ends_at <= $3 ORDER BY id"
        ))
        .bind(participant)
        .bind(now.saturating_sub(ASKED_FOR))
        .bind(now)
        .scalars()
        .await?;
    Ok(agenda::note(tx, FOLLOW_UPS, centre, &over, now).await?)
}

const fn raise(row: &Row, cause: WorkCause) -> Raise {
    Raise { cause, subject: row.id.0, participant: row.participant_id, centre: row.centre_id }
}

/// An appointment that is held, and whether somebody accompanies its participant.
#[derive(sqlx::FromRow)]
struct Held {
    #[sqlx(flatten)]
    row: Row,
    is_accompanied: bool,
}

/// Looks at these. Those that somebody else holds are left for the next time; those that are no more are done.
pub async fn look_at(app: &App, tx: &mut Tx, ids: &[Uuid], now: Instant) -> Result<Vec<(Uuid, Outcome)>> {
    let all = held(tx, ids, now).await?;
    let unanswered = unanswered_at(tx, all.iter().map(|held| held.row.id)).await?;
    let mut outcomes = Vec::with_capacity(all.len());
    for Held { row, is_accompanied } in &all {
        let due = match is_accompanied {
            true => Due::of(row, unanswered.get(&row.id).copied(), now),
            false => Due::default(),
        };
        if due.unanswered {
            work_item::raise(app, tx, raise(row, WorkCause::AppointmentUnanswered), now).await?;
        } else {
            work_item::resolve(app, tx, WorkCause::AppointmentUnanswered, row.id.0, now).await?;
        }
        if due.not_recorded {
            work_item::raise(app, tx, raise(row, WorkCause::OutcomeNotRecorded), now).await?;
        }
        outcomes.push((row.id.0, due.next.map_or(Outcome::Done, Outcome::Again)));
    }
    let missing = ids.iter().copied().filter(|id| all.iter().all(|held| held.row.id.0 != *id)).collect();
    outcomes.extend(replan::no_more(tx, missing).await?.into_iter().map(|id| (id, Outcome::Done)));
    Ok(outcomes)
}

async fn held(tx: &mut Tx, ids: &[Uuid], now: Instant) -> Result<Vec<Held>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query_rows(
        sql!(
            "SELECT a.*, p.data_key, p.active AS is_accompanied
             FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE a.id IN ({rows}) ORDER BY a.id",
            pg " FOR UPDATE OF a SKIP LOCKED"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    let mut all: Vec<Held> = query.all().await?;
    slots::fill(tx, all.iter_mut().map(|held| &mut held.row), now).await?;
    Ok(all)
}

/// When the hosts of these are, or were, to hear that nobody has answered. What was planned for another time says nothing any more.
async fn unanswered_at(
    tx: &mut Tx,
    ids: impl Iterator<Item = AppointmentId>,
) -> Result<HashMap<AppointmentId, Instant>> {
    let ids: Vec<AppointmentId> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = tx.query_rows(
        sql!(
            "SELECT subject_id, max(due_at) FROM reminder
             WHERE subject_id IN ({rows}) AND purpose = 'appointment_unconfirmed' AND state <> 'superseded' GROUP BY subject_id"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(id);
    }
    let found: Vec<(AppointmentId, Instant)> = query.all().await?;
    Ok(found.into_iter().collect())
}
