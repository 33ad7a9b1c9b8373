//! What can be done with calls without network. Whoever was taken out of a caseload meanwhile, or has another role now, still hands in whom they told
//! before.

use super::{
    deeds,
    request::CallSettling,
    store::{self, Row},
    things::REMINDER_CALL,
    words::ReminderCallId,
};
use crate::{
    accompanied,
    app::mutation::{Applied, Applying, Mutation},
};
use contract::{ReminderId, StaffRole};
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "settleCall", apply: |applying| Box::pin(settle(applying)) },
    Mutation { operation: "withdrawReminderCall", apply: |applying| Box::pin(withdraw(applying)) },
];

async fn settle(applying: &mut Applying<'_>) -> Result<Applied> {
    let staff = accompanied::recorder(applying.actor)?;
    let reminder = ReminderId(applying.subject()?);
    if applying.base_version.is_some() {
        return Err(Error::field("/base_version", "not_allowed", "whoever was told was told"));
    }
    let body: CallSettling = applying.body()?;
    let left_out = [
        ("/body/id", body.id.is_none()),
        ("/body/local_at", body.local_at.is_none()),
        ("/body/zone", body.zone.is_none()),
    ];
    accompanied::said_by_the_phone(&left_out)?;
    let told = store::recipient(applying.tx, reminder).await?.ok_or_else(Error::not_found)?;
    let met = match applying.actor.staff_caseload() {
        Ok(scope) => accompanied::met(applying.tx, scope, told.participant_id).await?,
        Err(_) => None,
    };
    let met = match met {
        Some(met) => met,
        None => accompanied::met_when_recorded(applying, told.participant_id).await?.0,
    };
    let times = (Some(applying.recorded_at), applying.now);
    let whose = (reminder, told.participant_id, met);
    let (row, audit) = deeds::settle(applying.app, applying.tx, staff, whose, body, times)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

async fn withdraw(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.no_body()?;
    let (staff, base) = (accompanied::recorder(applying.actor)?, applying.base_version()?);
    let id = ReminderCallId(applying.subject()?);
    let scope = applying.actor.staff_caseload()?;
    let mut row = store::load_for_change(applying.tx, scope, id).await?.ok_or_else(Error::not_found)?;
    deeds::require_own(&row, staff, applying.actor.role() == Some(StaffRole::Manager))?;
    if base > row.version {
        return Err(Error::changed(row.version));
    }
    if row.withdrawn_at.is_some() {
        // Somebody else said so before: it is so.
        return Ok(applied(&row, deeds::audit_of(&row, "withdraw").with("already", true)));
    }
    let audit = deeds::withdraw(applying.app, applying.tx, staff, &mut row, applying.now).await?;
    Ok(applied(&row, audit))
}

fn applied(row: &Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &REMINDER_CALL,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}
