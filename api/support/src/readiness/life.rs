//! What becomes of readiness lists when something happens in the lives of those whose they are.

use super::{store, timers};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{agenda, error::Result};

/// Readiness lists.
pub struct Readiness;

impl Life for Readiness {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::FileCloses(participant)
                | Coming::FilePauses(participant)
                | Coming::PersonMoves(participant) => {
                    store::hold_of(tx, participant).await?;
                }
                Coming::AccountChanges(_)
                | Coming::AssignmentStarts(_)
                | Coming::PostingEnds(..)
                | Coming::ConsentEnds(_) => {}
            }
            Ok(())
        })
    }

    fn take_part<'a>(
        &'a self,
        Scene { tx, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::FileOpens(participant, centre) | Event::FileResumes(participant, centre) => {
                    timers::note_participant(tx, centre, participant).await?;
                }
                // What somebody was told of was closed with the file: they are told again, should it be open again and nothing have moved.
                Event::FileCloses(participant) => timers::wait_anew(tx, participant).await?,
                Event::PersonMoves(moving) => {
                    let person = moving.participant;
                    if store::hold_of(tx, person).await? {
                        store::set_centre(tx, person, moving.to).await?;
                        agenda::set_centre(tx, timers::LISTS, &[person.0], moving.to).await?;
                    }
                }
                // What papers somebody has depends on nobody else; whoever leads is found when something gets stuck.
                Event::FilePauses(..)
                | Event::PresenceChanges(_)
                | Event::ConsentEnds(_)
                | Event::ZoneChanges(..)
                | Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::AssignmentStarts(..)
                | Event::LeadChanges(_)
                | Event::AssignmentEnds(_)
                | Event::PostingEnds(_)
                | Event::CentreChanges(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        // Thirty days are counted, not read from a wall.
        Box::pin(std::future::ready(Ok(())))
    }
}
