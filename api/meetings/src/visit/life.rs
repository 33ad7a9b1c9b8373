//! What becomes of visits when something happens in the lives of those whom they are about, or who logged them.

use super::{store, timers};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::{SubjectKind, time::Instant};
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
                Coming::FileCloses(participant)
                | Coming::FilePauses(participant)
                | Coming::PersonMoves(participant) => {
                    store::hold_all_of(tx, participant).await?;
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
        Scene { tx, now, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::FileCloses(participant) | Event::FilePauses(participant, _) => {
                    let all = store::hold_all_of(tx, participant).await?;
                    outbox::withdraw_about(tx, SubjectKind::Visit, &all, now).await?;
                }
                Event::FileOpens(participant, _)
                | Event::FileResumes(participant, _)
                | Event::AssignmentStarts(participant, _) => {
                    timers::note_participant(tx, participant, now).await?;
                }
                // Whoever accompanies the participant now is in charge of what they had noted.
                Event::AssignmentEnds(staff) => timers::note_author(tx, staff, now).await?,
                Event::AccountChanges(leaving) => timers::note_author(tx, leaving.staff, now).await?,
                Event::PostingEnds(recall) => timers::note_author(tx, recall.staff, now).await?,
                Event::PersonMoves(moving) => {
                    let all = store::hold_all_of(tx, moving.participant).await?;
                    store::set_centre(tx, moving.participant, moving.to).await?;
                    agenda::set_centre(tx, timers::VISITS, &all, moving.to).await?;
                    return Ok(Consequences::default().moving(SubjectKind::Visit, all));
                }
                Event::CentreChanges(centre) => timers::note_centre(tx, centre, now).await?,
                // Staff's nights are those of the centre.
                Event::AccountIsShownOtherwise(_)
                | Event::ZoneChanges(..)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
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
        Box::pin(timers::derive_all(app, tx, now))
    }
}
