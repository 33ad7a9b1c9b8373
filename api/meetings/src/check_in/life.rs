//! What becomes of check-ins when something happens in the lives of those who answer them.

use super::{deeds, of_participant, pause, store, timers};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::{SubjectKind, time::Instant};
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{agenda, error::Result};
use notifications::outbox;

/// Check-ins.
pub struct CheckIns;

impl Life for CheckIns {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::FileCloses(participant)
                | Coming::FilePauses(participant)
                | Coming::PersonMoves(participant) => {
                    of_participant::hold_all_of(tx, participant).await?;
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
        Scene { app, tx, actor, now }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::FileCloses(participant) => {
                    let open = of_participant::unanswered_of(tx, participant).await?;
                    for mut row in store::held(tx, &open).await? {
                        deeds::close_with_file(app, tx, actor, &mut row, now).await?;
                    }
                    return Ok(Consequences::of("check_ins_cancelled", open.len()));
                }
                Event::FilePauses(participant, _) => {
                    let open = of_participant::unanswered_of(tx, participant).await?;
                    outbox::withdraw_about(tx, SubjectKind::CheckIn, &open, now).await?;
                    pause::begins(tx, participant, now).await?;
                    for row in store::held(tx, &open).await? {
                        tx.changed(row.changed());
                    }
                }
                // Their nights are elsewhere; or they are there again, and what rested goes on, each one held by itself: whoever answers
                // holds the check-in before the file.
                Event::ZoneChanges(participant, centre) | Event::FileResumes(participant, centre) => {
                    timers::note_participant(tx, participant, centre, now).await?;
                }
                Event::PersonMoves(moving) => {
                    let all = of_participant::hold_all_of(tx, moving.participant).await?;
                    of_participant::set_centre(tx, moving.participant, moving.to).await?;
                    agenda::set_centre(tx, timers::CHECK_INS, &all, moving.to).await?;
                    // They are reminded by the policy of the other centre; and whoever is looking at one of them just now looks again.
                    timers::note_participant(tx, moving.participant, moving.to, now).await?;
                    return Ok(Consequences::default().moving(SubjectKind::CheckIn, all));
                }
                Event::CentreChanges(centre) => timers::note_centre(tx, centre, now).await?,
                // What was called off stays so. Whoever accompanies somebody does not change what they are asked.
                Event::FileOpens(..)
                | Event::AssignmentStarts(..)
                | Event::AssignmentEnds(_)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::ConsentEnds(_)
                | Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::PostingEnds(_) => {}
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
