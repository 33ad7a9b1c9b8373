//! The statements of deriving again: many appointments at once, a chunk of them in each.

use crate::appointment::{request::MAX_MINUTES, row::Row, slots};
use chrono::TimeDelta;
use contract::{
    AppointmentId, CentreId, TimeOrigin,
    time::{Instant, ZoneDataVersion},
};
use db::{Result, Tx, sql};

/// The setting that keeps the edition with which the instants were derived.
const SETTING: &str = "zone_data_version";
/// How many appointments one statement names; SQLite takes at most 32,766 values.
pub const CHUNK: usize = 500;

/// The edition with which the instants were derived, if they ever were.
pub async fn edition(tx: &mut Tx) -> Result<Option<ZoneDataVersion>> {
    let stored: Option<String> =
        tx.query(sql!("SELECT value FROM setting WHERE name = $1")).bind(SETTING).optional_scalar().await?;
    Ok(stored.filter(|text| !text.is_empty()).map(|text| ZoneDataVersion::parse(&text)))
}

/// The same, held: of two nodes that start at once, the second waits here and finds the work done.
pub async fn hold_edition(tx: &mut Tx) -> Result<Option<ZoneDataVersion>> {
    tx.query(sql!("INSERT INTO setting (name, value) VALUES ($1, '') ON CONFLICT (name) DO NOTHING"))
        .bind(SETTING)
        .execute()
        .await?;
    let stored: String = tx
        .query(sql!("SELECT value FROM setting WHERE name = $1", pg " FOR UPDATE"))
        .bind(SETTING)
        .scalar()
        .await?;
    Ok((!stored.is_empty()).then(|| ZoneDataVersion::parse(&stored)))
}

/// The instants are of this edition from now on.
pub async fn keep_edition(tx: &mut Tx, edition: &ZoneDataVersion) -> Result<()> {
    tx.query(sql!("UPDATE setting SET value = $2 WHERE name = $1"))
        .bind(SETTING)
        .bind(edition.to_string())
        .execute()
        .await
        .map(drop)
}

/// Every open appointment of which an instant may lie ahead, in an order that everybody keeps.
pub async fn ahead(tx: &mut Tx, since: Instant) -> Result<Vec<AppointmentId>> {
    tx.query(sql!(
        "SELECT id FROM appointment
         WHERE state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
           AND (starts_at >= $1 OR time_origin = 'offered')
         ORDER BY id"
    ))
    .bind(since)
    .scalars()
    .await
}

/// How far the change feed of every centre has come.
pub async fn positions(tx: &mut Tx) -> Result<Vec<(CentreId, i64)>> {
    tx.query(sql!("SELECT centre_id, position FROM change_counter ORDER BY centre_id")).all().await
}

/// The appointments of this centre that changed after this position of its feed.
pub async fn changed(tx: &mut Tx, centre: CentreId, after: i64) -> Result<Vec<AppointmentId>> {
    tx.query(sql!(
        "SELECT DISTINCT subject_id FROM change
         WHERE centre_id = $1 AND position > $2 AND subject_kind = 'appointment'"
    ))
    .bind(centre)
    .bind(after)
    .scalars()
    .await
}

/// Whether the rows are held until the transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grip {
    /// They are only looked at.
    Loose,
    /// They are about to change.
    Firm,
}

/// Those of these appointments that are still open and may lie ahead, at most [`CHUNK`] of them.
pub async fn load(
    tx: &mut Tx,
    ids: &[AppointmentId],
    since: Instant,
    grip: Grip,
    now: Instant,
) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let looked_at = sql!(
        "SELECT a.*, p.data_key FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE a.id IN ({rows}) AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
           AND (a.starts_at >= ? OR a.time_origin = 'offered')
         ORDER BY a.id"
    );
    let held = sql!(
        "SELECT a.*, p.data_key FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
         WHERE a.id IN ({rows}) AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
           AND (a.starts_at >= ? OR a.time_origin = 'offered')
         ORDER BY a.id",
        pg " FOR UPDATE OF a"
    );
    let statement = if grip == Grip::Firm { held } else { looked_at };
    let mut query = tx.query_rows(statement, ids.len(), 1);
    for id in ids {
        query = query.bind(*id);
    }
    let mut rows: Vec<Row> = query.bind(since).all().await?;
    slots::fill(tx, &mut rows, now).await?;
    Ok(rows)
}

/// Lets all of them leave their places before the first takes a new one.
pub async fn release(tx: &mut Tx, rows: &[Row]) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let mut query = tx
            .query_rows(sql!("UPDATE appointment SET holds_time = ? WHERE id IN ({rows})"), chunk.len(), 1)
            .bind(false);
        for row in chunk {
            query = query.bind(row.id);
        }
        query.execute().await?;
    }
    Ok(())
}

/// Whether the new place was free, or none is taken yet. If not, the appointment stands there all the same, without holding
/// the time.
pub async fn take_new_place(tx: &mut Tx, row: &Row) -> Result<bool> {
    let is_agreed = row.time_origin != TimeOrigin::Offered;
    // Whatever overlaps it began within the longest appointment before it: nobody's whole past need be read.
    let since = row.starts_at.saturating_sub(TimeDelta::minutes(MAX_MINUTES.into()));
    let is_free = tx
        .query(sql!(
            "SELECT count(*) FROM appointment
             WHERE holds_time AND (host_id = $1 OR participant_id = $2) AND starts_at >= $3 AND starts_at < $4 AND ends_at > $5"
        ))
        .bind(row.host_id)
        .bind(row.participant_id)
        .bind(since)
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

/// Forgets what was set aside for former zone data.
pub async fn forget_unresolved(tx: &mut Tx) -> Result<()> {
    tx.query(sql!("DELETE FROM unresolved_time")).execute().await.map(drop)
}

/// Sets an appointment aside, which keeps what it had.
pub async fn set_aside(tx: &mut Tx, id: AppointmentId, reason: &str, now: Instant) -> Result<()> {
    tx.query(sql!(
        "INSERT INTO unresolved_time (appointment_id, reason, noted_at) VALUES ($1, $2, $3)
         ON CONFLICT (appointment_id) DO UPDATE SET reason = excluded.reason, noted_at = excluded.noted_at"
    ))
    .bind(id)
    .bind(reason)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// How many are set aside, and some of them with what could not be done.
pub async fn unresolved(tx: &mut Tx, at_most: i64) -> Result<(i64, Vec<(AppointmentId, String)>)> {
    let count = tx.query(sql!("SELECT count(*) FROM unresolved_time")).scalar().await?;
    let some = tx
        .query(sql!("SELECT appointment_id, reason FROM unresolved_time ORDER BY appointment_id LIMIT $1"))
        .bind(at_most)
        .all()
        .await?;
    Ok((count, some))
}
