//! What a yes brings about, in the same transaction: a colleague accompanies the participant from now on, or another centre has them.

use super::{
    deeds::refused,
    store::Row,
    words::{HandOverCommand, HandOverKind},
};
use crate::{
    App,
    app::life::Event,
    appointment::{Followed, follow_companion},
    assignment::{
        held,
        store::{self as assignments, Row as Assignment},
        things::ASSIGNMENT,
    },
    life,
    participant::moving,
};
use contract::{AssignmentId, AuditId, StaffId, time::Instant};
use db::Tx;
use kernel::{access::Actor, audit::Audit, error::Result};

/// What is left to do with one that cannot be accepted as things stand.
const OTHERWISE: &[HandOverCommand] = &[HandOverCommand::Refuse];

/// Does it. Whoever answers has the participant from this statement on, and not before.
pub async fn carry_out(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &Row,
    (line, now): (Audit, Instant),
) -> Result<Audit> {
    match (row.kind, row.to_centre_id, row.to_staff_id, row.from_assignment_id) {
        (HandOverKind::Centre, Some(to), ..) => {
            let between = (row.from_centre_id, to);
            let moved = moving::move_to_centre(app, tx, actor, (row.participant_id, between), now).await?;
            let Some(moved) = moved else {
                return Err(refused(row, OTHERWISE, "the participant is not that centre's any more"));
            };
            Ok(line
                .with("assignments_ended", moved.assignments_ended)
                .with("appointments_cancelled", moved.appointments_cancelled))
        }
        (HandOverKind::Companion, _, Some(to), Some(former)) => {
            let followed = accompany(app, tx, actor, (row, to, former), now).await?;
            Ok(line
                .with("appointments_handed_over", followed.handed_over)
                .with("appointments_left", followed.left))
        }
        // The table holds neither without whom it is asked of.
        _ => Err(refused(row, OTHERWISE, "it does not say of whom it was asked")),
    }
}

/// A colleague accompanies them: their assignment begins, the lead is theirs, the other's ends, as it was asked. What lies ahead with the one who
/// stops goes with the person, as far as the colleague can be there.
async fn accompany(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (row, to, former): (&Row, StaffId, AssignmentId),
    now: Instant,
) -> Result<Followed> {
    let (participant, centre) = (row.participant_id, row.from_centre_id);
    if !assignments::is_accompanied(tx, participant, centre).await? {
        return Err(refused(row, OTHERWISE, "the file is closed"));
    }
    let companion = assignments::companion(tx, centre, to, now).await?;
    let Some(companion) = companion.filter(|companion| companion.role.accompanies()) else {
        return Err(refused(row, OTHERWISE, "you accompany nobody at this centre any more"));
    };
    let former = held::hold(tx, former).await?.filter(|former| former.ended_at.is_none());
    let Some(former) = former else {
        return Err(refused(row, OTHERWISE, "whoever was to be relieved does not accompany them any more"));
    };
    let assignment = match held::lasting(tx, to, participant).await? {
        // Beside the other until now, or in their absence alone: from now on it does not end with that.
        Some(lasting) => {
            held::outlast_absence(tx, to, participant).await?;
            lasting
        }
        None => {
            let new = Assignment {
                id: AssignmentId::new(&*app.ids),
                participant_id: participant,
                centre_id: centre,
                staff_id: to,
                role: companion.role,
                data_key: companion.data_key,
                name_sealed: companion.name_sealed,
                started_at: now,
                ended_at: None,
                leads: false,
                version: 1,
            };
            assignments::insert(tx, &new, row.asked_by.0).await?;
            tx.changed(new.changed());
            life::happens(app, tx, actor, Event::AssignmentStarts(participant, to), now).await?;
            write(app, tx, actor, &new, ("start", now)).await?;
            new
        }
    };
    if row.takes_lead {
        lead(app, tx, actor, assignment, now).await?;
    }
    if !row.ends_former {
        return Ok(Followed::default());
    }
    // Before they lose sight of it: whoever is told of it accompanies the participant.
    let whose = (participant, former.staff_id, to);
    let followed = follow_companion(app, tx, actor, whose, now).await?;
    end(app, tx, actor, former, now).await?;
    Ok(followed)
}

async fn lead(app: &App, tx: &mut Tx, actor: &Actor, mut row: Assignment, now: Instant) -> Result<()> {
    row.version += 1;
    assignments::make_lead(tx, &row, now).await?;
    assignments::tell_who_leads(tx, &[row.participant_id]).await?;
    life::happens(app, tx, actor, Event::LeadChanges(row.participant_id), now).await?;
    write(app, tx, actor, &row, ("lead", now)).await
}

async fn end(app: &App, tx: &mut Tx, actor: &Actor, mut row: Assignment, now: Instant) -> Result<()> {
    row.ended_at = Some(now);
    row.version += 1;
    assignments::end(tx, &row, actor.person()).await?;
    assignments::tell_who_leads(tx, &[row.participant_id]).await?;
    life::happens(app, tx, actor, Event::AssignmentEnds(row.staff_id), now).await?;
    tx.changed(row.changed());
    tx.changed(row.revoked());
    write(app, tx, actor, &row, ("end", now)).await
}

/// The lines that a manager who does it by hand leaves.
async fn write(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    row: &Assignment,
    (verb, now): (&'static str, Instant),
) -> Result<()> {
    let line = Audit::new(&ASSIGNMENT, verb, row.id.0).about(row.participant_id).at(row.centre_id);
    let line = if verb == "start" { line.with("role", row.role.as_str()) } else { line };
    Ok(line.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?)
}
