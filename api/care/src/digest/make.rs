//! Making the digest of a week.

use super::{
    remind, rules,
    store::{self, Place, Row},
    things::DIGEST,
    words::DigestId,
};
use crate::{App, contact, work_item};
use contract::{
    AuditId, CentreId, StaffId,
    time::{Instant, LocalDateTime},
};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};
use serde::{Deserialize, Serialize};

/// The figures of a week, as they are kept. A later version may know more causes; it leaves what is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// What is open, by cause.
    pub open: Vec<Open>,
    /// How many have been without contact for too long.
    pub without_contact: i64,
    /// After how many days that is.
    pub after_days: i64,
    /// How many people the centre accompanies.
    pub accompanied: i64,
    /// How many of them nobody accompanies in person.
    pub without_companion: i64,
    /// How many were registered in the week before.
    pub registered: i64,
    /// How many closed files were opened again.
    pub reopened: i64,
    /// How many files were closed.
    pub closed: i64,
    /// How many each companion accompanies, in the order of their ids.
    pub companions: Vec<Accompanied>,
}

/// How much of one cause is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Which cause, by its word.
    pub cause: String,
    /// How many items.
    pub open: i64,
    /// How many of them were overdue.
    pub overdue: i64,
    /// How many of them had risen to the managers.
    pub risen: i64,
}

/// How many somebody accompanies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accompanied {
    /// Who.
    pub staff_id: StaffId,
    /// How many people.
    pub people: i64,
}

/// A week of a centre.
#[derive(Debug, Clone, Copy)]
pub struct Week {
    /// Whose.
    pub centre: CentreId,
    /// When it begins, on the wall.
    pub begins: LocalDateTime,
}

impl Week {
    /// Its Monday.
    pub fn monday(&self) -> String {
        self.begins.date().to_string()
    }
}

/// Makes the digest of a week, as things stand, and lets the managers know. Nothing, if another node made it meanwhile.
pub async fn make(app: &App, tx: &mut Tx, week: Week, place: &Place, now: Instant) -> Result<()> {
    let instant = |local| app.zones.resolve(local, &place.zone).map(|time| time.instant);
    let before = instant(rules::last_week(week.begins)).map_err(Error::internal)?;
    let begins = instant(week.begins).map_err(Error::internal)?;
    let figures = figures(tx, week.centre, (before, begins), now).await?;
    let row = Row {
        id: DigestId::new(&*app.ids),
        centre_id: week.centre,
        week: week.monday(),
        zone: place.zone.clone(),
        local_made: app.zones.to_local(now, &place.zone).map_err(Error::internal)?,
        made_at: now,
        counted_from: before,
        counted_until: begins,
        figures: serde_json::to_string(&figures).map_err(Error::internal)?,
    };
    if !store::insert(tx, &row).await? {
        return Ok(());
    }
    tx.changed(row.changed());
    let line = Audit::new(&DIGEST, "make", row.id.0).at(row.centre_id);
    line.write(tx, None, AuditId::new(&*app.ids), now).await?;
    remind::plan_first(app, tx, &row, place, now).await
}

async fn figures(
    tx: &mut Tx,
    centre: CentreId,
    week_before: (Instant, Instant),
    now: Instant,
) -> Result<Figures> {
    let open = work_item::figures::open_by_cause(tx, centre, now).await?;
    let open = open.into_iter().map(|one| Open {
        cause: one.cause.as_str().to_owned(),
        open: one.open,
        overdue: one.overdue,
        risen: one.risen,
    });
    let (accompanied, without_companion) = work_item::figures::people(tx, centre).await?;
    let (without_contact, after_days) = contact::figures::without_contact(tx, centre, now).await?;
    let (closed, reopened) = store::closed_and_reopened(tx, centre, week_before).await?;
    let companions = store::companions(tx, centre).await?;
    let mut companions: Vec<Accompanied> =
        companions.into_iter().map(|(staff_id, people)| Accompanied { staff_id, people }).collect();
    companions.sort_by_key(|one| one.staff_id);
    Ok(Figures {
        open: open.collect(),
        without_contact,
        after_days,
        accompanied,
        without_companion,
        registered: store::registered(tx, centre, week_before).await?,
        reopened,
        closed,
        companions,
    })
}
