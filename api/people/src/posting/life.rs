//! What becomes of postings when something happens in the life of an account, or to the centre to which they are.

use super::{ending, rederive, store};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::error::Result;

/// Postings.
pub struct Postings;

impl Life for Postings {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::AccountChanges(staff) => {
                    store::hold_of_staff(tx, staff).await?;
                }
                // It is held behind its appointments by whoever ends it.
                Coming::PostingEnds(..)
                | Coming::FileCloses(_)
                | Coming::FilePauses(_)
                | Coming::AssignmentStarts(_)
                | Coming::PersonMoves(_)
                | Coming::ConsentEnds(_) => {}
            }
            Ok(())
        })
    }

    fn take_part<'a>(
        &'a self,
        Scene { app, tx, actor, now }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                // What came with them ends with the account.
                Event::AccountChanges(leaving) if leaving.accompanies_nobody => {
                    for mut row in store::hold_of_staff(tx, leaving.staff).await? {
                        let at = row.ends_at.map_or(now, |ends| ends.min(now));
                        ending::close(tx, &mut row, Some(actor), at).await?;
                        ending::note(app, tx, &row, (Some(actor), &Consequences::default()), now).await?;
                    }
                }
                Event::CentreChanges(centre) => rederive::again(app, tx, Some(centre), now).await?,
                Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::PostingEnds(_)
                | Event::PersonMoves(_)
                | Event::FileCloses(_)
                | Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::ZoneChanges(..)
                | Event::AssignmentStarts(..)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::AssignmentEnds(_)
                | Event::ConsentEnds(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
        now: Instant,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(rederive::again(app, tx, None, now))
    }
}
