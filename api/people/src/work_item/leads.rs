//! Whoever the centre accompanies and nobody does in person needs somebody. That is decided behind what brings it about, with the participant
//! held: whoever ends the last assignment and whoever ends the one before it, at the same time, both see somebody who stays.

use super::{
    raise::{Raise, raise, resolve},
    words::WorkCause,
};
use crate::app::{App, timer::Timer};
use chrono::TimeDelta;
use contract::{CentreId, ParticipantId, time::Instant};
use db::{Tx, sql};
use kernel::{
    agenda::{self, Kind, Outcome},
    error::Result,
};
use uuid::Uuid;

/// Whoever was registered just now is being assigned just now.
pub const GRACE: TimeDelta = TimeDelta::days(1);

/// A participant of whom it is to be looked at whether somebody accompanies them.
const LEADS: Kind = Kind::new("participant_lead");

/// What is done about it.
pub const TIMER: Timer = Timer {
    kind: LEADS,
    is_each_alone: true,
    look_at: |app, tx, entries, now| {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(entries.len());
            for entry in entries {
                look_at(app, tx, ParticipantId(entry.id), now).await?;
                outcomes.push((entry.id, Outcome::Done));
            }
            Ok(outcomes)
        })
    },
};

/// Notes that it is to be looked at, now or later.
pub async fn note(tx: &mut Tx, centre: CentreId, participants: &[ParticipantId], at: Instant) -> Result<()> {
    let ids: Vec<Uuid> = participants.iter().map(|participant| participant.0).collect();
    Ok(agenda::note(tx, LEADS, centre, &ids, at).await?)
}

async fn look_at(app: &App, tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    let held: Option<(CentreId, bool)> = tx
        .query(sql!("SELECT centre_id, active FROM participant WHERE id = $1", pg " FOR UPDATE"))
        .bind(participant)
        .optional()
        .await?;
    let Some((centre, is_active)) = held else { return Ok(()) };
    // Asked once the participant is held: whoever assigned somebody meanwhile is seen. What is raised already is not raised again.
    let (is_led, is_known): (bool, bool) = tx
        .query(sql!(
            "SELECT EXISTS (SELECT 1 FROM assignment WHERE participant_id = $1 AND ended_at IS NULL),
                    EXISTS (SELECT 1 FROM work_item WHERE subject_id = $1 AND cause = $2 AND closed_at IS NULL)"
        ))
        .bind(participant)
        .bind(WorkCause::NoLead)
        .one()
        .await?;
    match (is_led || !is_active, is_known) {
        (true, _) => resolve(app, tx, WorkCause::NoLead, participant.0, now).await,
        (false, true) => Ok(()),
        (false, false) => {
            let what = Raise { cause: WorkCause::NoLead, subject: participant.0, participant, centre };
            raise(app, tx, what, now).await
        }
    }
}
