//! Raising a work item and resolving it, for the features that know the causes. Both are done behind the feature's own rows.

use super::{
    causes::due,
    remind,
    rules::UNDONE_WITHIN,
    store::{self, Row},
    timers::ITEMS,
    words::{ResolutionReason, WorkCause, WorkItemId, WorkItemState, WorkUrgency},
};
use crate::{App, opening_hours::calendar::Calendar};
use contract::{
    CentreId, ParticipantId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::{Tx, sql};
use kernel::{
    agenda,
    error::{Error, Result},
};
use uuid::Uuid;

/// Why somebody of the staff is needed, and about whom.
#[derive(Debug, Clone, Copy)]
pub struct Raise {
    /// Why.
    pub cause: WorkCause,
    /// What raises it: the check-in, the appointment, the placement. There is one open item for each cause and subject.
    pub subject: Uuid,
    /// Whom it is about.
    pub participant: ParticipantId,
    /// Their centre.
    pub centre: CentreId,
}

/// The wall of a centre, and when it is open.
#[derive(sqlx::FromRow)]
pub(super) struct Hours {
    pub(super) zone: ZoneName,
    calendar: String,
}

impl Hours {
    /// Those of this centre.
    pub(super) async fn of(tx: &mut Tx, centre: CentreId) -> Result<Self> {
        Ok(tx.query(sql!("SELECT zone, calendar FROM centre WHERE id = $1")).bind(centre).one().await?)
    }

    /// Until when somebody should have seen to something with this cause that is in sight from this moment on.
    pub(super) fn due(&self, app: &App, cause: WorkCause, from: Instant) -> Result<(LocalDateTime, Instant)> {
        let calendar: Calendar = serde_json::from_str(&self.calendar).map_err(Error::internal)?;
        let from = app.zones.to_local(from, &self.zone).map_err(Error::internal)?;
        let due = app.zones.resolve(due(cause.demand(), &calendar, from), &self.zone);
        due.map(|due| (due.local, due.instant)).map_err(Error::internal)
    }
}

/// Raises it for whoever leads. Where it is open already, it is counted once more.
pub async fn raise(app: &App, tx: &mut Tx, what: Raise, now: Instant) -> Result<()> {
    raise_for(app, tx, what, None, now).await
}

/// The same for this staff member, for as long as they have the participant in their caseload.
pub async fn raise_for(
    app: &App,
    tx: &mut Tx,
    what: Raise,
    meant_for: Option<StaffId>,
    now: Instant,
) -> Result<()> {
    let hours = Hours::of(tx, what.centre).await?;
    let (local_due, due_at) = hours.due(app, what.cause, now)?;
    let id: WorkItemId = tx
        .query(sql!(
            "INSERT INTO work_item (id, centre_id, participant_id, cause, subject_id, meant_for, state, zone, local_due, due_at, opened_at,
                                    raised_at, times, raised_version, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, 1, 1, 1)
             ON CONFLICT (subject_id, cause) WHERE closed_at IS NULL DO UPDATE SET
                 times = work_item.times + 1, raised_at = excluded.raised_at, version = work_item.version + 1,
                 raised_version = work_item.version + 1
             RETURNING id"
        ))
        .bind(WorkItemId::new(&*app.ids))
        .bind(what.centre)
        .bind(what.participant)
        .bind(what.cause)
        .bind(what.subject)
        .bind(meant_for)
        .bind(WorkItemState::Open)
        .bind(hours.zone)
        .bind(local_due)
        .bind(due_at)
        .bind(now)
        .scalar()
        .await?;
    store::tell(tx, (id, what.cause), (what.centre, what.participant), meant_for);
    // Whoever is needed now may be leaving just now, unseen: it is looked at again once this is seen.
    let next = if what.cause.demand().urgency == WorkUrgency::Alarm { now } else { due_at };
    agenda::note(tx, ITEMS, what.centre, &[id.0], next).await?;
    remind::plan_of(app, tx, id, now).await
}

/// The cause is gone: what is open because of it is resolved, and what somebody closed a moment ago stays closed.
pub async fn resolve(app: &App, tx: &mut Tx, cause: WorkCause, subject: Uuid, now: Instant) -> Result<()> {
    let found = held(tx, cause, subject, now).await?;
    resolve_all(app, tx, &found, now).await.map(drop)
}

/// The same where whoever had it on their list is told why.
pub async fn resolve_because(
    app: &App,
    tx: &mut Tx,
    cause: WorkCause,
    subject: Uuid,
    why: ResolutionReason,
    now: Instant,
) -> Result<()> {
    let found = held(tx, cause, subject, now).await?;
    resolve_each(app, tx, &found, Some(why), now).await.map(drop)
}

/// Those of a cause that are open or whose closing can still be undone, held.
async fn held(tx: &mut Tx, cause: WorkCause, subject: Uuid, now: Instant) -> Result<Vec<Uuid>> {
    let found: Vec<Uuid> = tx
        .query(sql!(
            "SELECT id FROM work_item
             WHERE subject_id = $1 AND cause = $2 AND (closed_at IS NULL OR closed_at > $3) ORDER BY id",
            pg " FOR UPDATE"
        ))
        .bind(subject)
        .bind(cause)
        .bind(now.saturating_sub(UNDONE_WITHIN))
        .scalars()
        .await?;
    Ok(found)
}

/// The causes of these are gone; how many were open.
pub(super) async fn resolve_all(app: &App, tx: &mut Tx, ids: &[Uuid], now: Instant) -> Result<usize> {
    resolve_each(app, tx, ids, None, now).await
}

async fn resolve_each(
    app: &App,
    tx: &mut Tx,
    ids: &[Uuid],
    why: Option<ResolutionReason>,
    now: Instant,
) -> Result<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let mut resolved = 0;
    for mut row in store::hold(tx, ids).await? {
        if row.state.is_open() {
            close(&mut row, WorkItemState::Resolved, None, now);
            row.reason = why.map(|why| why.as_str().to_owned()).or(row.reason.take());
            save(tx, &mut row).await?;
            remind::plan_again(app, tx, &row, now).await?;
            resolved += 1;
        } else if row.cause_gone_at.is_none() {
            tx.query(sql!("UPDATE work_item SET cause_gone_at = $1, version = version + 1 WHERE id = $2"))
                .bind(now)
                .bind(row.id)
                .execute()
                .await?;
            row.tell(tx);
        }
    }
    Ok(resolved)
}

/// Nothing more is to be done.
pub(super) fn close(row: &mut Row, state: WorkItemState, by: Option<StaffId>, now: Instant) {
    row.state = state;
    row.closed_at = Some(now);
    row.closed_by = by;
    (row.asked_id, row.asked_by, row.asked_at) = (None, None, None);
    bring_back(row);
}

/// It is in sight again.
pub(super) fn bring_back(row: &mut Row) {
    if row.snoozed_until.is_some() {
        (row.local_snoozed, row.snoozed_until, row.reason) = (None, None, None);
    }
}

/// Writes what is different, counts it, and tells of it.
pub(super) async fn save(tx: &mut Tx, row: &mut Row) -> db::Result<()> {
    row.version += 1;
    store::update(tx, row).await?;
    row.tell(tx);
    Ok(())
}
