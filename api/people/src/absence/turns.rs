//! The beginning and the end of an absence: the stand-in accompanies whom the absent one leads, and then no more.

use super::{
    store::{self, Row},
    things::ABSENCE,
};
use crate::{
    app::{
        App,
        life::{Coming, Event},
    },
    assignment::{store as assignments, things::ASSIGNMENT},
    life,
};
use contract::{AssignmentId, AuditId, ParticipantId, StaffId, StaffRole, time::Instant};
use db::Tx;
use kernel::{access::Actor, audit::Audit, error::Result};

/// Holds what its beginning will change, before the absence itself is held.
pub async fn is_about_to_begin(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    for participant in store::led_by(tx, row.staff_id, row.centre_id).await? {
        life::is_about_to(app, tx, Coming::AssignmentStarts(participant), now).await?;
    }
    Ok(())
}

/// Its first day has come. What is not theirs to hand on any more, nobody stands in for.
pub async fn begin(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    row.began_at = Some(now);
    row.version += 1;
    store::update(tx, row, None).await?;
    row.tell(tx);
    let mut accompanied = 0;
    for participant in store::led_by(tx, row.staff_id, row.centre_id).await? {
        accompanied += usize::from(accompany(app, tx, row, participant, now).await?);
    }
    life::happens(app, tx, &its_own(row), Event::PresenceChanges(row.staff_id), now).await?;
    let line =
        Audit::new(&ABSENCE, "begin", row.id.0).at(row.centre_id).with("assignments_started", accompanied);
    Ok(line.write(tx, None, AuditId::new(&*app.ids), now).await?)
}

/// Lets the stand-in accompany this participant; whether that was needed and could be.
async fn accompany(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    participant: ParticipantId,
    now: Instant,
) -> Result<bool> {
    let Some(stand_in) = row.stand_in_id else { return Ok(false) };
    if !assignments::is_accompanied(tx, participant, row.centre_id).await?
        || assignments::lasts(tx, stand_in, participant).await?
    {
        return Ok(false);
    }
    let companion = assignments::companion(tx, row.centre_id, stand_in, now).await?;
    let Some(companion) = companion.filter(|companion| companion.role.accompanies()) else {
        return Ok(false);
    };
    let assignment = assignments::Row {
        id: AssignmentId::new(&*app.ids),
        participant_id: participant,
        centre_id: row.centre_id,
        staff_id: stand_in,
        role: companion.role,
        data_key: companion.data_key,
        name_sealed: companion.name_sealed,
        started_at: now,
        ended_at: None,
        leads: false,
        version: 1,
    };
    assignments::insert(tx, &assignment, row.created_by).await?;
    assignments::set_absence(tx, assignment.id, row.id.0).await?;
    tx.changed(assignment.changed());
    life::happens(app, tx, &its_own(row), Event::AssignmentStarts(participant, stand_in), now).await?;
    let line = Audit::new(&ASSIGNMENT, "start", assignment.id.0)
        .about(participant)
        .at(row.centre_id)
        .with("role", assignment.role.as_str());
    line.write(tx, None, AuditId::new(&*app.ids), now).await?;
    Ok(true)
}

/// It ends: by this staff member's word, or because its last day is over.
pub async fn end(
    app: &App,
    tx: &mut Tx,
    row: &mut Row,
    actor: Option<&Actor>,
    now: Instant,
) -> Result<usize> {
    row.ended_at = Some(row.ends_at.min(now));
    row.version += 1;
    store::update(tx, row, actor.map(Actor::person)).await?;
    row.tell(tx);
    if row.began_at.is_none() {
        return Ok(0);
    }
    let own = its_own(row);
    let (by, actor) = (actor.map(Actor::person), actor.unwrap_or(&own));
    assignments::keep_hosts_of_absence(tx, row.id.0, now).await?;
    let ended = assignments::end_all_of_absence(tx, row.id.0, by, now).await?;
    for (assignment, participant, centre) in &ended {
        let line = Audit::new(&ASSIGNMENT, "end", assignment.0).about(*participant).at(*centre);
        line.write(tx, by.map(|_| actor), AuditId::new(&*app.ids), now).await?;
    }
    if let Some(stand_in) = row.stand_in_id.filter(|_| !ended.is_empty()) {
        life::happens(app, tx, actor, Event::AssignmentEnds(stand_in), now).await?;
    }
    life::happens(app, tx, actor, Event::PresenceChanges(row.staff_id), now).await?;
    Ok(ended.len())
}

/// Nobody does what comes by its time: whose it is stands where somebody is asked for, without a session.
const fn its_own(row: &Row) -> Actor {
    Actor::Staff {
        id: StaffId(row.staff_id.0),
        role: StaffRole::Mentor,
        centre: row.centre_id,
        session: None,
        is_posted: false,
    }
}
