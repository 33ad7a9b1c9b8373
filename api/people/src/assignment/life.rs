//! What becomes of assignments when something happens in the lives of those whom they tie together.

use super::store;
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::error::Result;
use notifications::outbox;

/// Assignments.
pub struct Assignments;

impl Life for Assignments {
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
                Event::AccountChanges(leaving) if leaving.accompanies_nobody => {
                    let ended = store::end_all_of_staff(tx, leaving.staff, by, now).await?;
                    return Ok(Consequences::of("assignments_ended", ended));
                }
                Event::AccountIsShownOtherwise(staff) => store::tell_again(tx, staff).await?,
                Event::PersonMoves(moving) => {
                    let whose = (moving.participant, moving.from);
                    let companions = store::end_all_of_participant(tx, whose, by, now).await?;
                    for staff in &companions {
                        outbox::withdraw_out_of_reach(tx, *staff, now).await?;
                    }
                    return Ok(Consequences::of("assignments_ended", companions.len()));
                }
                Event::PostingEnds(ends) => {
                    let there = (ends.staff, ends.centre);
                    let ended = store::end_all_at_centre(tx, there, ends.by, ends.at).await?;
                    return Ok(Consequences::of("assignments_ended", ended));
                }
                Event::AccountChanges(_)
                | Event::FileCloses(_)
                | Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::ZoneChanges(..)
                | Event::AssignmentStarts(..)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::AssignmentEnds(_)
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
