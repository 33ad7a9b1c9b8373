//! What becomes of digests when something happens in people's lives: nothing, for they stay as they were made. Only whom a reminder of one names
//! is somebody of the centre.

use super::{store, timers};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::error::Result;

/// Digests.
pub struct Digests;

impl Life for Digests {
    fn hold<'a>(&'a self, _: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        match coming {
            Coming::FileCloses(_)
            | Coming::FilePauses(_)
            | Coming::AccountChanges(_)
            | Coming::AssignmentStarts(_)
            | Coming::PersonMoves(_)
            | Coming::PostingEnds(..)
            | Coming::ConsentEnds(_) => Box::pin(std::future::ready(Ok(()))),
        }
    }

    fn take_part<'a>(
        &'a self,
        Scene { tx, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::PersonMoves(moving) => {
                    store::name_somebody_else(tx, moving.from, moving.participant).await?;
                }
                // Whoever manages a centre no longer is told nothing of it any more, as of everything of its people.
                Event::AccountChanges(_)
                | Event::FileCloses(_)
                | Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::ZoneChanges(..)
                | Event::AccountIsShownOtherwise(_)
                | Event::AssignmentStarts(..)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::AssignmentEnds(_)
                | Event::PostingEnds(_)
                | Event::CentreChanges(_)
                | Event::ConsentEnds(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(
        &'a self,
        _: &'a App,
        tx: &'a mut Tx,
        now: Instant,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(timers::note_all(tx, now))
    }
}
