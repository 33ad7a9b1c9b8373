//! What becomes of placements when something happens in the lives of those whose they are, or who accompany them.

use super::{agreements, needs, store, timers};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::{SubjectKind, time::Instant};
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{agenda, error::Result};
use notifications::outbox;

/// Placements.
pub struct Placements;

impl Life for Placements {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::FileCloses(participant)
                | Coming::FilePauses(participant)
                | Coming::PersonMoves(participant) => {
                    store::hold_all_of(tx, participant).await?;
                }
                Coming::ConsentEnds(ended) => {
                    agreements::resting_on(tx, ended).await?;
                }
                Coming::AccountChanges(_) | Coming::AssignmentStarts(_) | Coming::PostingEnds(..) => {}
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
                // What they work at stays as it is: only nobody is asked about it any more.
                Event::FileCloses(participant) | Event::FilePauses(participant, _) => {
                    let all = store::hold_all_of(tx, participant).await?;
                    outbox::withdraw_about(tx, SubjectKind::Placement, &all, now).await?;
                    // What nobody can answer meanwhile is not missed: whoever is asked again has as long as ever.
                    store::ask_anew(tx, participant).await?;
                }
                Event::FileOpens(participant, centre) => {
                    timers::note_participant(tx, participant, now).await?;
                    // All that needed somebody was closed with the file.
                    needs::stands_lost(app, tx, participant, centre, now).await?;
                }
                Event::FileResumes(participant, _)
                | Event::AssignmentStarts(participant, _)
                | Event::LeadChanges(participant) => timers::note_participant(tx, participant, now).await?,
                // Whoever is in charge now is reminded in their place.
                Event::PresenceChanges(staff) => timers::note_led(tx, staff, now).await?,
                Event::AssignmentEnds(staff) => timers::note_left(tx, staff, now, now).await?,
                Event::AccountChanges(leaving) if leaving.accompanies_nobody => {
                    timers::note_left(tx, leaving.staff, now, now).await?;
                }
                Event::PostingEnds(recall) => timers::note_left(tx, recall.staff, recall.at, now).await?,
                Event::PersonMoves(moving) => {
                    let all = store::hold_all_of(tx, moving.participant).await?;
                    store::set_centre(tx, moving.participant, moving.to).await?;
                    agenda::set_centre(tx, timers::PLACEMENTS, &all, moving.to).await?;
                    return Ok(Consequences::default().moving(SubjectKind::Placement, all));
                }
                Event::CentreChanges(centre) => timers::note_centre(tx, centre, now).await?,
                // It may have been recorded since it was looked for.
                Event::ConsentEnds(ended) => {
                    if let Some(mut row) = agreements::resting_on(tx, ended).await? {
                        agreements::end(app, tx, &mut row, actor, now).await?;
                    }
                }
                // Staff's nights are those of the centre.
                Event::AccountChanges(_) | Event::AccountIsShownOtherwise(_) | Event::ZoneChanges(..) => {}
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
