//! What can be done with readiness lists without network, each by the command that it is over HTTP. What is said is in conflict only with
//! what somebody else said of the same item meanwhile.

use super::{
    deeds,
    request::{ItemSetting, WillingnessSetting, WillingnessWithdrawal},
    store::{self, Whole},
    things::READINESS,
};
use crate::app::mutation::{Applied, Applying, Mutation};
use contract::{ParticipantId, StaffId};
use kernel::{
    access::{Actor, not_for_this_role},
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "setReadinessItem", apply: |applying| Box::pin(set_item(applying)) },
    Mutation { operation: "setWillingness", apply: |applying| Box::pin(set_willingness(applying)) },
    Mutation { operation: "withdrawWillingness", apply: |applying| Box::pin(withdraw_willingness(applying)) },
];

async fn set_item(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, new) = (staff(applying)?, applying.body::<ItemSetting>()?);
    let mut whole = held(applying).await?;
    let said = whole.items.iter().find(|one| one.item == new.item).map_or(0, |one| one.version);
    require_seen(applying, &whole, said, new.base_version).await?;
    let audit = deeds::set_item(applying.app, applying.tx, by, &mut whole, new, applying.now).await;
    finished(&whole, audit)
}

async fn set_willingness(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, new) = (staff(applying)?, applying.body::<WillingnessSetting>()?);
    let mut whole = held(applying).await?;
    require_seen(applying, &whole, whole.row.willing_version, new.base_version).await?;
    let audit = deeds::set_willingness(applying.app, applying.tx, by, &mut whole, new, applying.now).await;
    finished(&whole, audit)
}

async fn withdraw_willingness(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, withdrawal) = (staff(applying)?, applying.body::<WillingnessWithdrawal>()?);
    let mut whole = held(applying).await?;
    require_seen(applying, &whole, whole.row.willing_version, withdrawal.base_version).await?;
    let (app, now) = (applying.app, applying.now);
    let audit = deeds::withdraw_willingness(app, applying.tx, by, &mut whole, withdrawal, now).await;
    finished(&whole, audit)
}

fn staff(applying: &Applying<'_>) -> Result<StaffId> {
    match applying.actor {
        Actor::Staff { id, .. } => Ok(*id),
        Actor::Participant { .. } => Err(not_for_this_role()),
    }
}

async fn held(applying: &mut Applying<'_>) -> Result<Whole> {
    let (scope, id) = (applying.actor.staff_caseload()?, ParticipantId(applying.subject()?));
    let row = store::hold(applying.tx, scope, id, applying.now).await?.ok_or_else(Error::not_found)?;
    store::complete(applying.tx, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

/// Whether what is said was seen as it is, but for what the same person said before it.
async fn require_seen(
    applying: &mut Applying<'_>,
    whole: &Whole,
    said: i64,
    in_body: Option<i64>,
) -> Result<()> {
    // A phone without a list has no version: nothing was said that it could have seen.
    let (base, current) = (applying.base_version.unwrap_or(0), whole.row.version);
    if in_body.is_some_and(|told| told != base) {
        return Err(Error::field("/body/base_version", "value", "is not the one beside the body"));
    }
    if base > current {
        return Err(Error::changed(current));
    }
    if said > base && !applying.are_own(whole.row.participant_id.0, &[said]).await? {
        return Err(Error::changed(current));
    }
    Ok(())
}

fn finished(whole: &Whole, audit: Result<Audit>) -> Result<Applied> {
    let audit = audit.map_err(|error| error.below("/body"))?;
    Ok(Applied {
        subject_kind: &READINESS,
        subject: whole.row.participant_id.0,
        participant: Some(whole.row.participant_id),
        version: Some(whole.row.version),
        audit,
    })
}
