//! Planning reminders again where what they are planned from has changed and the appointments have not: a centre's policy or
//! zone, the zone in which a participant lives. What was sent stays; what is still to come follows the new facts.
//!
//! The change notes one row in the agenda, in its transaction. The reconciler unfolds a centre into its appointments, page by page, and
//! plans those in batches, so that SQLite's one writer is never held for long.

use super::{memory::Happened, remind, row::Row, slots};
use crate::App;
use chrono::TimeDelta;
use contract::{AppointmentId, CentreId, ParticipantId, time::Instant};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Kind, Outcome},
    error::Result,
};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// An appointment whose reminders are planned again.
pub const APPOINTMENTS: Kind = Kind::new("appointment");
/// A centre whose policy or zone has changed: it is unfolded into its appointments.
pub const CENTRES: Kind = Kind::new("centre");

/// How many appointments of a centre are noted at once.
const PAGE: i64 = 500;
/// The states in which an appointment is open, in the order in which a centre is unfolded.
const OPEN: [&str; 4] = ["proposed", "change_requested", "scheduled", "confirmed"];
/// Rows of one statement.
const CHUNK: usize = 500;
/// Longer than any night: what waits for a morning is due before.
const NIGHT: TimeDelta = TimeDelta::days(2);

/// Notes that the reminders of a centre are to be planned again.
pub async fn of_centre(tx: &mut Tx, centre: CentreId, now: Instant) -> db::Result<()> {
    agenda::note(tx, CENTRES, centre, &[centre.0], now).await
}

/// Notes that the reminders of a participant's appointments are to be planned again. Also those of what is over, if something about it
/// still waits for the morning.
pub async fn of_participant(
    tx: &mut Tx,
    centre: CentreId,
    id: ParticipantId,
    now: Instant,
) -> db::Result<()> {
    let ids: Vec<Uuid> = tx
        .query(sql!(
            "SELECT a.id FROM appointment AS a
             WHERE a.participant_id = $1
               AND ((a.state IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
                     AND (a.starts_at > $2 OR a.time_origin = 'offered'))
                    OR EXISTS (SELECT 1 FROM reminder WHERE reminder.subject_id = a.id AND reminder.state = 'planned'))"
        ))
        .bind(id)
        .bind(now)
        .scalars()
        .await?;
    agenda::note(tx, APPOINTMENTS, centre, &ids, now).await
}

/// Takes over what a node of the former version has noted.
pub async fn take_over(tx: &mut Tx, now: Instant) -> db::Result<()> {
    let noted: Vec<(Uuid, CentreId)> =
        tx.query(sql!("DELETE FROM replanning RETURNING appointment_id, centre_id")).all().await?;
    let mut of_centres: BTreeMap<CentreId, Vec<Uuid>> = BTreeMap::new();
    for (id, centre) in noted {
        of_centres.entry(centre).or_default().push(id);
    }
    for (centre, ids) in of_centres {
        agenda::note(tx, APPOINTMENTS, centre, &ids, now).await?;
    }
    Ok(())
}

/// Notes the next page of a centre's appointments: the open ones, state by state, and at last what is over and still has something
/// waiting for the morning.
pub async fn unfold(tx: &mut Tx, centre: Uuid, progress: Option<&str>, now: Instant) -> Result<Outcome> {
    let centre = CentreId(centre);
    let place = Place::read(progress, now);
    let Some(state) = OPEN.get(place.state) else {
        let ids = over_and_waiting(tx, centre, now).await?;
        agenda::note(tx, APPOINTMENTS, centre, &ids, now).await?;
        return Ok(Outcome::Done);
    };
    let page: Vec<(Instant, Uuid)> = tx
        .query(sql!(
            "SELECT starts_at, id FROM appointment
             WHERE centre_id = $1 AND state = $2 AND (starts_at, id) > ($3, $4) AND (starts_at > $5 OR time_origin = 'offered')
             ORDER BY starts_at, id LIMIT ",
            lite "+",
            "$6"
        ))
        .bind(centre)
        .bind(*state)
        .bind(place.starts_at)
        .bind(place.id)
        .bind(now)
        .bind(PAGE)
        .all()
        .await?;
    let ids: Vec<Uuid> = page.iter().map(|(_, id)| *id).collect();
    agenda::note(tx, APPOINTMENTS, centre, &ids, now).await?;
    let next = match page.last() {
        Some((starts_at, id)) if i64::try_from(page.len()).is_ok_and(|rows| rows == PAGE) => {
            Place { starts_at: *starts_at, id: *id, ..place }
        }
        _ => Place::first(place.state + 1, now),
    };
    Ok(Outcome::Unfolded(next.write()))
}

