//! What can be done with referrals without network: asking, where the participant is there and agrees. What follows is done online, since it
//! rests on how the referral stands.

use super::{deeds, request::NewReferral, store, things::REFERRAL};
use crate::app::mutation::{Applied, Applying, Mutation};
use kernel::error::{Error, Result};

/// What can be done.
pub const MUTATIONS: &[Mutation] =
    &[Mutation { operation: "askReferral", apply: |applying| Box::pin(ask(applying)) }];

async fn ask(applying: &mut Applying<'_>) -> Result<Applied> {
    if applying.subject.is_some() || applying.base_version.is_some() {
        return Err(Error::field("/subject_id", "not_allowed", "what is made names itself in the body"));
    }
    deeds::author(applying.actor)?;
    let new: NewReferral = applying.body()?;
    if new.id.is_none() {
        return Err(Error::field("/body/id", "required", "the phone chooses it: the consent names it"));
    }
    let scope = applying.actor.staff_caseload()?;
    let whom = store::whom(applying.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let said = (applying.actor, applying.recorded_at);
    let (row, audit) = deeds::ask(applying.app, applying.tx, said, whom, new, applying.now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(Applied {
        subject_kind: &REFERRAL,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    })
}
