//! What is looked at again: somebody whom nobody met or spoke to for long, and a centre that says anew how long that is.

use super::{look, store};
use crate::app::timer::Timer;
use contract::{CentreId, ParticipantId, time::Instant};
use db::Tx;
use kernel::{
    agenda::{self, Kind, Outcome},
    error::Result,
};
use uuid::Uuid;

/// Somebody who is accompanied.
pub const CONTACTS: Kind = Kind::new("contact");

/// A centre that has other rules: it is unfolded into its people.
const CONTACTS_OF_CENTRES: Kind = Kind::new("contacts_of_centre");

/// How many people of a centre are noted at once.
const PAGE: i64 = 100;

/// All of it.
pub const TIMERS: &[Timer] = &[
    Timer {
        kind: CONTACTS_OF_CENTRES,
        is_each_alone: true,
        look_at: |_, tx, entries, now| {
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(entries.len());
                for entry in entries {
                    let outcome = unfold(tx, CentreId(entry.id), entry.progress.as_deref(), now).await?;
                    outcomes.push((entry.id, outcome));
                }
                Ok(outcomes)
            })
        },
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
    if store::page(tx, centre, (Instant::MIN, Uuid::nil()), 1).await?.is_empty() {
        return Ok(());
    }
    Ok(agenda::note(tx, CONTACTS_OF_CENTRES, centre, &[centre.0], now).await?)
}

/// Notes the next page of a centre's people. `progress` is the last who was noted; anything else begins anew, which only costs time. Who is
/// met meanwhile stands elsewhere in the order: they are looked at by that.
async fn unfold(tx: &mut Tx, centre: CentreId, progress: Option<&str>, now: Instant) -> Result<Outcome> {
    let after = progress.and_then(read).unwrap_or((Instant::MIN, Uuid::nil()));
    let page = store::page(tx, centre, after, PAGE).await?;
    let ids: Vec<Uuid> = page.iter().map(|(_, id)| *id).collect();
    agenda::note(tx, CONTACTS, centre, &ids, now).await?;
    Ok(match page.last() {
        Some((at, id)) if i64::try_from(ids.len()).is_ok_and(|rows| rows == PAGE) => {
            Outcome::Unfolded(format!("{} {id}", at.as_micros()))
        }
        _ => Outcome::Done,
    })
}

fn read(progress: &str) -> Option<(Instant, Uuid)> {
    let (at, id) = progress.split_once(' ')?;
    Some((Instant::from_micros(at.parse().ok()?)?, id.parse().ok()?))
}
