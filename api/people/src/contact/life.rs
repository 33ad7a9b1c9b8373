//! What becomes of it when something happens in the lives of those who are accompanied, or who accompany them.

use super::{look, store, timers};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use contract::{CentreId, ParticipantId, StaffId, SubjectKind, time::Instant};
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{agenda, error::Result};
use notifications::outbox;

/// Contacts.
pub struct Contacts;

impl Life for Contacts {
    fn hold<'a>(&'a self, _: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        match coming {
            // What is kept is held behind the file, by everybody.
            Coming::FileCloses(_)
            | Coming::FilePauses(_)
            | Coming::ConsentEnds(_)
            | Coming::PersonMoves(_)
            | Coming::AccountChanges(_)
            | Coming::AssignmentStarts(_)
            | Coming::PostingEnds(..) => Box::pin(std::future::ready(Ok(()))),
        }
    }

    fn take_part<'a>(
        &'a self,
        Scene { app, tx, now, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::FileCloses(participant) | Event::FilePauses(participant, _) => {
                    store::close(tx, participant).await?;
                    outbox::withdraw_about(tx, SubjectKind::Contact, &[participant.0], now).await?;
                    // Nobody is looked for while their file is paused, either.
                    look::called_off(app, tx, participant, now).await?;
                }
                Event::FileOpens(participant, centre) | Event::FileResumes(participant, centre) => {
                    store::open(tx, centre, participant, now).await?;
                    let looked = look::look(app, tx, participant, now).await?;
                    let due = looked.map_or(now, |looked| looked.standing.due_at());
                    agenda::note(tx, timers::CONTACTS, centre, &[participant.0], due).await?;
                }
                Event::AssignmentStarts(participant, _) => {
                    let tried = store::centre_if_tried(tx, participant).await?;
                    note(tx, tried.map(|centre| (participant, centre)).into_iter().collect(), now).await?;
                }
                // Whoever accompanies the participant now tries them again.
                Event::AssignmentEnds(staff) => note_author(tx, staff, now).await?,
                Event::AccountChanges(leaving) => note_author(tx, leaving.staff, now).await?,
                Event::PostingEnds(recall) => note_author(tx, recall.staff, now).await?,
                Event::PersonMoves(moving) => {
                    let moved = vec![moving.participant.0];
                    store::set_centre(tx, moving.participant, moving.to).await?;
                    agenda::set_centre(tx, timers::CONTACTS, &moved, moving.to).await?;
                    // The other centre may say otherwise after how many days somebody is looked for.
                    agenda::note(tx, timers::CONTACTS, moving.to, &moved, now).await?;
                    return Ok(Consequences::default().moving(SubjectKind::Contact, moved));
                }
                Event::CentreChanges(centre) => timers::note_centre(tx, centre, now).await?,
                // Staff's nights are those of the centre.
                Event::AccountIsShownOtherwise(_)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::ConsentEnds(_)
                | Event::ZoneChanges(..) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        // A day is 24 hours here, and what was seen on a wall has been.
        Box::pin(std::future::ready(Ok(())))
    }
}

async fn note_author(tx: &mut Tx, staff: StaffId, now: Instant) -> Result<()> {
    let tried = store::tried_by(tx, staff).await?;
    note(tx, tried, now).await
}

async fn note(tx: &mut Tx, tried: Vec<(ParticipantId, CentreId)>, now: Instant) -> Result<()> {
    for (participant, centre) in tried {
        agenda::note(tx, timers::CONTACTS, centre, &[participant.0], now).await?;
    }
    Ok(())
}
