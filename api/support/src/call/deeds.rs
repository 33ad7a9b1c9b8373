//! Settling a call and taking that back: the same over HTTP and from a phone that was without network.

use super::{
    request::CallSettling,
    store::{self, Row},
    things::REMINDER_CALL,
    words::ReminderCallId,
};
use crate::{
    App,
    accompanied::{self, Met},
    contact,
};
use contract::{ParticipantId, ReminderId, StaffId, time::Instant};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
};

/// Records that this participant, who is held, was told what a reminder says.
pub async fn settle(
    app: &App,
    tx: &mut Tx,
    staff_id: StaffId,
    (reminder_id, participant_id, met): (ReminderId, ParticipantId, Met),
    settling: CallSettling,
    (noted_at, now): (Option<Instant>, Instant),
) -> Result<(Row, Audit)> {
    let zone = settling.zone.unwrap_or(met.zone);
    let unknown = |_| Error::field("/zone", "unknown_zone", "the zone data in use does not know this zone");
    let (local_at, at) = match settling.local_at {
        Some(local) => {
            let time = app.zones.resolve(local, &zone).map_err(unknown)?;
            (time.local, time.instant)
        }
        None => (app.zones.to_local(now, &zone).map_err(unknown)?, now),
    };
    let fault = |(code, detail)| Error::field("/local_at", code, detail);
    accompanied::check_past(at, now).map_err(fault)?;
    let row = Row {
        id: ReminderCallId(new_id(settling.id, &*app.ids)),
        centre_id: met.centre_id,
        participant_id,
        reminder_id,
        staff_id,
        how: settling.how,
        local_at,
        zone,
        at,
        noted_at,
        recorded_at: now,
        withdrawn_at: None,
        withdrawn_by: None,
        version: 1,
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed());
    contact::happened(app, tx, participant_id, now).await?;
    let audit = audit_of(&row, "settle");
    Ok((row, audit))
}

/// Takes back that somebody was told, which was entered by mistake: the call is to be made again, if it still is worth it.
pub async fn withdraw(app: &App, tx: &mut Tx, staff: StaffId, row: &mut Row, now: Instant) -> Result<Audit> {
    if row.withdrawn_at.is_some() {
        return Err(Error::command_refused(None, "it was withdrawn already", &[] as &[&str]));
    }
    row.withdrawn_at = Some(now);
    row.withdrawn_by = Some(staff);
    row.version += 1;
    store::withdraw(tx, row).await?;
    tx.changed(row.changed());
    contact::happened(app, tx, row.participant_id, now).await?;
    Ok(audit_of(row, "withdraw"))
}

/// The line of the audit log about it: neither how they were told nor of what.
pub fn audit_of(row: &Row, verb: &'static str) -> Audit {
    Audit::new(&REMINDER_CALL, verb, row.id.0).about(row.participant_id).at(row.centre_id)
}

/// Refuses to let anybody but whoever recorded it or a manager withdraw it.
pub fn require_own(row: &Row, staff: StaffId, is_manager: bool) -> Result<()> {
    if is_manager || row.staff_id == staff {
        return Ok(());
    }
    Err(Error::command_refused(None, "only whoever recorded it or a manager withdraws it", &[] as &[&str]))
}