/// Those that are over and have something waiting for the next morning. In two statements: in one, PostgreSQL would read every appointment
/// there is.
async fn over_and_waiting(tx: &mut Tx, centre: CentreId, now: Instant) -> Result<Vec<Uuid>> {
    let waiting: Vec<Uuid> = tx
        .query(sql!(
            "SELECT DISTINCT subject_id FROM reminder
             WHERE ready_at <= $2 AND state = 'planned' AND centre_id = $1 AND subject_kind = 'appointment'"
        ))
        .bind(centre)
        .bind(now.saturating_add(NIGHT))
        .scalars()
        .await?;
    let mut over = Vec::new();
    for chunk in waiting.chunks(CHUNK) {
        let mut query = tx
            .query_rows(
                sql!(
                    "SELECT id FROM appointment
                     WHERE (state NOT IN ('proposed', 'scheduled', 'confirmed', 'change_requested')
                            OR (starts_at <= ? AND time_origin <> 'offered'))
                       AND id IN ({rows})"
                ),
                chunk.len(),
                1,
            )
            .bind(now);
        for id in chunk {
            query = query.bind(*id);
        }
        over.append(&mut query.scalars().await?);
    }
    Ok(over)
}

/// How far a centre is unfolded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// Which of [`OPEN`].
    state: usize,
    /// The last appointment that was noted.
    starts_at: Instant,
    id: Uuid,
}

impl Place {
    /// Before the first in this state. What is scheduled lies ahead; what is offered may have begun, and is still open.
    fn first(state: usize, now: Instant) -> Self {
        let is_offered = state < 2;
        Self { state, starts_at: if is_offered { Instant::MIN } else { now }, id: Uuid::nil() }
    }

    /// What was written; anything else begins anew, which only costs time.
    fn read(progress: Option<&str>, now: Instant) -> Self {
        let parse = |text: &str| {
            let mut parts = text.split(' ');
            Some(Self {
                state: parts.next()?.parse().ok()?,
                starts_at: Instant::from_micros(parts.next()?.parse().ok()?)?,
                id: parts.next()?.parse().ok()?,
            })
        };
        progress.and_then(parse).unwrap_or_else(|| Self::first(0, now))
    }

    fn write(self) -> String {
        format!("{} {} {}", self.state, self.starts_at.as_micros(), self.id)
    }
}

/// Plans the reminders of these appointments again. Those that somebody else holds are left for the next time instead of being waited for;
/// those that are no more are done.
pub async fn look_at(app: &App, tx: &mut Tx, ids: &[Uuid], now: Instant) -> Result<Vec<(Uuid, Outcome)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query_rows(
        sql!(
            "SELECT a.*, p.data_key FROM appointment AS a JOIN participant AS p ON p.id = a.participant_id
             WHERE a.id IN ({rows}) ORDER BY a.id",
            pg " FOR UPDATE OF a SKIP LOCKED"
        ),
        ids.len(),
        1,
    );
    for id in ids {
        query = query.bind(*id);
    }
    let mut rows: Vec<Row> = query.all().await?;
    slots::fill(tx, &mut rows, now).await?;
    for row in &rows {
        remind::plan_again(app, tx, row, Happened::default(), now).await?;
    }
    let held: HashSet<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut looked_at: Vec<Uuid> = ids.iter().copied().filter(|id| held.contains(id)).collect();
    looked_at.extend(no_more(tx, ids.iter().copied().filter(|id| !held.contains(id)).collect()).await?);
    Ok(looked_at.into_iter().map(|id| (id, Outcome::Done)).collect())
}

/// Those of these appointments that do not exist.
pub async fn no_more(tx: &mut Tx, ids: Vec<Uuid>) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = tx.query_rows(sql!("SELECT id FROM appointment WHERE id IN ({rows})"), ids.len(), 1);
    for id in &ids {
        query = query.bind(*id);
    }
    let there: Vec<AppointmentId> = query.scalars().await?;
    Ok(ids.into_iter().filter(|id| !there.contains(&AppointmentId(*id))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_being_written_down_and_nonsense_begins_anew() {
        let now = Instant::from_seconds(1_000).unwrap();
        let place = Place { state: 2, starts_at: now, id: Uuid::from_u128(7) };
        assert_eq!(Place::read(Some(&place.write()), now), place);
        for nonsense in [None, Some(""), Some("2"), Some("2 x 1"), Some("a b c")] {
            assert_eq!(Place::read(nonsense, now), Place::first(0, now), "{nonsense:?}");
        }
    }
}
