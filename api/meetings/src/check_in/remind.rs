//! Planning when a participant is reminded of a check-in, in the transaction that changes it.

use super::{
    store::{self, Row},
    words::Settled,
};
use crate::App;
use contract::{
    CentreId, ParticipantId, Subject, SubjectKind,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use notifications::{
    outbox::{self, Existing},
    plan::{Diff, diff, plan},
    policy::ReminderPolicy,
    subjects::check_in::{CheckInFacts, ToAnswer},
};

/// What a plan is made from besides the check-in.
#[derive(Debug, sqlx::FromRow)]
pub struct Surroundings {
    reminder_policy: Option<String>,
    centre_zone: ZoneName,
    participant_zone: ZoneName,
    is_accompanied: bool,
    is_paused: bool,
}

/// It, with centre and participant held until the transaction ends, so that nobody changes what the plan is made from without planning again
/// what was planned meanwhile.
pub async fn around(tx: &mut Tx, centre: CentreId, participant: ParticipantId) -> Result<Surroundings> {
    Ok(tx
        .query(sql!(
            "SELECT centre.reminder_policy, centre.zone AS centre_zone, participant.zone AS participant_zone,
                    participant.active AS is_accompanied, participant.status = 'paused' AS is_paused
             FROM centre, participant WHERE centre.id = $1 AND participant.id = $2",
            pg " FOR SHARE OF centre, participant"
        ))
        .bind(centre)
        .bind(participant)
        .one()
        .await?)
}

/// Plans the reminders of one that was just made: nothing exists about it yet.
pub async fn plan_first(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    around: &Surroundings,
    now: Instant,
) -> Result<()> {
    planned(app, tx, row, around, Existing::default(), now).await
}

/// Plans the reminders of `row` as it now stands, and says whether its participant is still accompanied.
pub async fn plan_again(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<bool> {
    let around = around(tx, row.centre_id, row.participant_id).await?;
    let existing = outbox::existing(tx, Subject { kind: SubjectKind::CheckIn, id: row.id.0 }, now).await?;
    planned(app, tx, row, &around, existing, now).await?;
    Ok(around.is_accompanied)
}

async fn planned(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    around: &Surroundings,
    existing: Existing,
    now: Instant,
) -> Result<()> {
    let change = change(app, row, around, &existing, now)?;
    Ok(outbox::apply(tx, &change, now, &*app.ids).await?)
}

/// What is to be planned about one that was just made, for whoever makes many and plans all of it at once.
pub fn first(app: &App, row: &Row, around: &Surroundings, now: Instant) -> Result<Diff> {
    change(app, row, around, &Existing::default(), now)
}

fn change(app: &App, row: &Row, around: &Surroundings, existing: &Existing, now: Instant) -> Result<Diff> {
    let policy = ReminderPolicy::of_centre(around.reminder_policy.as_deref()).map_err(Error::internal)?;
    let facts = CheckInFacts {
        id: row.id.0,
        centre_id: row.centre_id,
        participant_id: row.participant_id,
        to_answer: to_answer(app, row),
        // Nobody is reminded while the file rests.
        is_accompanied: around.is_accompanied && !around.is_paused,
        participant_zone: around.participant_zone.clone(),
        centre_zone: around.centre_zone.clone(),
    };
    let mut change = diff(&existing.readable, &plan(&facts, &policy, &app.zones, now));
    if row.settled != Settled::Unanswered {
        // A later version of this service wrote them about something that is answered or over.
        change.supersede.extend(&existing.unreadable);
        change.recall.extend(&existing.unreadable);
    }
    Ok(change)
}

fn to_answer(app: &App, row: &Row) -> Option<ToAnswer> {
    if row.settled != Settled::Unanswered {
        return None;
    }
    let reminders = row.window().reminders(row.local_closes, &row.zone, &app.zones);
    Some(ToAnswer {
        opens_at: row.opens_at,
        half_way: reminders.half_way,
        last_evening: reminders.last_evening,
        closes_at: row.closes_at,
        local_closes: row.local_closes,
        zone: row.zone.clone(),
    })
}

/// Derives its window from the zone data in use, and plans its reminders again.
pub async fn derive_again(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    let window = row.local_window().derive(&row.zone, &app.zones).map_err(Error::internal)?;
    if window == row.window() {
        return Ok(());
    }
    (row.opens_at, row.due_at, row.closes_at) = (window.opens_at, window.due_at, window.closes_at);
    // What the new instants have passed is still to be acted upon; what they have not yet is once more.
    row.stage = row.stage.min(row.window().stage(row.clock(now)));
    row.version += 1;
    store::set_window(tx, row).await?;
    tx.changed(row.changed());
    plan_again(app, tx, row, now).await.map(drop)
}
