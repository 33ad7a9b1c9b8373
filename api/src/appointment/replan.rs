//! Planning reminders again where what they are planned from has changed and the appointments have not: a centre's policy or
//! zone, the zone in which a participant lives. What was sent stays; what is still to come follows the new facts.
//!
//! The appointments are noted in a table, in the transaction of the change. A first batch is planned in that same transaction,
//! which for most centres is all. What is left, and what somebody else holds just then, is taken up by [`run`]: in batches, so
//! that SQLite's one writer is never held for long, woken by the change and by a timer, and after a crash by the next start.

use super::{
    remind::{self, Happened},
    slots,
    store::Row,
};
use crate::{app::App, error::Result};
use contract::{AppointmentId, CentreId, ParticipantId, time::Instant};
use db::{Tx, sql};

/// How many are planned in one transaction.
const BATCH: i64 = 100;

/// Plans the reminders of a centre again: a first batch now, the rest soon.
pub async fn of_centre(app: &App, tx: &mut Tx, centre: CentreId, now: Instant) -> Result<()> {
    // Also what is over, if something about it still waits for the morning.
    tx.query(sql!(
        "INSERT INTO replanning (appointment_id, centre_id)
         SELECT a.id, a.centre_id FROM appointment AS a
         WHERE a.centre_id = $1
           AND ((a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
                 AND (a.starts_at > $2 OR a.time_origin = 'offered'))
                OR a.id IN (SELECT subject_id FROM reminder
                            WHERE centre_id = $1 AND state = 'planned' AND ready_at IS NOT NULL))
         ON CONFLICT (appointment_id) DO NOTHING"
    ))
    .bind(centre)
    .bind(now)
    .execute()
    .await?;
    batch(app, tx, centre, now).await.map(drop)
}

/// Plans the reminders of a participant again.
pub async fn of_participant(app: &App, tx: &mut Tx, id: ParticipantId, now: Instant) -> Result<()> {
    let centre: Option<CentreId> =
        tx.query(sql!("SELECT centre_id FROM participant WHERE id = $1")).bind(id).optional_scalar().await?;
    tx.query(sql!(
        "INSERT INTO replanning (appointment_id, centre_id)
         SELECT a.id, a.centre_id FROM appointment AS a
         WHERE a.participant_id = $1
           AND ((a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
                 AND (a.starts_at > $2 OR a.time_origin = 'offered'))
                OR EXISTS (SELECT 1 FROM reminder WHERE reminder.subject_id = a.id AND reminder.state = 'planned'))
         ON CONFLICT (appointment_id) DO NOTHING"
    ))
    .bind(id)
    .bind(now)
    .execute()
    .await?;
    match centre {
        Some(centre) => batch(app, tx, centre, now).await.map(drop),
        None => Ok(()),
    }
}

/// Plans whatever was noted and is not planned yet; how many there were.
pub async fn run(app: &App) -> Result<usize> {
    let mut done = 0;
    loop {
        let mut tx = app.db.write_alone().await?;
        let centre = tx.query(sql!("SELECT centre_id FROM replanning ORDER BY centre_id LIMIT 1"));
        let Some(centre) = centre.optional_scalar::<CentreId>().await? else { return Ok(done) };
        let planned = batch(app, &mut tx, centre, app.clock.now()).await?;
        tx.commit().await?;
        if planned == 0 {
            // Somebody holds the rest; the timer comes back to it.
            return Ok(done);
        }
        done += planned;
        app.push.dispatcher.wake();
    }
}

/// Plans some of a centre's appointments again, and strikes them off; how many. Those that somebody else holds are left for
/// the next time instead of being waited for.
async fn batch(app: &App, tx: &mut Tx, centre: CentreId, now: Instant) -> Result<usize> {
    let mut rows: Vec<Row> = tx
        .query(sql!(
            "SELECT a.*, p.data_key
             FROM replanning
             JOIN appointment AS a ON a.id = replanning.appointment_id
             JOIN participant AS p ON p.id = a.participant_id
             WHERE replanning.centre_id = $1
             ORDER BY replanning.appointment_id LIMIT $2",
            pg " FOR UPDATE OF replanning, a SKIP LOCKED"
        ))
        .bind(centre)
        .bind(BATCH)
        .all()
        .await?;
    slots::fill(tx, &mut rows, now).await?;
    for row in &rows {
        remind::plan_again(app, tx, row, Happened::default(), now).await?;
    }
    let ids: Vec<AppointmentId> = rows.iter().map(|row| row.id).collect();
    strike_off(tx, &ids).await?;
    Ok(ids.len())
}

async fn strike_off(tx: &mut Tx, ids: &[AppointmentId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query =
        tx.query_rows(sql!("DELETE FROM replanning WHERE appointment_id IN ({rows})"), ids.len(), 1);
    for id in ids {
        query = query.bind(*id);
    }
    Ok(query.execute().await.map(drop)?)
}
