//! New zone data. What people agreed on is the time on the wall; when the rules of a zone change, every future instant is
//! derived again, in one transaction, and the reminders that are still to come are planned again. No appointment moves on
//! the wall.

use super::{
    commands::change,
    remind::{self, Happened},
    slots,
    store::Row,
    time::AgreedTime,
};
use crate::{
    app::App,
    audit::Audit,
    error::{Error, Result},
};
use contract::{AuditId, TimeOrigin, time::Instant};
use db::{Tx, sql};

const SETTING: &str = "zone_data_version";

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
}

/// Derives every future instant again if the zone data differs from what was used the last time.
pub async fn if_zone_data_changed(app: &App) -> Result<Option<Rederived>> {
    let version = app.zones.version().to_string();
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let before: Option<String> =
        tx.query(sql!("SELECT value FROM setting WHERE name = $1")).bind(SETTING).optional_scalar().await?;
    if before.as_deref() == Some(&version) {
        return Ok(None);
    }
    let done = rederive(app, &mut tx, now).await?;
    tx.query(sql!(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    ))
    .bind(SETTING)
    .bind(version.as_str())
    .execute()
    .await?;
    Audit::new("zone_data.change", None)
        .with("from", before.unwrap_or_default())
        .with("to", version)
        .with("moved", done.moved)
        .with("overlapping", done.overlapping)
        .write(&mut tx, None, AuditId::new(&*app.ids), now)
        .await?;
    tx.commit().await?;
    Ok(Some(done))
}

async fn rederive(app: &App, tx: &mut Tx, now: Instant) -> Result<Rederived> {
    // A day back as well: what began before the change under the old rules may begin after now under the new ones.
    let since = now.saturating_sub(chrono::TimeDelta::days(1));
    let mut rows: Vec<Row> = tx
        .query(sql!(
            "SELECT a.*, p.data_key, centre.zone AS centre_zone, centre.calendar
             FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id JOIN centre ON centre.id = a.centre_id
             WHERE a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
               AND (a.starts_at >= $1 OR a.time_origin = 'offered')
             ORDER BY a.starts_at, a.id",
            pg " FOR UPDATE OF a"
        ))
        .bind(since)
        .all()
        .await?;
    slots::fill(tx, &mut rows, now).await?;
    let mut done = Rederived { looked_at: rows.len(), ..Rederived::default() };
    let mut moved = Vec::new();
    for mut row in rows {
        let former_start = row.starts_at;
        if !derive_again(app, &mut row)? {
            continue;
        }
        release(tx, &row).await?;
        moved.push((row, former_start));
    }
    // Only when all have left their old places can each take its new one.
    for (row, former_start) in &mut moved {
        row.version += 1;
        if row.time_origin == TimeOrigin::Offered {
            slots::replace(tx, row).await?;
        }
        if !take_new_place(tx, row).await? {
            done.overlapping += 1;
            tracing::warn!(appointment.id = %row.id, "new zone data makes this appointment overlap another one");
        }
        done.moved += 1;
        tx.changed(change(row));
        let happened = Happened { former_start: Some(*former_start), ..Happened::default() };
        remind::plan_again(app, tx, row, happened, now).await?;
    }
    Ok(done)
}

/// Whether the new zone data changes it.
fn derive_again(app: &App, row: &mut Row) -> Result<bool> {
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

async fn release(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!("UPDATE appointment SET holds_time = $1 WHERE id = $2"))
        .bind(false)
        .bind(row.id)
        .execute()
        .await?;
    Ok(())
}

/// Whether the new place was free, or none is taken yet. If not, the appointment stands there all the same, without holding
/// the time.
async fn take_new_place(tx: &mut Tx, row: &Row) -> Result<bool> {
    let is_agreed = row.time_origin != TimeOrigin::Offered;
    let is_free = tx
        .query(sql!(
            "SELECT count(*) FROM appointment
             WHERE holds_time AND (host_id = $1 OR participant_id = $2) AND starts_at < $3 AND ends_at > $4"
        ))
        .bind(row.host_id)
        .bind(row.participant_id)
        .bind(row.ends_at)
        .bind(row.starts_at)
        .scalar::<i64>()
        .await?
        == 0;
    tx.query(sql!(
        "UPDATE appointment
         SET local_start = $1, local_end = $2, starts_at = $3, ends_at = $4, holds_time = $5, version = $6
         WHERE id = $7"
    ))
    .bind(row.local_start)
    .bind(row.local_end)
    .bind(row.starts_at)
    .bind(row.ends_at)
    .bind(is_free && is_agreed)
    .bind(row.version)
    .bind(row.id)
    .execute()
    .await?;
    Ok(is_free || !is_agreed)
}
