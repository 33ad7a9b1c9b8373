//! What becomes of how somebody is reached when something happens in their life.

use super::{deeds, store, timers};
use crate::{
    app::{
        App,
        life::{Coming, Consequences, Ended, Event, Life, Scene},
    },
    consent::ConsentPurpose,
    push::UNDELIVERED,
    work_item::{self, WorkCause},
};
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{agenda, error::Result};

/// The ways to reach people.
pub struct ContactWays;

impl Life for ContactWays {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::PersonMoves(participant) | Coming::ConsentEnds(Ended { participant, .. }) => {
                    store::hold_wish(tx, participant).await?;
                    store::hold_ways(tx, participant).await?;
                }
                Coming::FileCloses(_)
                | Coming::FilePauses(_)
                | Coming::AccountChanges(_)
                | Coming::AssignmentStarts(_)
                | Coming::PostingEnds(..) => {}
            }
            Ok(())
        })
    }

    fn take_part<'a>(
        &'a self,
        Scene { app, tx, now, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::FileOpens(participant, centre) | Event::FileResumes(participant, centre) => {
                    timers::note(tx, centre, participant, now).await?;
                }
                Event::FilePauses(participant, _) => {
                    // Nobody is told anything meanwhile, so nobody sees to how.
                    for cause in [WorkCause::NoDevice, WorkCause::UndeliverableReminder] {
                        work_item::resolve(app, tx, cause, participant.0, now).await?;
                    }
                }
                Event::PersonMoves(moving) => {
                    store::set_centre(tx, moving.participant, moving.to).await?;
                    for kind in [timers::DEVICES, UNDELIVERED] {
                        agenda::set_centre(tx, kind, &[moving.participant.0], moving.to).await?;
                    }
                }
                Event::ConsentEnds(ended) => consent_ends(tx, ended).await?,
                // How somebody is reached stays as it is, whoever accompanies them; what is open of it ends with the file like all work.
                Event::FileCloses(_)
                | Event::PresenceChanges(_)
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
        // Times of day and days of the calendar stay what they are.
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Whoever passes something on is no longer asked: their name and number go.
async fn consent_ends(tx: &mut Tx, ended: Ended) -> Result<()> {
    let is_about_one = ended.purpose == ConsentPurpose::ContactRelative.as_str();
    if !is_about_one || !store::delete(tx, ended.participant, ended.subject).await? {
        return Ok(());
    }
    if let Some(mut person) = store::people(tx, &[ended.participant.0]).await?.into_iter().next() {
        deeds::counted(tx, &mut person).await?;
    }
    Ok(())
}
