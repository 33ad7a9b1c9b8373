//! New zone data. What people agreed on is the time on the wall; when the rules of a zone change, every future instant is
//! derived again, in one transaction, and the reminders that are still to come are planned again. No appointment moves on
//! the wall.
//!
//! The edition with which the instants were derived is kept in the database, and it only grows: a node with older data does not
//! start, since it would undo what the others did. One that runs already may still write instants by its old data; [`Watch`]
//! finds those in the change feed and derives them again. An appointment that cannot be derived is set aside, keeps what it had,
//! and is shown by `muwakaba doctor`: one row must not keep a whole service from starting.

pub mod store;
mod watch;

pub use watch::Watch;

use super::{commands::change, memory::Happened, remind, row::Row, slots, time::AgreedTime};
use crate::App;
use crate::appointment::things::ZONE_DATA;
use contract::{
    AppointmentId, AuditId, TimeOrigin,
    time::{Instant, ZoneDataVersion},
};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};
use store::{CHUNK, Grip};

/// What new zone data came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rederived {
    /// Open appointments that were looked at.
    pub looked_at: usize,
    /// Those whose instant changed.
    pub moved: usize,
    /// Those that now overlap another one, since they had been agreed on in different zones. They keep their time on the
    /// wall; somebody has to talk to the people.
    pub overlapping: usize,
    /// Those that were set aside, since their instant could not be derived.
    pub set_aside: usize,
}

/// Why the service does not run with this zone data.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZoneDataRefused {
    /// Others were further already.
    #[error(
        "the time zone data here is {ours}, but the appointments in this database follow {stored} already: update the system's \
         tzdata or this program; nothing has been changed"
    )]
    Older {
        /// The edition here.
        ours: ZoneDataVersion,
        /// The edition in the database.
        stored: ZoneDataVersion,
    },
    /// The database refused.
    #[error("new zone data could not be applied; the log says why")]
    Failed,
}

impl From<Error> for ZoneDataRefused {
    fn from(_: Error) -> Self {
        // Making the error has logged its cause.
        Self::Failed
    }
}

impl From<db::Error> for ZoneDataRefused {
    fn from(error: db::Error) -> Self {
        Error::from(error).into()
    }
}

/// Derives every future instant again if the zone data is newer than what was used the last time.
///
/// # Errors
/// If it is older, or the database fails.
pub async fn if_zone_data_changed(app: &App) -> std::result::Result<Option<Rederived>, ZoneDataRefused> {
    let ours = app.zones.version().clone();
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let before = match store::hold_edition(&mut tx).await? {
        Some(stored) if stored == ours => return Ok(None),
        Some(stored) if stored > ours => return Err(ZoneDataRefused::Older { ours, stored }),
        before => before,
    };
    store::forget_unresolved(&mut tx).await?;
    let ids = store::ahead(&mut tx, since(now)).await?;
    let done = derive_again(app, &mut tx, &ids, now).await?;
    for feature in app.features {
        feature.life.zone_data_changes(app, &mut tx, now).await?;
    }
    store::keep_edition(&mut tx, &ours).await?;
    Audit::new(&ZONE_DATA, "change", None)
        .with("from", before.map(|edition| edition.to_string()).unwrap_or_default())
        .with("to", ours.to_string())
        .with("moved", done.moved)
        .with("overlapping", done.overlapping)
        .with("set_aside", done.set_aside)
        .write(&mut tx, None, AuditId::new(&*app.ids), now)
        .await?;
    tx.commit().await?;
    Ok(Some(done))
}

/// A day back as well: what began before the change under the old rules may begin after now under the new ones.
fn since(now: Instant) -> Instant {
    now.saturating_sub(chrono::TimeDelta::days(1))
}

