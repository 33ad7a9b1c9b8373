//! Saying that somebody is away.

use super::{
    AbsenceId,
    life::note,
    request::NewAbsence,
    rules::{self, Sight},
    store::{self, Row},
    things::ABSENCE,
};
use crate::{app::App, assignment::store as assignments, opening_hours::term::Term};
use contract::{CentreId, StaffId, time::Instant};
use db::Tx;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
};

/// Writes down that this staff member is away, as far as whoever says so may.
pub async fn record(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (staff, new): (StaffId, NewAbsence),
    now: Instant,
) -> Result<(Row, Audit)> {
    let sight = Sight::of(actor)?;
    let id = AbsenceId(new_id(new.id, &*app.ids));
    let term = Term { from: new.from, until: Some(new.until) };
    let member = store::member(tx, staff).await?;
    let member = member.filter(|member| sight.holds(staff, member.centre_id)).ok_or_else(Error::not_found)?;
    if !member.accompanies {
        return Err(Error::field("{staff_id}", "not_allowed", "is no active mentor or counsellor"));
    }
    term.check(&app.zones, &member.zone, now)?;
    rules::fits(&store::lasting(tx, staff, now).await?, term)?;
    if let Some(stand_in) = new.stand_in_id {
        check_stand_in(tx, (staff, stand_in), member.centre_id, term, now).await?;
    }
    let (starts_at, ends_at) = term.instants(&app.zones, &member.zone)?;
    let row = Row {
        id,
        staff_id: staff,
        centre_id: member.centre_id,
        stand_in_id: new.stand_in_id,
        created_by: actor.person(),
        from_day: term.from.to_string(),
        until_day: new.until.to_string(),
        starts_at,
        ends_at: ends_at.ok_or_else(|| Error::internal("an absence without an end"))?,
        began_at: None,
        ended_at: None,
        version: 1,
        data_key: member.data_key,
        name_sealed: member.name_sealed,
    };
    store::insert(tx, &row, now).await?;
    note(tx, &row).await?;
    row.tell(tx);
    let audit = Audit::new(&ABSENCE, "record", id.0).at(row.centre_id);
    Ok((row, audit))
}

async fn check_stand_in(
    tx: &mut Tx,
    (staff, stand_in): (StaffId, StaffId),
    centre: CentreId,
    term: Term,
    now: Instant,
) -> Result<()> {
    let fault = |code, detail| Err(Error::field("/stand_in_id", code, detail));
    if stand_in == staff {
        return fault("same", "is the one who is away");
    }
    let companion = assignments::companion(tx, centre, stand_in, now).await?;
    if companion.is_none_or(|companion| !companion.role.accompanies()) {
        return fault("unknown", "is no mentor or counsellor of this centre");
    }
    if rules::shares_a_day(&store::lasting(tx, stand_in, now).await?, term)? {
        return fault("not_allowed", "is away on some of these days");
    }
    Ok(())
}
