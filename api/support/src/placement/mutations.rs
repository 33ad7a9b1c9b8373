//! What can be done with placements without network, each by the command that it is over HTTP.

use super::{
    correcting, deeds, held,
    parts::{self, Whole},
    request::{
        Agreement, Ending, MilestoneCorrection, MilestoneWithdrawal, NewPlacement, NewStage,
        PlacementCorrection, Verification, Withdrawal,
    },
    righting, store,
    things::PLACEMENT,
    words::{Milestone, PlacementId},
};
use crate::app::mutation::{Applied, Applying, Mutation};
use contract::StaffId;
use kernel::{
    access::{Actor, not_for_this_role},
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "recordPlacement", apply: |applying| Box::pin(record(applying)) },
    Mutation { operation: "recordPlacementStage", apply: |applying| Box::pin(record_stage(applying)) },
    Mutation { operation: "verifyMilestone", apply: |applying| Box::pin(verify(applying)) },
    Mutation { operation: "correctMilestone", apply: |applying| Box::pin(correct_milestone(applying)) },
    Mutation { operation: "withdrawMilestone", apply: |applying| Box::pin(withdraw_milestone(applying)) },
    Mutation { operation: "agreeEmployerKnowledge", apply: |applying| Box::pin(agree(applying)) },
    Mutation { operation: "correctPlacement", apply: |applying| Box::pin(correct(applying)) },
    Mutation { operation: "endPlacement", apply: |applying| Box::pin(end(applying)) },
    Mutation { operation: "withdrawPlacement", apply: |applying| Box::pin(withdraw(applying)) },
];

async fn record(applying: &mut Applying<'_>) -> Result<Applied> {
    if applying.subject.is_some() || applying.base_version.is_some() {
        return Err(Error::field("/subject_id", "not_allowed", "what is made names itself in the body"));
    }
    let (author, scope) = (staff(applying)?, applying.actor.staff_caseload()?);
    let new: NewPlacement = applying.body()?;
    if new.id.is_none() {
        return Err(Error::field("/body/id", "required", "the phone says it: it may be sent twice"));
    }
    let person = store::person(applying.tx, scope, new.participant_id).await?.ok_or_else(Error::not_found)?;
    let times = (Some(applying.recorded_at), applying.now);
    let (whole, audit) = deeds::record(applying.app, applying.tx, author, person, new, times)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&whole, audit))
}

async fn record_stage(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, new) = (staff(applying)?, applying.body::<NewStage>()?);
    let mut whole = as_seen(applying).await?;
    let audit = deeds::record_stage(applying.app, applying.tx, by, &mut whole, new, applying.now).await;
    finished(&whole, audit)
}

/// What a milestone came to is said of the placement, whatever else was recorded of it meanwhile: the state of the milestone decides.
async fn verify(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, verification) = (staff(applying)?, applying.body::<Verification>()?);
    let base = applying.base_version()?;
    let mut whole = held_row(applying).await?;
    if base > whole.row.version {
        return Err(Error::changed(whole.row.version));
    }
    let times = (Some(applying.recorded_at), applying.now);
    let audit = held::verify(applying.app, applying.tx, by, &mut whole, verification, times).await;
    finished(&whole, audit)
}

async fn correct_milestone(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, change) = (staff(applying)?, applying.body::<MilestoneCorrection>()?);
    let mut whole = as_said(applying, change.milestone).await?;
    let times = (Some(applying.recorded_at), applying.now);
    let audit = righting::correct(applying.app, applying.tx, by, &mut whole, change, times).await;
    finished(&whole, audit)
}

async fn withdraw_milestone(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, withdrawal) = (staff(applying)?, applying.body::<MilestoneWithdrawal>()?);
    let mut whole = as_said(applying, withdrawal.milestone).await?;
    let (app, now) = (applying.app, applying.now);
    let audit = righting::withdraw(app, applying.tx, by, &mut whole, withdrawal, now).await;
    finished(&whole, audit)
}

async fn agree(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, agreement) = (staff(applying)?, applying.body::<Agreement>()?);
    let mut whole = as_seen(applying).await?;
    let (app, now) = (applying.app, applying.now);
    let audit = deeds::agree_employer_knowledge(app, applying.tx, by, &mut whole, agreement, now).await;
    finished(&whole, audit)
}

async fn correct(applying: &mut Applying<'_>) -> Result<Applied> {
    staff(applying)?;
    let (by, change) = (applying.actor, applying.body::<PlacementCorrection>()?);
    let mut whole = as_seen(applying).await?;
    let audit = correcting::correct(applying.app, applying.tx, by, &mut whole, change, applying.now).await;
    finished(&whole, audit)
}

async fn end(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, ending) = (staff(applying)?, applying.body::<Ending>()?);
    let mut whole = as_seen(applying).await?;
    let audit = deeds::end(applying.app, applying.tx, by, &mut whole, ending, applying.now).await;
    finished(&whole, audit)
}

async fn withdraw(applying: &mut Applying<'_>) -> Result<Applied> {
    let (by, withdrawal) = (staff(applying)?, applying.body::<Withdrawal>()?);
    let mut whole = as_seen(applying).await?;
    let audit = deeds::withdraw(applying.app, applying.tx, by, &mut whole, withdrawal, applying.now).await;
    finished(&whole, audit)
}

fn staff(applying: &Applying<'_>) -> Result<StaffId> {
    match applying.actor {
        Actor::Staff { id, .. } => Ok(*id),
        Actor::Participant { .. } => Err(not_for_this_role()),
    }
}

async fn held_row(applying: &mut Applying<'_>) -> Result<Whole> {
    let (scope, id) = (applying.actor.staff_caseload()?, PlacementId(applying.subject()?));
    let row = store::load_for_change(applying.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    Ok(parts::complete_one(applying.tx, row).await?)
}

/// The placement, if it is still as the person saw it: what time or a verification made of its milestones meanwhile is no other placement.
async fn as_seen(applying: &mut Applying<'_>) -> Result<Whole> {
    let base = applying.base_version()?;
    let whole = held_row(applying).await?;
    let row = &whole.row;
    if base > row.version {
        return Err(Error::changed(row.version));
    }
    if row.facts_version > base {
        // What others did that is no change of the placement itself came in between, and is not asked for.
        let behind = parts::facts_behind(applying.tx, row.id, base).await?;
        if !applying.are_own(row.id.0, &behind).await? {
            return Err(Error::changed(row.version));
        }
    }
    Ok(whole)
}

/// The placement, if what is said of this milestone is still what the person saw, or said themself before. Whatever else was recorded of the
/// placement meanwhile is none of it.
async fn as_said(applying: &mut Applying<'_>, milestone: Milestone) -> Result<Whole> {
    let base = applying.base_version()?;
    let whole = held_row(applying).await?;
    let (id, current) = (whole.row.id, whole.row.version);
    if base > current {
        return Err(Error::changed(current));
    }
    let one = whole.milestones.iter().find(|one| one.milestone == milestone);
    let said = one.and_then(|one| one.said_version).unwrap_or(0);
    if said > base && !applying.are_own(id.0, &[said]).await? {
        return Err(Error::changed(current));
    }
    Ok(whole)
}

fn finished(whole: &Whole, audit: Result<Audit>) -> Result<Applied> {
    audit.map(|audit| applied(whole, audit)).map_err(|error| error.below("/body"))
}

fn applied(whole: &Whole, audit: Audit) -> Applied {
    Applied {
        subject_kind: &PLACEMENT,
        subject: whole.row.id.0,
        participant: Some(whole.row.participant_id),
        version: Some(whole.row.version),
        audit,
    }
}
