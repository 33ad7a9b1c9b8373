//! What becomes of goals when something happens in the lives of those who have them.

use super::store;
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::error::Result;

/// Goals.
pub struct Goals;

impl Life for Goals {
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
                // What somebody wants to reach is theirs, whoever accompanies them and for how long. Whoever closes a file has not said that a
                // goal was missed; and if the file is opened again, the goals stand as they stood.
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
        // They have no hour.
        Box::pin(std::future::ready(Ok(())))
    }
}
