//! Whom people come to: somebody of their centre, or who is posted to it until then, who receives people, and who accompanies the one that
//! comes. Who may see nothing of somebody is told nothing of them either, and could not receive them.

use super::{hosts, row::Row, store};
use crate::assignment::things::ASSIGNMENT;
use crate::{
    app::{App, life::Event},
    life,
};
use contract::{AppointmentCommand, AssignmentId, AuditId, CentreId, StaffId, StaffRole, time::Instant};
use db::Tx;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
};

/// Refuses a host who does not receive people at this centre, from the first of these times to the second, at `pointer`.
pub async fn require_host(
    tx: &mut Tx,
    centre: CentreId,
    host: StaffId,
    times: (Instant, Instant),
    pointer: &str,
) -> Result<()> {
    match hosts::host(tx, centre, host, times).await? {
        Some(role) if role.receives() => Ok(()),
        _ => Err(receives_nobody(pointer)),
    }
}

fn receives_nobody(pointer: &str) -> Error {
    Error::field(pointer, "unknown", "is nobody of this centre who receives people then")
}

/// Refuses to put an appointment ahead of a participant whose file is closed. They are held, so that whoever closes it meanwhile finds
/// what was put ahead of them.
pub async fn require_accompanied(tx: &mut Tx, row: &Row) -> Result<()> {
    if store::is_accompanied(tx, row.participant_id).await? {
        return Ok(());
    }
    Err(row.refused("the participant's file is closed", &[AppointmentCommand::Cancel]))
}

/// The same for the host whom it has already.
pub async fn require_still_receiving(tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    match hosts::host(tx, row.centre_id, row.host_id, (now, row.ends_last())).await? {
        Some(role) if role.receives() => Ok(()),
        _ => {
            let possible = [AppointmentCommand::Move, AppointmentCommand::Cancel];
            Err(row.refused("its host receives nobody then: name another one", &possible))
        }
    }
}

/// Sees to it that the host whom `actor` has just named for `row` can receive its participant: receives people, and accompanies this
/// one. Managers assign people anyway, so naming a host does it; others name somebody who accompanies the participant already.
pub async fn bring_in(app: &App, tx: &mut Tx, actor: &Actor, row: &Row, now: Instant) -> Result<()> {
    let host =
        hosts::host_of(tx, row.centre_id, row.host_id, row.participant_id, (now, row.ends_last())).await?;
    let host = host.filter(|host| host.role.receives()).ok_or_else(|| receives_nobody("/host_id"))?;
    if host.accompanies {
        return Ok(());
    }
    if actor.role() == Some(StaffRole::Manager) {
        return accompany(app, tx, actor, row, now).await;
    }
    let detail = "does not accompany this participant; the manager of the centre can assign them";
    Err(Error::field("/host_id", "not_assigned", detail))
}

/// Assigns the participant of `row` to its host, if they are not in that host's caseload; who hosts others of theirs from before
/// hears of those again.
pub async fn accompany(app: &App, tx: &mut Tx, actor: &Actor, row: &Row, now: Instant) -> Result<()> {
    let id = AssignmentId::new(&*app.ids);
    if !hosts::accompany(tx, id, row, actor.person(), now).await? {
        return Ok(());
    }
    tx.changed(ASSIGNMENT.changed(row.centre_id.0, Some(row.participant_id.0), id.0));
    let starts = Event::AssignmentStarts(row.participant_id, row.host_id);
    life::happens(app, tx, actor, starts, now).await?;
    let audit = Audit::new(&ASSIGNMENT, "start", id.0).about(row.participant_id).at(row.centre_id);
    Ok(audit.write(tx, Some(actor), AuditId::new(&*app.ids), now).await?)
}
