//! What is looked at again: consents whose time runs out.

use super::{
    deeds,
    store::{self, Row},
    words::{ConsentId, ConsentState, ConsentVoice},
};
use crate::{
    app::{
        App,
        life::{Coming, Ended},
        timer::Timer,
    },
    life,
    participant::AGES,
};
use contract::{AuditId, ParticipantId, time::Instant};
use db::Tx;
use kernel::{
    agenda::{self, Kind, Outcome},
    error::Result,
};

/// A consent that is given until some time.
pub const CONSENTS: Kind = Kind::new("consent");

/// All of it.
pub const TIMERS: &[Timer] = &[
    PEOPLE,
    Timer {
        kind: CONSENTS,
        is_each_alone: true,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(entries.len());
                for entry in entries {
                    outcomes.push((entry.id, look_at(app, tx, ConsentId(entry.id), now).await?));
                }
                Ok(outcomes)
            })
        },
    },
];

/// Somebody whose age the file says otherwise.
const PEOPLE: Timer = Timer {
    kind: AGES,
    is_each_alone: true,
    look_at: |_, tx, entries, now| {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(entries.len());
            for entry in entries {
                outcomes.push((entry.id, look_at_person(tx, ParticipantId(entry.id), now).await?));
            }
            Ok(outcomes)
        })
    },
};

async fn look_at(app: &App, tx: &mut Tx, id: ConsentId, now: Instant) -> Result<Outcome> {
    let Some(which) = store::which(tx, id).await? else { return Ok(Outcome::Done) };
    let ends =
        Ended { participant: which.participant, purpose: which.purpose.as_str(), subject: which.subject };
    life::is_about_to(app, tx, Coming::ConsentEnds(ends), now).await?;
    let Some(row) = store::hold_by_id(tx, id).await? else { return Ok(Outcome::Done) };
    let row = match run_out(&row, now) {
        // They came of age, or the file says another day now: what is in force may be another.
        None => {
            tx.changed(row.changed());
            row
        }
        Some(voice) => {
            let (row, audit) = deeds::expire(app, tx, row, voice, now).await?;
            audit.write(tx, None, AuditId::new(&*app.ids), now).await?;
            row
        }
    };
    if let Some(voice) = run_out(&row, now) {
        let (_, audit) = deeds::expire(app, tx, row, voice, now).await?;
        audit.write(tx, None, AuditId::new(&*app.ids), now).await?;
        return Ok(Outcome::Done);
    }
    deeds::take_effect(app, tx, &row, now).await?;
    Ok(deeds::looked_at_next(app, &row, now)?.map_or(Outcome::Done, Outcome::Again))
}

/// Which of the two agreed for a time that is over, without that being written down.
fn run_out(row: &Row, now: Instant) -> Option<ConsentVoice> {
    let is_over = |state, until: Option<Instant>| {
        state == Some(ConsentState::Given) && until.is_some_and(|until| until <= now)
    };
    if is_over(Some(row.state), row.expires_at) {
        return Some(ConsentVoice::Participant);
    }
    is_over(row.guardian_state, row.guardian_expires_at).then_some(ConsentVoice::Guardian)
}

/// The file says another day until which somebody is under age: each consent of theirs is looked at, held by itself.
async fn look_at_person(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<Outcome> {
    let all = store::all_of(tx, participant).await?;
    if !all.is_empty() {
        let centre = store::hold_centre_of(tx, participant).await?;
        agenda::note(tx, CONSENTS, centre, &all, now).await?;
    }
    Ok(Outcome::Done)
}
