//! The end of a posting: by command, or because its last day is over.

use super::{store, store::Row, things::POSTING};
use crate::{
    app::{
        App,
        life::{Consequences, Event, Recall},
    },
    life,
};
use contract::{AuditId, StaffId, time::Instant};
use db::Tx;
use kernel::{access::Actor, audit::Audit, error::Result};

/// Ends a posting that is held, and all that came with it unless another one runs at the same centre. Without an actor its time has run out: it then ended at that instant, however
/// late this comes to it.
pub async fn end(
    app: &App,
    tx: &mut Tx,
    row: &mut Row,
    (actor, successor): (Option<&Actor>, Option<StaffId>),
    now: Instant,
) -> Result<Consequences> {
    let at = row.ends_at.map_or(now, |ends| ends.min(now));
    close(tx, row, actor, at).await?;
    // Days to come were called off, or others follow without a gap: they go on working there, with all that is theirs.
    if store::hold_running(tx, row.centre_id, row.staff_id, (at, at)).await? {
        return Ok(Consequences::default());
    }
    let ends =
        Recall { staff: row.staff_id, centre: row.centre_id, successor, by: actor.map(Actor::person), at };
    // Nobody ends one that has run out: whose it was stands where somebody is asked for, and `by` says that it was not they.
    let its_own = Actor::Staff {
        id: row.staff_id,
        role: row.role,
        centre: row.home_id,
        session: None,
        is_posted: false,
    };
    life::happens(app, tx, actor.unwrap_or(&its_own), Event::PostingEnds(ends), now).await
}

/// Writes that it ended, and tells both centres.
pub async fn close(tx: &mut Tx, row: &mut Row, actor: Option<&Actor>, at: Instant) -> Result<()> {
    row.ended_at = Some(at);
    row.version += 1;
    store::end(tx, row, actor.map(Actor::person)).await?;
    row.tell(tx);
    Ok(())
}

/// Its lines in the logs of both centres: neither sees those of the other.
pub async fn note(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    (actor, consequences): (Option<&Actor>, &Consequences),
    now: Instant,
) -> Result<()> {
    let line = Audit::new(&POSTING, "end", row.id.0)
        .at(row.centre_id)
        .with("assignments_ended", consequences.count("assignments_ended"))
        .with("appointments_handed_over", consequences.count("appointments_handed_over"));
    line.write(tx, actor, AuditId::new(&*app.ids), now).await?;
    let at_home = Audit::new(&POSTING, "return", row.id.0).at(row.home_id);
    Ok(at_home.write(tx, actor, AuditId::new(&*app.ids), now).await?)
}
