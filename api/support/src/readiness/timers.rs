//! What is looked at again: lists with something that is being obtained and has not moved.

use super::{deeds::is_stuck, rules, store, words::ReadinessState};
use crate::{
    app::{App, timer::Timer},
    work_item::{self, Raise, WorkCause},
};
use contract::{CentreId, ParticipantId, time::Instant};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Entry, Kind, Outcome},
    error::Result,
};
use uuid::Uuid;

/// A list of which something may get stuck.
pub const LISTS: Kind = Kind::new("readiness");

/// All of it.
pub const TIMERS: &[Timer] = &[Timer {
    kind: LISTS,
    // Somebody is told in the same transaction, and what is held for that is held last.
    is_each_alone: true,
    look_at: |app, tx, entries, now| Box::pin(look_at(app, tx, entries, now)),
}];

async fn look_at(app: &App, tx: &mut Tx, entries: &[Entry], now: Instant) -> Result<Vec<(Uuid, Outcome)>> {
    let mut outcomes = Vec::with_capacity(entries.len());
    for entry in entries {
        outcomes.push((entry.id, look_at_one(app, tx, ParticipantId(entry.id), now).await?));
    }
    Ok(outcomes)
}

async fn look_at_one(app: &App, tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<Outcome> {
    if !store::hold_of(tx, participant).await? {
        return Ok(Outcome::Done);
    }
    let Some(row) = store::load(tx, participant).await? else { return Ok(Outcome::Done) };
    let is_accompanied: bool = tx
        .query(sql!("SELECT active AND status <> 'paused' FROM participant WHERE id = $1"))
        .bind(participant)
        .scalar()
        .await?;
    if !is_accompanied {
        // Noted again when they are accompanied again.
        return Ok(Outcome::Done);
    }
    let Some(whole) = store::complete(tx, vec![row]).await?.pop() else { return Ok(Outcome::Done) };
    let due = |item: &&store::ItemRow| item.stuck_at.is_some_and(|at| at <= now);
    let is_any_due = whole.items.iter().any(|item| due(&item));
    let next = whole.items.iter().filter(|item| !due(item)).filter_map(|item| item.stuck_at).min();
    if is_any_due {
        tx.query(sql!(
            "UPDATE readiness_item SET stuck_at = NULL WHERE participant_id = $1 AND stuck_at <= $2"
        ))
        .bind(participant)
        .bind(now)
        .execute()
        .await?;
        if whole.items.iter().any(|item| is_stuck(item, now)) {
            let (subject, centre) = (participant.0, whole.row.centre_id);
            let stuck = Raise { cause: WorkCause::PaperStuck, subject, participant, centre };
            work_item::raise(app, tx, stuck, now).await?;
        }
    }
    Ok(next.map_or(Outcome::Done, Outcome::Again))
}

/// Notes that a list is to be looked at then.
pub async fn note_due(
    tx: &mut Tx,
    centre: CentreId,
    participant: ParticipantId,
    at: Option<Instant>,
) -> Result<()> {
    match at {
        Some(at) => Ok(agenda::note(tx, LISTS, centre, &[participant.0], at).await?),
        None => Ok(()),
    }
}

/// Lets somebody be told again of what is being obtained by a participant and does not move, as if nobody had been told.
pub async fn wait_anew(tx: &mut Tx, participant: ParticipantId) -> Result<()> {
    store::hold_of(tx, participant).await?;
    // By its word: what a later version of the service calls otherwise closes with the file all the same.
    let told: Vec<(String, Instant)> = tx
        .query(sql!(
            "SELECT item, moved_at FROM readiness_item
             WHERE participant_id = $1 AND state = 'being_obtained' AND stuck_at IS NULL"
        ))
        .bind(participant)
        .all()
        .await?;
    for (item, moved_at) in told {
        tx.query(sql!("UPDATE readiness_item SET stuck_at = $1 WHERE participant_id = $2 AND item = $3"))
            .bind(rules::stuck_at(ReadinessState::BeingObtained, moved_at))
            .bind(participant)
            .bind(item)
            .execute()
            .await?;
    }
    Ok(())
}

/// Notes the list of somebody who is accompanied again, if something of it may get stuck.
pub async fn note_participant(tx: &mut Tx, centre: CentreId, participant: ParticipantId) -> Result<()> {
    let first: Option<Instant> = tx
        .query(sql!("SELECT min(stuck_at) FROM readiness_item WHERE participant_id = $1"))
        .bind(participant)
        .scalar()
        .await?;
    note_due(tx, centre, participant, first).await
}
