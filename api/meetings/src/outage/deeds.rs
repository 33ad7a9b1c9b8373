//! Declaring an outage and withdrawing it: over HTTP, and at the command line.

use super::{
    rules,
    store::{self, Row},
    things::OUTAGE,
    words::{OutageCause, OutageId},
};
use crate::{App, check_in};
use contract::{
    CentreId, StaffId,
    time::{Instant, LocalDateTime, ZoneName},
};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    extract::fields::new_id,
};

/// What is declared.
#[derive(Debug)]
pub struct Declaration {
    /// Its id, if it was chosen.
    pub id: Option<OutageId>,
    /// Where; everywhere without it.
    pub centre: Option<CentreId>,
    /// Why.
    pub cause: OutageCause,
    /// From when, on the wall.
    pub local_starts: LocalDateTime,
    /// Until before when.
    pub local_ends: LocalDateTime,
    /// Whose wall, if not that of the centre.
    pub zone: Option<ZoneName>,
}

/// Who declares it.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The staff member; nobody at the command line.
    pub staff: Option<StaffId>,
    /// Their centre, or any at the command line: in its feed it is told that there was one everywhere.
    pub centre: CentreId,
}

/// Declares an outage. Those whose time it took get it back as the service comes to them.
pub async fn declare(
    app: &App,
    tx: &mut Tx,
    source: Source,
    new: Declaration,
    now: Instant,
) -> Result<(OutageId, Audit)> {
    let (row, audit) = declared(app, tx, source, new, now).await?;
    Ok((row.id, audit))
}

/// The same, as it is kept.
pub async fn declared(
    app: &App,
    tx: &mut Tx,
    source: Source,
    new: Declaration,
    now: Instant,
) -> Result<(Row, Audit)> {
    let of_centre = store::zone_of(tx, new.centre.unwrap_or(source.centre)).await?;
    let of_centre =
        of_centre.ok_or_else(|| Error::field("/centre_id", "unknown", "there is no such centre"))?;
    let zone = new.zone.unwrap_or(of_centre);
    let unknown = |_| Error::field("/zone", "unknown_zone", "the zone data in use does not know this zone");
    let starts = app.zones.resolve(new.local_starts, &zone).map_err(unknown)?;
    let ends = app.zones.resolve(new.local_ends, &zone).map_err(unknown)?;
    rules::check(starts.instant, ends.instant, now)
        .map_err(|(pointer, code, detail)| Error::field(pointer, code, detail))?;
    let row = Row {
        id: OutageId(new_id(new.id, &*app.ids)),
        centre_id: new.centre,
        cause: new.cause,
        local_starts: starts.local,
        local_ends: ends.local,
        zone,
        starts_at: starts.instant,
        ends_at: ends.instant,
        declared_at: now,
        declared_by: source.staff,
        withdrawn_at: None,
        withdrawn_by: None,
        version: 1,
    };
    store::insert(tx, &row).await?;
    tx.changed(row.changed(source.centre));
    let centre = row.centre_id.unwrap_or(source.centre);
    check_in::outages::note(tx, row.id.0, centre, now).await?;
    let audit = audit(&row, "declare", centre);
    Ok((row, audit))
}

/// Withdraws one that was declared by mistake. Who has got time back for it keeps that.
pub async fn withdraw(tx: &mut Tx, source: Source, row: &mut Row, now: Instant) -> Result<Audit> {
    if row.withdrawn_at.is_some() {
        return Err(Error::command_refused::<&str>(None, "it was withdrawn already", &[]));
    }
    (row.withdrawn_at, row.withdrawn_by) = (Some(now), source.staff);
    row.version += 1;
    store::withdraw(tx, row).await?;
    tx.changed(row.changed(source.centre));
    Ok(audit(row, "withdraw", row.centre_id.unwrap_or(source.centre)))
}

fn audit(row: &Row, verb: &'static str, centre: CentreId) -> Audit {
    Audit::new(&OUTAGE, verb, row.id.0).at(centre).with("everywhere", row.centre_id.is_none())
}
