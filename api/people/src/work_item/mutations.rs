//! What can be done with work items without network. What is so already is so: two who saw to the same one are no conflict.

use super::{
    deeds::{self, Deed},
    store,
    things::WORK_ITEM,
    words::{WorkItemId, WorkItemState},
};
use crate::app::mutation::{Applied, Applying, Mutation};
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "takeWorkItem", apply: |applying| Box::pin(without_body(applying, Deed::Take)) },
    Mutation {
        operation: "finishWorkItem",
        apply: |applying| Box::pin(without_body(applying, Deed::Finish)),
    },
    Mutation { operation: "dismissWorkItem", apply: |applying| Box::pin(dismiss(applying)) },
    Mutation { operation: "snoozeWorkItem", apply: |applying| Box::pin(snooze(applying)) },
];

async fn without_body(applying: &mut Applying<'_>, deed: Deed) -> Result<Applied> {
    applying.no_body()?;
    apply(applying, deed).await
}

async fn dismiss(applying: &mut Applying<'_>) -> Result<Applied> {
    let deed = Deed::Dismiss(applying.body()?);
    apply(applying, deed).await
}

async fn snooze(applying: &mut Applying<'_>) -> Result<Applied> {
    let deed = Deed::Snooze(applying.body()?);
    apply(applying, deed).await
}

async fn apply(applying: &mut Applying<'_>, deed: Deed) -> Result<Applied> {
    let (id, base) = (WorkItemId(applying.subject()?), applying.base_version()?);
    let scope = applying.actor.staff_caseload()?;
    deeds::by(applying.actor)?;
    let row = store::load_for_change(applying.tx, scope, id).await?;
    let mut row = row.ok_or_else(Error::not_found)?;
    if base > row.version {
        return Err(Error::changed(row.version));
    }
    let closes = matches!(deed, Deed::Finish | Deed::Dismiss(_));
    if closes && !row.state.is_open() {
        // Somebody else saw to it, or its cause went away.
        let verb = if row.state == WorkItemState::Dismissed { "dismiss" } else { "finish" };
        let audit = Audit::new(&WORK_ITEM, verb, row.id.0)
            .about(row.participant_id)
            .at(row.centre_id)
            .with("already", row.state.as_str());
        return Ok(applied(&row, audit));
    }
    // Whoever saw to it has seen to it, whoever took it meanwhile; but not to what came again afterwards.
    if closes && base < row.raised_version {
        return Err(Error::changed(row.version));
    }
    // To take it or to put it off is said of what was seen.
    if !closes && row.version > base {
        let behind: Vec<i64> = (base + 1..=row.version).collect();
        if !applying.are_own(row.id.0, &behind).await? {
            return Err(Error::changed(row.version));
        }
    }
    let audit = deeds::carry_out(applying.app, applying.tx, applying.actor, &mut row, deed, applying.now)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

fn applied(row: &store::Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &WORK_ITEM,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}
