//! What becomes of referrals when something happens in the lives of those for whom they were asked.

use super::{
    deeds, store,
    timers::REFERRALS,
    words::{ReferralEnd, ReferralId},
};
use crate::{
    app::{
        App,
        life::{Coming, Consequences, Ended, Event, Life, Scene},
    },
    consent::ConsentPurpose,
};
use contract::time::Instant;
use db::Tx;
use futures_util::future::BoxFuture;
use kernel::{agenda, error::Result};

/// Referrals.
pub struct Referrals;

/// What a consent that ends was given for, if that is a referral of the same person's.
async fn resting_on(tx: &mut Tx, ended: Ended) -> Result<Option<store::Row>> {
    if ended.purpose != ConsentPurpose::Referral.as_str() {
        return Ok(None);
    }
    let row = store::hold(tx, ReferralId(ended.subject)).await?;
    Ok(row.filter(|row| row.participant_id == ended.participant))
}

impl Life for Referrals {
    fn hold<'a>(&'a self, tx: &'a mut Tx, coming: Coming, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match coming {
                Coming::FileCloses(participant) | Coming::PersonMoves(participant) => {
                    store::hold_all_of(tx, participant).await?;
                }
                Coming::ConsentEnds(ended) => {
                    resting_on(tx, ended).await?;
                }
                Coming::FilePauses(_)
                | Coming::AccountChanges(_)
                | Coming::AssignmentStarts(_)
                | Coming::PostingEnds(..) => {}
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
            let (rows, why) = match *event {
                Event::ConsentEnds(ended) => {
                    (resting_on(tx, ended).await?.into_iter().collect(), ReferralEnd::ConsentEnded)
                }
                Event::FileCloses(participant) => {
                    (store::hold_all_of(tx, participant).await?, ReferralEnd::FileClosed)
                }
                // The partner is the former centre's: the new one asks its own.
                Event::PersonMoves(moving) => {
                    let rows = store::hold_all_of(tx, moving.participant).await?;
                    let all: Vec<_> = rows.iter().map(|row| row.id.0).collect();
                    let revoked =
                        deeds::revoke_open(app, tx, actor, rows, ReferralEnd::PersonMoved, now).await?;
                    store::set_centre(tx, moving.participant, moving.to).await?;
                    agenda::set_centre(tx, REFERRALS, &all, moving.to).await?;
                    return Ok(Consequences::of("referrals_revoked", revoked));
                }
                Event::FileOpens(..)
                | Event::FilePauses(..)
                | Event::FileResumes(..)
                | Event::ZoneChanges(..)
                | Event::AccountChanges(_)
                | Event::AccountIsShownOtherwise(_)
                | Event::AssignmentStarts(..)
                | Event::LeadChanges(_)
                | Event::PresenceChanges(_)
                | Event::AssignmentEnds(_)
                | Event::PostingEnds(_)
                | Event::CentreChanges(_) => return Ok(Consequences::default()),
            };
            let revoked = deeds::revoke_open(app, tx, actor, rows, why, now).await?;
            Ok(Consequences::of("referrals_revoked", revoked))
        })
    }

    fn zone_data_changes<'a>(&'a self, _: &'a App, _: &'a mut Tx, _: Instant) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
