//! What can be done with attempts without network. Whoever was taken out of a caseload meanwhile, or has another role now, still hands in what
//! they recorded of their own before.

use super::{
    deeds,
    request::{ContactAttemptWithdrawal, NewContactAttempt},
    store::{self, Row},
    things::CONTACT_ATTEMPT,
    words::ContactAttemptId,
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
    Mutation { operation: "recordContactAttempt", apply: |applying| Box::pin(record(applying)) },
    Mutation { operation: "withdrawContactAttempt", apply: |applying| Box::pin(withdraw(applying)) },
];

async fn record(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.makes_something()?;
    let author = accompanied::recorder(applying.actor)?;
    let new: NewContactAttempt = applying.body()?;
    accompanied::said_by_the_phone(&[("/body/id", new.id.is_none()), ("/body/zone", new.zone.is_none())])?;
    let (met, _) = accompanied::met_when_recorded(applying, new.participant_id).await?;
    let times = (Some(applying.recorded_at), applying.now);
    let (row, audit) = deeds::record(applying.app, applying.tx, author, met, new, times)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

async fn withdraw(applying: &mut Applying<'_>) -> Result<Applied> {
    let (staff, base) = (accompanied::recorder(applying.actor)?, applying.base_version()?);
    let id = ContactAttemptId(applying.subject()?);
    let withdrawal: ContactAttemptWithdrawal = applying.body()?;
    let scope = applying.actor.staff_caseload()?;
    let mut found = store::load_for_change(applying.tx, scope, id).await?;
    if found.is_none() {
        let since = accompanied::since(applying);
        found = store::load_former_for_change(applying.tx, staff, id, since).await?;
    }
    let mut row = found.ok_or_else(Error::not_found)?;
    deeds::require_own(&row, staff, applying.actor.role() == Some(StaffRole::Manager))?;
    if base > row.version {
        return Err(Error::changed(row.version));
    }
    if row.withdrawn_at.is_some() {
        // Somebody else said so before: it is so.
        return Ok(applied(&row, deeds::withdrawn(&row).with("already", true)));
    }
    let audit =
        deeds::withdraw(applying.app, applying.tx, staff, &mut row, &withdrawal, applying.now).await?;
    Ok(applied(&row, audit))
}

fn applied(row: &Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &CONTACT_ATTEMPT,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}
