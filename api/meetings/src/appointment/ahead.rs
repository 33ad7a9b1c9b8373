//! The open appointments that lie ahead of somebody, for those who change many at once. They are held until the transaction
//! ends. Whoever changes both appointments and the people around them holds the appointments first: every command does, so
//! two can never wait for each other in a circle.

use super::{row::Row, slots};
use contract::{AppointmentId, CentreId, ParticipantId, StaffId, time::Instant};
use db::{Result, Tx, sql};

/// Those to which people come to this host, at this centre (`None`: at any).
pub async fn of_host(tx: &mut Tx, host: StaffId, centre: Option<CentreId>, now: Instant) -> Result<Vec<Row>> {
    let rows = tx
        .query(sql!(
            "SELECT a.*, p.data_key FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE a.host_id = $1 AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
               AND (a.starts_at > $2 OR a.time_origin = 'offered') AND ($3 IS NULL OR a.centre_id = $3)
             ORDER BY a.id",
            pg " FOR UPDATE OF a"
        ))
        .bind(host)
        .bind(now)
        .bind(centre)
        .all()
        .await?;
    with_slots(tx, rows, now).await
}

/// Those to which this participant comes.
pub async fn of_participant(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<Vec<Row>> {
    let rows = tx
        .query(sql!(
            "SELECT a.*, p.data_key FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE a.participant_id = $1 AND a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
               AND (a.starts_at > $2 OR a.time_origin = 'offered')
             ORDER BY a.id",
            pg " FOR UPDATE OF a"
        ))
        .bind(participant)
        .bind(now)
        .all()
        .await?;
    with_slots(tx, rows, now).await
}

async fn with_slots(tx: &mut Tx, mut rows: Vec<Row>, now: Instant) -> Result<Vec<Row>> {
    slots::fill(tx, &mut rows, now).await?;
    Ok(rows)
}

/// Those of this host at this centre (`None`: at any) that lie ahead and at whose time this other one has appointments. None lasts longer
/// than eight hours, so that only those before each are looked at, and not the other one's whole past.
pub async fn collisions(
    tx: &mut Tx,
    host: StaffId,
    other: StaffId,
    centre: Option<CentreId>,
    now: Instant,
) -> Result<Vec<AppointmentId>> {
    tx.query(sql!(
        "SELECT a.id FROM appointment AS a
         WHERE a.host_id = $1 AND a.holds_time AND a.starts_at > $3 AND ($4 IS NULL OR a.centre_id = $4)
           AND EXISTS (
               SELECT 1 FROM appointment AS b
               WHERE b.host_id = $2 AND b.holds_time AND b.starts_at > a.starts_at - ",
        lite "28800000000",
        pg "INTERVAL '8 hours'",
        "        AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at
           )
         ORDER BY a.starts_at, a.id LIMIT 100"
    ))
    .bind(host)
    .bind(other)
    .bind(now)
    .bind(centre)
    .scalars()
    .await
}
