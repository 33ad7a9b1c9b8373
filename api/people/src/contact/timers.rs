//! What is looked at again: somebody whom nobody met or spoke to for long, and a centre that says anew how long that is.

use super::{look, store};
use crate::app::{
    timer::Timer,
    unfolding::{Stretch, Unfolding},
};
use contract::{CentreId, ParticipantId, time::Instant};
use db::Tx;
use kernel::{
    agenda::{Kind, Outcome},
    error::Result,
};
use uuid::Uuid;

/// Somebody who is accompanied.
pub const CONTACTS: Kind = Kind::new("contact");

/// A centre that has other rules: it is unfolded into its people. Who is met meanwhile stands elsewhere in their order: they are looked at by
/// that.
static UNFOLDED: Unfolding = Unfolding {
    of_centre: Kind::new("contacts_of_centre"),
    into: CONTACTS,
    page: |tx, centre, progress, rows| {
        Box::pin(async move {
            let after = progress.and_then(read).unwrap_or((Instant::MIN, Uuid::nil()));
            let page = store::page(tx, centre, after, rows).await?;
            let until = page.last().map(|(at, id)| format!("{} {id}", at.as_micros()));
            Ok(Stretch { ids: page.into_iter().map(|(_, id)| id).collect(), until })
        })
    },
};

/// All of it.
pub const TIMERS: &[Timer] = &[
    Timer {
        kind: UNFOLDED.of_centre,
        is_each_alone: true,
        look_at: |_, tx, entries, now| Box::pin(UNFOLDED.look_at(tx, entries, now)),
    },
    Timer {
        kind: CONTACTS,
        // Each holds a file, and work that is to be done about it behind that: two at once could wait for each other.
        is_each_alone: true,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(entries.len());
                for entry in entries {
                    let participant = ParticipantId(entry.id);
                    let outcome = match look::look(app, tx, participant, now).await? {
                        None => Outcome::Done,
                        Some(looked) if looked.standing.is_without_contact() => {
                            Outcome::Again(look::call_for(app, tx, participant, &looked, now).await?)
                        }
                        Some(looked) => {
                            // Their centre may say otherwise by now after how many days it is too long.
                            look::called_off(app, tx, participant, now).await?;
                            Outcome::Again(looked.standing.due_at())
                        }
                    };
                    outcomes.push((entry.id, outcome));
                }
                Ok(outcomes)
            })
        },
    },
];

/// Notes that everybody of a centre is looked at: one row, however many there are, and none if there are none.
pub async fn note_centre(tx: &mut Tx, centre: CentreId, now: Instant) -> Result<()> {
    UNFOLDED.note(tx, centre, now).await
}

fn read(progress: &str) -> Option<(Instant, Uuid)> {
    let (at, id) = progress.split_once(' ')?;
    Some((Instant::from_micros(at.parse().ok()?)?, id.parse().ok()?))
}
