//! What can be done with visits without network.

use super::{
    deeds,
    request::{NewVisit, VisitCorrection},
    rules::TAKEN_AFTERWARDS,
    store::{self, Row},
    things::VISIT,
    words::VisitId,
};
use crate::app::mutation::{Applied, Applying, Mutation};
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "recordVisit", apply: |applying| Box::pin(record(applying)) },
    Mutation { operation: "correctVisit", apply: |applying| Box::pin(correct(applying)) },
    Mutation { operation: "finishVisitNextStep", apply: |applying| Box::pin(finish(applying)) },
];

async fn record(applying: &mut Applying<'_>) -> Result<Applied> {
    if applying.subject.is_some() || applying.base_version.is_some() {
        return Err(Error::field("/subject_id", "not_allowed", "what is made names itself in the body"));
    }
    let (author, _) = deeds::author(applying.actor)?;
    let scope = applying.actor.caseload()?;
    let new: NewVisit = applying.body()?;
    if new.id.is_none() {
        return Err(Error::field("/body/id", "required", "the phone chooses it, to speak of it later"));
    }
    let (now, participant) = (applying.now, new.participant_id);
    let met = match store::met(applying.tx, scope, participant).await? {
        Some(met) => Some(met),
        // What was seen in the field must not be lost because somebody else accompanies them by now.
        None => {
            let since = (applying.recorded_at, now.saturating_sub(TAKEN_AFTERWARDS));
            store::formerly_met(applying.tx, author, participant, since).await?
        }
    };
    let met = met.ok_or_else(Error::not_found)?;
    let (row, audit) = deeds::record(applying.app, applying.tx, applying.actor, met, new, now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

async fn correct(applying: &mut Applying<'_>) -> Result<Applied> {
    deeds::author(applying.actor)?;
    let mut row = held(applying).await?;
    let base = applying.base_version()?;
    let behind: Vec<i64> = (base + 1..=row.version).collect();
    // What the same person did before is no news to them.
    if base > row.version || (!behind.is_empty() && !applying.are_own(row.id.0, &behind).await?) {
        return Err(Error::changed(row.version));
    }
    let change: VisitCorrection = applying.body()?;
    let audit = deeds::correct(applying.app, applying.tx, applying.actor, &mut row, change, applying.now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

async fn finish(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.no_body()?;
    let mut row = held(applying).await?;
    let audit =
        deeds::finish_next_step(applying.app, applying.tx, applying.actor, &mut row, applying.now).await?;
    Ok(applied(&row, audit))
}

async fn held(applying: &mut Applying<'_>) -> Result<Row> {
    let (scope, id) = (applying.actor.staff_caseload()?, VisitId(applying.subject()?));
    store::load_for_change(applying.tx, scope, id).await?.ok_or_else(Error::not_found)
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
