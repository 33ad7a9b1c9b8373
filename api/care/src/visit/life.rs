//! What becomes of visits when something happens in the lives of those whom they are about, or who logged them.

use super::{store, timers};
use crate::app::life::{Coming, Consequences, Event, Life, Scene};
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{agenda, error::Result};
use notifications::outbox;

/// Visits.
pub struct Visits;

impl Life for Visits {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::FileCloses(participant) | Coming::PersonMoves(participant) => {
                    store::hold_all_of(tx, participant).await?;
                }
                Coming::AccountChanges(_) | Coming::AssignmentStarts(_) => {}
            }
            Ok(())
        })
    }

    fn take_part<'a>(
        &'a self,
        Scene { tx, now, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::FileCloses(participant) => {
                    let all = store::hold_all_of(tx, participant).await?;
                    outbox::withdraw_about(tx, &all, now).await?;
                }
                Event::FileOpens(participant, centre) => {
                    timers::note_participant(tx, participant, centre, now).await?;
                }
                Event::AssignmentStarts(participant, staff) => {
                    timers::note_author(tx, participant, staff, now).await?;
                }
                Event::PersonMoves(moving) => {
                    let all = store::hold_all_of(tx, moving.participant).await?;
                    store::set_centre(tx, moving.participant, moving.to).await?;
                    agenda::set_centre(tx, timers::VISITS, &all, moving.to).await?;
                    return Ok(Consequences::default().moving(all));
                }
                Event::CentreChanges(centre) => timers::note_centre(tx, centre, now).await?,
                // Whoever is gone is told nothing any more, and staff's nights are those of the centre.
                Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::AssignmentEnds(_)
                | Event::ZoneChanges(..) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(&'a self, tx: &'a mut Tx, now: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(timers::note_all(tx, now))
    }
}
