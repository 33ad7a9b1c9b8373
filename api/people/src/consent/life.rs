//! What becomes of consents when something happens in the lives of those who gave them. They outlast a closed file: what somebody agreed to
//! and took back can be asked about later.

use super::{age::Age, store, timers::CONSENTS};
use crate::app::{
    App,
    life::{Coming, Consequences, Event, Life, Scene},
};
use crate::participant::AGES;
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{agenda, error::Result};

/// Consents.
pub struct Consents;

impl Life for Consents {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::PersonMoves(participant) => {
                    store::hold_all_of(tx, participant).await?;
                }
                // It is held behind what rests on it, by whoever ends it.
                Coming::ConsentEnds(_)
                | Coming::FileCloses(_)
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
        Scene { tx, now, .. }: Scene<'a>,
        event: &'a Event,
    ) -> BoxFuture<'a, Result<Consequences>> {
        Box::pin(async move {
            match *event {
                Event::PersonMoves(moving) => {
                    let all = store::hold_all_of(tx, moving.participant).await?;
                    store::set_centre(tx, moving.participant, moving.to).await?;
                    agenda::set_centre(tx, CONSENTS, &all, moving.to).await?;
                    agenda::set_centre(tx, AGES, &[moving.participant.0], moving.to).await?;
                }
                // Their midnights are others, and with them the moment at which they come of age.
                Event::ZoneChanges(participant, centre) => {
                    if Age::of(tx, participant).await?.minor_until.is_some() {
                        agenda::note(tx, AGES, centre, &[participant.0], now).await?;
                    }
                }
                Event::ConsentEnds(_)
                | Event::FileCloses(_)
                | Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::AssignmentStarts(..)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::AssignmentEnds(_)
                | Event::PostingEnds(_)
                | Event::CentreChanges(_) => {}
            }
            Ok(Consequences::default())
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
