//! When the digest of a week is made: as the centre opens first in it. Each centre has one row on the agenda, for ever.

use super::{
    make::{self, Week},
    rules, store,
};
use crate::{
    app::{App, timer::Timer},
    opening_hours::calendar::Calendar,
};
use contract::{
    CentreId,
    time::{Instant, ZoneName},
};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Kind, Outcome},
    error::{Error, Result},
};

/// A centre whose weeks are looked at.
const DIGESTS: Kind = Kind::new("digest");

/// All of it.
pub const TIMERS: &[Timer] = &[Timer {
    kind: DIGESTS,
    is_each_alone: true,
    look_at: |app, tx, entries, now| {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(entries.len());
            for entry in entries {
                outcomes.push((entry.id, look_at(app, tx, CentreId(entry.id), now).await?));
            }
            Ok(outcomes)
        })
    },
}];

async fn look_at(app: &App, tx: &mut Tx, centre: CentreId, now: Instant) -> Result<Outcome> {
    let Some(place) = store::place(tx, centre).await? else { return Ok(Outcome::Done) };
    let calendar: Calendar = serde_json::from_str(&place.calendar).map_err(Error::internal)?;
    let instant = |local| app.zones.resolve(local, &place.zone).map(|time| time.instant);
    let local = app.zones.to_local(now, &place.zone).map_err(Error::internal)?;
    let week = Week { centre, begins: rules::week_of(local) };
    let begins = instant(week.begins).map_err(Error::internal)?;
    if let Some(opens) = rules::first_opening(&calendar, week.begins)
        && place.created_at < begins
        && !store::is_made(tx, centre, &week.monday()).await?
    {
        let opens_at = instant(opens).map_err(Error::internal)?;
        if opens_at > now {
            return Ok(Outcome::Again(opens_at));
        }
        make::make(app, tx, week, &place, now).await?;
    }
    let next = instant(rules::look_at(&calendar, rules::next_week(week.begins))).map_err(Error::internal)?;
    Ok(Outcome::Again(next))
}

/// A centre is there from now on, opens at other times or is elsewhere: when its week begins is reckoned anew. Nothing of the week in which it came
/// is told, since most of it was before.
pub async fn note(app: &App, tx: &mut Tx, centre: CentreId, zone: &ZoneName, now: Instant) -> Result<()> {
    let is_known: bool = tx
        .query(sql!("SELECT EXISTS (SELECT 1 FROM agenda WHERE subject_id = $1 AND subject_kind = 'digest')"))
        .bind(centre)
        .scalar()
        .await?;
    let at = if is_known { now } else { next_monday(app, zone, now)? };
    Ok(agenda::note(tx, DIGESTS, centre, &[centre.0], at).await?)
}

fn next_monday(app: &App, zone: &ZoneName, now: Instant) -> Result<Instant> {
    let local = app.zones.to_local(now, zone).map_err(Error::internal)?;
    let monday = rules::next_week(rules::week_of(local));
    Ok(app.zones.resolve(monday, zone).map_err(Error::internal)?.instant)
}

/// The clocks of the world have other rules: the weeks of every centre that is looked at begin at other instants.
pub async fn note_all(tx: &mut Tx, now: Instant) -> Result<()> {
    let centres: Vec<CentreId> = tx
        .query(sql!("SELECT subject_id FROM agenda WHERE subject_kind = 'digest' ORDER BY subject_id"))
        .scalars()
        .await?;
    for centre in centres {
        agenda::note(tx, DIGESTS, centre, &[centre.0], now).await?;
    }
    Ok(())
}

/// Makes the digest of this week as things stand, whenever that is: for a demonstration, whose centres are never older than a moment.
pub async fn make_now(app: &App, tx: &mut Tx, centre: CentreId, now: Instant) -> Result<()> {
    let Some(place) = store::place(tx, centre).await? else { return Ok(()) };
    let local = app.zones.to_local(now, &place.zone).map_err(Error::internal)?;
    make::make(app, tx, Week { centre, begins: rules::week_of(local) }, &place, now).await
}
