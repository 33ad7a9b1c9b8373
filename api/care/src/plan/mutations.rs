//! What can be done with plans without network: saying at which appointment a conversation is, and that one is not needed. Starting and changing a
//! plan needs one: what it would do is looked at first.

use super::{
    request::SessionLink,
    rules::PLANNERS,
    sessions::{self, Held},
    things::PLAN_SESSION,
    words::PlanSessionId,
};
use crate::app::mutation::{Applied, Applying, Mutation};
use contract::AppointmentId;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "linkPlanSession", apply: |applying| Box::pin(link(applying)) },
    Mutation { operation: "cancelPlanSession", apply: |applying| Box::pin(cancel(applying)) },
];

async fn link(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.actor.staff(PLANNERS)?;
    let new: SessionLink = applying.body()?;
    let mut held = held(applying, Some(new.appointment_id)).await?;
    let (app, now) = (applying.app, applying.now);
    let audit = sessions::link(app, applying.tx, applying.actor, &mut held, &new, now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&held, audit))
}

async fn cancel(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.actor.staff(PLANNERS)?;
    applying.no_body()?;
    let mut held = held(applying, None).await?;
    let (app, now) = (applying.app, applying.now);
    let audit = sessions::cancel(app, applying.tx, applying.actor, &mut held, now).await?;
    Ok(applied(&held, audit))
}

/// The conversation, held, if nobody else did anything about it since the phone had it.
async fn held(applying: &mut Applying<'_>, appointment: Option<AppointmentId>) -> Result<Held> {
    let (scope, id) = (applying.actor.staff_caseload()?, PlanSessionId(applying.subject()?));
    let base = applying.base_version()?;
    let held = sessions::held(applying.tx, scope, id, appointment).await?;
    let version = held.session.version;
    if base > version {
        return Err(Error::changed(version));
    }
    // What the same person did before is no news to them.
    let behind: Vec<i64> = (base..version).map(|before| before + 1).collect();
    if applying.are_own(id.0, &behind).await? { Ok(held) } else { Err(Error::changed(version)) }
}

fn applied(held: &Held, audit: Audit) -> Applied {
    Applied {
        subject_kind: &PLAN_SESSION,
        subject: held.session.id.0,
        participant: Some(held.session.participant_id),
        version: Some(held.session.version),
        audit,
    }
}
