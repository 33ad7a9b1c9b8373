//! What can be done with visits without network. Whoever was taken out of a caseload meanwhile, or has another role now, still hands in what
//! they recorded about their own visits before.

use super::{
    deeds,
    request::{NewVisit, VisitCorrection, VisitWithdrawal},
    store::{self, Row},
    things::VISIT,
    words::VisitId,
};
use crate::{
    accompanied,
    app::mutation::{Applied, Applying, Mutation},
};
use contract::StaffRole;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "recordVisit", apply: |applying| Box::pin(record(applying)) },
    Mutation { operation: "correctVisit", apply: |applying| Box::pin(correct(applying)) },
    Mutation { operation: "finishVisitNextStep", apply: |applying| Box::pin(finish(applying)) },
    Mutation { operation: "withdrawVisit", apply: |applying| Box::pin(withdraw(applying)) },
];

async fn record(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.makes_something()?;
    let author = accompanied::recorder(applying.actor)?;
    let new: NewVisit = applying.body()?;
    accompanied::said_by_the_phone(&[("/body/id", new.id.is_none()), ("/body/zone", new.zone.is_none())])?;
    if new.parts.is_some() {
        let why = "each is a mutation of its own here, which names the visit";
        return Err(Error::field("/body/parts", "not_allowed", why));
    }
    let (met, is_theirs) = accompanied::met_when_recorded(applying, new.participant_id).await?;
    if let Ok((_, role)) = accompanied::author(applying.actor)
        && is_theirs
    {
        deeds::require_readers(new.readers, role).map_err(|error| error.below("/body"))?;
    }
    let times = (Some(applying.recorded_at), applying.now);
    let (row, audit) = deeds::record(applying.app, applying.tx, author, met, new, times)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

async fn correct(applying: &mut Applying<'_>) -> Result<Applied> {
    let (author, base) = (accompanied::recorder(applying.actor)?, applying.base_version()?);
    let mut row = held(applying).await?;
    if base > row.version {
        return Err(Error::changed(row.version));
    }
    let change: VisitCorrection = applying.body()?;
    // Nobody else corrects it, and what it said stays beside it; only a next step may have been done or set by another way meanwhile.
    if change.next_step.is_some() {
        require_unchanged(applying, &row, base).await?;
    }
    if let (Some(readers), Some(role)) = (change.readers, applying.actor.role()) {
        deeds::require_readers(readers, role).map_err(|error| error.below("/body"))?;
    }
    let audit = deeds::correct(applying.app, applying.tx, author, &mut row, change, applying.now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

async fn finish(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.no_body()?;
    let (staff, base) = (accompanied::recorder(applying.actor)?, applying.base_version()?);
    let mut row = held(applying).await?;
    // "Done" is said of the step that was seen, and of no other.
    if base > row.version || row.next_step_version.is_some_and(|set| set > base) {
        return Err(Error::changed(row.version));
    }
    if row.next_step_done_at.is_some() {
        // Somebody else said so before: it is so.
        let audit = Audit::new(&VISIT, "finish_next_step", row.id.0)
            .about(row.participant_id)
            .at(row.centre_id)
            .with("already", true);
        return Ok(applied(&row, audit));
    }
    let audit = deeds::finish_next_step(applying.app, applying.tx, staff, &mut row, applying.now).await?;
    Ok(applied(&row, audit))
}

async fn withdraw(applying: &mut Applying<'_>) -> Result<Applied> {
    let (staff, base) = (accompanied::recorder(applying.actor)?, applying.base_version()?);
    let withdrawal: VisitWithdrawal = applying.body()?;
    let mut row = held(applying).await?;
    deeds::require_own(&row, staff, applying.actor.role() == Some(StaffRole::Manager))?;
    if base > row.version {
        return Err(Error::changed(row.version));
    }
    if row.withdrawn_at.is_some() {
        // Somebody else said so before: it is so.
        return Ok(applied(&row, deeds::withdrawn(&row).with("already", true)));
    }
    // What was wrong may have been put right meanwhile.
    require_unchanged(applying, &row, base).await?;
    let audit =
        deeds::withdraw(applying.app, applying.tx, staff, &mut row, &withdrawal, applying.now).await?;
    Ok(applied(&row, audit))
}

/// Refuses what relies on a visit that somebody else has changed since.
async fn require_unchanged(applying: &mut Applying<'_>, row: &Row, base: i64) -> Result<()> {
    let behind: Vec<i64> = (base + 1..=row.version).collect();
    if applying.are_own(row.id.0, &behind).await? { Ok(()) } else { Err(Error::changed(row.version)) }
}

async fn held(applying: &mut Applying<'_>) -> Result<Row> {
    let (staff, id) = (accompanied::recorder(applying.actor)?, VisitId(applying.subject()?));
    let scope = applying.actor.staff_caseload()?;
    if let Some(row) = store::load_for_change(applying.tx, scope, id).await? {
        return Ok(row);
    }
    let since = accompanied::since(applying);
    let row = store::load_former_for_change(applying.tx, staff, id, since).await?;
    row.ok_or_else(Error::not_found)
}

fn applied(row: &Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &VISIT,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}
