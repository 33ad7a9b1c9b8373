//! What becomes of emergency accesses when something happens in the lives of those who have them, or whom they are about.

use super::store;
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::{SubjectKind, time::Instant};
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::error::Result;

/// Emergency accesses.
pub struct EmergencyAccesses;

impl Life for EmergencyAccesses {
    fn hold<'a>(&'a self, _: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        match coming {
            // They are held behind the file or the account.
            Coming::FileCloses(_)
            | Coming::FilePauses(_)
            | Coming::AccountChanges(_)
            | Coming::AssignmentStarts(_)
            | Coming::PostingEnds(..)
            | Coming::PersonMoves(_)
            | Coming::ConsentEnds(_) => Box::pin(std::future::ready(Ok(()))),
        }
    }

    fn take_part<'a>(
        &'a self,
        Scene { tx, actor, now, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            let by = actor.person();
            match *event {
                Event::AccountChanges(leaving) if leaving.out.is_some() => {
                    store::end_all(tx, leaving.staff, by, now).await?;
                }
                Event::PersonMoves(moving) => {
                    let between = (moving.from, moving.to);
                    let moved = store::move_to_centre(tx, moving.participant, between, by, now).await?;
                    return Ok(Consequences::default().moving(SubjectKind::EmergencyAccess, moved));
                }
                Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::FileCloses(_)
                | Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::ZoneChanges(..)
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

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
