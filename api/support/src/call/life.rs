//! What becomes of calls when something happens in the lives of those who were told.

use super::store;
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::error::Result;

/// Calls.
pub struct Calls;

impl Life for Calls {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::PersonMoves(participant) => store::hold_all_of(tx, participant).await?,
                Coming::FileCloses(_)
                | Coming::FilePauses(_)
                | Coming::ConsentEnds(_)
                | Coming::AccountChanges(_)
                | Coming::AssignmentStarts(_)
                | Coming::PostingEnds(..) => {}
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
                Event::PersonMoves(moving) => store::set_centre(tx, moving.participant, moving.to).await?,
                // Which calls are to be made is read from the reminders: they end with those.
                Event::FileCloses(_)
                | Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::PresenceChanges(_)
                | Event::ConsentEnds(_)
                | Event::ZoneChanges(..)
                | Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::AssignmentStarts(..)
                | Event::AssignmentEnds(_)
                | Event::PostingEnds(_)
                | Event::LeadChanges(_)
                | Event::CentreChanges(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        // What was seen on a wall has been.
        Box::pin(std::future::ready(Ok(())))
    }
}