/// Derives these again, and plans the reminders of those that moved.
async fn derive_again(app: &App, tx: &mut Tx, ids: &[AppointmentId], now: Instant) -> Result<Rederived> {
    let mut done = Rederived { looked_at: ids.len(), ..Rederived::default() };
    let (mut moved, mut former_starts) = (Vec::new(), Vec::new());
    for chunk in ids.chunks(CHUNK) {
        let (rows, unreadable) = readable(tx, chunk, now).await;
        for id in unreadable {
            set_aside(tx, &mut done, id, "its row cannot be read", now).await?;
        }
        for mut row in rows {
            let former_start = row.starts_at;
            match derive(app, &mut row) {
                Ok(true) => {
                    moved.push(row);
                    former_starts.push(former_start);
                }
                Ok(false) => {}
                Err(_) => set_aside(tx, &mut done, row.id, "its time cannot be derived", now).await?,
            }
        }
    }
    // Only when all have left their old places can each take its new one.
    store::release(tx, &moved).await?;
    for (row, former_start) in moved.iter_mut().zip(former_starts) {
        row.version += 1;
        if row.time_origin == TimeOrigin::Offered {
            slots::replace(tx, row).await?;
        }
        if !store::take_new_place(tx, row).await? {
            done.overlapping += 1;
            tracing::warn!(appointment.id = %row.id, "new zone data makes this appointment overlap another one");
        }
        done.moved += 1;
        tx.changed(change(row));
        let happened = Happened { former_start: Some(former_start), ..Happened::default() };
        if remind::plan_again(app, tx, row, happened, now).await.is_err() {
            set_aside(tx, &mut done, row.id, "its reminders cannot be planned", now).await?;
        }
    }
    Ok(done)
}

/// The rows of a chunk, and those of its appointments whose row is unreadable. If it was the database that failed, the next
/// statement of the transaction fails as well.
async fn readable(tx: &mut Tx, chunk: &[AppointmentId], now: Instant) -> (Vec<Row>, Vec<AppointmentId>) {
    if let Ok(rows) = store::load(tx, chunk, since(now), Grip::Firm, now).await {
        return (rows, Vec::new());
    }
    let (mut rows, mut unreadable) = (Vec::with_capacity(chunk.len()), Vec::new());
    for id in chunk {
        match store::load(tx, &[*id], since(now), Grip::Firm, now).await {
            Ok(row) => rows.extend(row),
            Err(_) => unreadable.push(*id),
        }
    }
    (rows, unreadable)
}

async fn set_aside(
    tx: &mut Tx,
    done: &mut Rederived,
    id: AppointmentId,
    reason: &str,
    now: Instant,
) -> Result<()> {
    tracing::error!(appointment.id = %id, reason, "new zone data could not be applied to this appointment");
    done.set_aside += 1;
    Ok(store::set_aside(tx, id, reason, now).await?)
}

/// Whether the zone data in use changes it.
fn derive(app: &App, row: &mut Row) -> Result<bool> {
    let before = (row.starts_at, row.ends_at);
    let mut is_changed = false;
    for slot in &mut row.slots {
        let time = derived(app, &slot.time())?;
        is_changed |= time.starts_at != slot.starts_at;
        (slot.local_end, slot.starts_at, slot.ends_at) = (time.local_end, time.starts_at, time.ends_at);
    }
    row.slots.sort_by_key(|slot| slot.starts_at);
    // Of several times the appointment shows the first.
    let time = match row.slots.first() {
        Some(first) => first.time(),
        None => derived(app, &row.time())?,
    };
    row.set_time(time);
    Ok(is_changed || (row.starts_at, row.ends_at) != before)
}

fn derived(app: &App, time: &AgreedTime) -> Result<AgreedTime> {
    let starts_at = app.zones.resolve(time.local_start, &time.zone).map_err(Error::internal)?.instant;
    let ends_at = starts_at.saturating_add(time.ends_at.since(time.starts_at));
    let local_end = app.zones.to_local(ends_at, &time.zone).map_err(Error::internal)?;
    Ok(AgreedTime { local_end, starts_at, ends_at, ..time.clone() })
}
