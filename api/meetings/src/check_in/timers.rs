//! What is looked at again: a check-in when time alone makes it something else, or where what its reminders are planned from is different. It
//! has one row on the agenda for both. Nobody waits for that: where it stands follows from its instants, and what is done here is to tell
//! phones, and staff once a missed one has had its grace.

use super::{
    escalate, of_participant, outages, pause, remind,
    store::{self, Row},
    words::{Settled, Stage},
};
use crate::app::{
    App,
    timer::Timer,
    unfolding::{Stretch, Unfolding, id_of},
};
use contract::{CentreId, ParticipantId, time::Instant};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Kind, Outcome},
    error::Result,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A check-in that is looked at again.
pub const CHECK_INS: Kind = Kind::new("check_in");

/// A centre where something is different for all: it is unfolded into its check-ins that can still be answered.
static UNFOLDED: Unfolding = Unfolding {
    of_centre: Kind::new("check_ins_of_centre"),
    into: CHECK_INS,
    page: |tx, centre, progress, rows| {
        Box::pin(async move { Ok(Stretch::by_id(page(tx, centre, id_of(progress), rows).await?)) })
    },
};

/// Rows of one statement.
const CHUNK: usize = 500;

/// All of it.
pub const TIMERS: &[Timer] = &[
    Timer {
        kind: UNFOLDED.of_centre,
        is_each_alone: true,
        look_at: |_, tx, entries, now| Box::pin(UNFOLDED.look_at(tx, entries, now)),
    },
    Timer {
        kind: outages::OUTAGES,
        is_each_alone: true,
        look_at: |_, tx, entries, now| {
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(entries.len());
                for entry in entries {
                    let outcome = outages::unfold(tx, entry.id, entry.progress.as_deref(), now).await?;
                    outcomes.push((entry.id, outcome));
                }
                Ok(outcomes)
            })
        },
    },
    Timer {
        kind: CHECK_INS,
        is_each_alone: false,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
                let mut outcomes: BTreeMap<Uuid, Outcome> =
                    ids.iter().map(|id| (*id, Outcome::Done)).collect();
                for mut row in store::held(tx, &ids).await? {
                    outcomes.insert(row.id.0, look(app, tx, &mut row, now).await?);
                }
                Ok(outcomes.into_iter().collect())
            })
        },
    },
];

async fn look(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<Outcome> {
    pause::ends(app, tx, row, now).await?;
    outages::give_back(app, tx, row, now).await?;
    let is_accompanied = remind::plan_again(app, tx, row, now).await?;
    // Noted for another reason than the time, it may be told again: what surrounds it is told with it.
    tx.changed(row.changed());
    // What rests is noted again when the file goes on.
    if row.settled != Settled::Unanswered || row.paused_at.is_some() {
        return Ok(Outcome::Done);
    }
    let stage = row.window().stage(now);
    if stage > row.stage {
        row.stage = stage;
        store::set_stage(tx, row).await?;
        if stage == Stage::Escalated && is_accompanied {
            escalate::missed(app, tx, row, now).await?;
        }
    }
    Ok(row.window().next(now).map_or(Outcome::Done, Outcome::Again))
}

/// Notes when time alone makes it something else next: now, where that was not acted upon.
pub async fn note_next(tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    if row.paused_at.is_some() {
        return Ok(());
    }
    let is_behind = row.window().stage(now) > row.stage;
    let next = if is_behind { Some(now) } else { row.window().next(now) };
    match next {
        Some(next) => Ok(agenda::note(tx, CHECK_INS, row.centre_id, &[row.id.0], next).await?),
        None => Ok(()),
    }
}

/// Notes that all of a centre that time still changes are looked at: one row, however many there are, and none if there are none.
pub async fn note_centre(tx: &mut Tx, centre: CentreId, now: Instant) -> Result<()> {
    UNFOLDED.note(tx, centre, now).await
}

async fn page(tx: &mut Tx, centre: CentreId, after: Uuid, rows: i64) -> Result<Vec<Uuid>> {
    Ok(tx
        .query(sql!(
            "SELECT id FROM check_in WHERE centre_id = $1 AND settled = 'unanswered' AND stage <> 'escalated' AND id > $2
             ORDER BY id LIMIT ",
            lite "+",
            "$3"
        ))
        .bind(centre)
        .bind(after)
        .bind(rows)
        .scalars()
        .await?)
}

/// Notes those of a participant of this centre that time still changes.
pub async fn note_participant(
    tx: &mut Tx,
    participant: ParticipantId,
    centre: CentreId,
    now: Instant,
) -> Result<()> {
    let found = of_participant::unanswered_of(tx, participant).await?;
    if found.is_empty() {
        return Ok(());
    }
    Ok(agenda::note(tx, CHECK_INS, centre, &found, now).await?)
}

/// Derives the windows of all that time still changes from the zone data in use. What was due later may be due earlier now; what is due
/// later is looked at too early, and then again.
pub async fn derive_all(app: &App, tx: &mut Tx, now: Instant) -> Result<()> {
    let open: Vec<Uuid> = tx
        .query(sql!(
            "SELECT id FROM check_in WHERE settled = 'unanswered' AND stage <> 'escalated' ORDER BY id"
        ))
        .scalars()
        .await?;
    for chunk in open.chunks(CHUNK) {
        for mut row in store::held(tx, chunk).await? {
            let before = row.window();
            remind::derive_again(app, tx, &mut row, now).await?;
            if row.window() != before {
                note_next(tx, &row, now).await?;
            }
        }
    }
    Ok(())
}
