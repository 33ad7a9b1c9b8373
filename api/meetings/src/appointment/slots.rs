//! The times that are offered for an appointment, in the database. They hold nobody's time; whether one is still free is asked
//! whenever they are read, and decided by the appointments' own rule when one is chosen.

use super::{row::Row, slot::Slot};
use contract::{AppointmentId, time::Instant};
use db::{Result, Tx, sql};

/// Gives each appointment that offers several times these times, in their order.
pub async fn fill<'r>(tx: &mut Tx, rows: impl IntoIterator<Item = &'r mut Row>, now: Instant) -> Result<()> {
    let mut rows: Vec<&mut Row> = rows.into_iter().collect();
    let offering = rows.iter().filter(|row| row.is_offering());
    let ids: Vec<AppointmentId> = offering.map(|row| row.id).collect();
    for slot in load(tx, &ids, now).await? {
        if let Some(row) = rows.iter_mut().find(|row| row.id == slot.appointment_id) {
            row.slots.push(slot);
        }
    }
    Ok(())
}

/// Looks again which of the times that were just offered are taken.
pub async fn look_again(tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    for seen in load(tx, &[row.id], now).await? {
        if let Some(slot) = row.slots.iter_mut().find(|slot| slot.id == seen.id) {
            slot.is_taken = seen.is_taken;
        }
    }
    Ok(())
}

async fn load(tx: &mut Tx, ids: &[AppointmentId], now: Instant) -> Result<Vec<Slot>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    // Whatever overlaps a time has begun within the eight hours before it, since the schema allows no longer appointment: the
    // index need not be read from its beginning.
    let mut query = tx
        .query_rows(
            sql!(
                "SELECT slot.id, slot.appointment_id, slot.local_start, slot.local_end, slot.zone, slot.starts_at, slot.ends_at,
                        slot.starts_at > ? AND (EXISTS (
                            SELECT 1 FROM appointment AS other
                            WHERE other.host_id = own.host_id AND other.id <> own.id AND other.holds_time
                              AND other.starts_at > slot.starts_at - ",
                lite "28800000000",
                pg "INTERVAL '8 hours'",
                "             AND other.starts_at < slot.ends_at AND other.ends_at > slot.starts_at
                        ) OR EXISTS (
                            SELECT 1 FROM appointment AS other
                            WHERE other.participant_id = own.participant_id AND other.id <> own.id AND other.holds_time
                              AND other.starts_at > slot.starts_at - ",
                lite "28800000000",
                pg "INTERVAL '8 hours'",
                "             AND other.starts_at < slot.ends_at AND other.ends_at > slot.starts_at
                        )) AS is_taken
                 FROM appointment_slot AS slot JOIN appointment AS own ON own.id = slot.appointment_id
                 WHERE slot.appointment_id IN ({rows})
                 ORDER BY slot.starts_at, slot.id"
            ),
            ids.len(),
            1,
        )
        .bind(now);
    for id in ids {
        query = query.bind(*id);
    }
    query.all().await
}

/// Puts the times that the appointment now offers, perhaps none, in the place of those it offered before.
pub async fn replace(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.query(sql!("DELETE FROM appointment_slot WHERE appointment_id = $1")).bind(row.id).execute().await?;
    if row.slots.is_empty() {
        return Ok(());
    }
    let mut query = tx.query_rows(
        sql!(
            "INSERT INTO appointment_slot (id, appointment_id, local_start, local_end, zone, starts_at, ends_at)
             VALUES {rows}"
        ),
        row.slots.len(),
        7,
    );
    for slot in &row.slots {
        query = query
            .bind(slot.id)
            .bind(slot.appointment_id)
            .bind(slot.local_start)
            .bind(slot.local_end)
            .bind(slot.zone.clone())
            .bind(slot.starts_at)
            .bind(slot.ends_at);
    }
    query.execute().await.map(drop)
}
