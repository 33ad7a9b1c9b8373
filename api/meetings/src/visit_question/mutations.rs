//! What can be done with questions without network: their author answers. Asking is done where there is one.

use super::{VisitQuestionId, deeds, request::VisitQuestionAnswer, store};
use crate::{
    accompanied,
    app::mutation::{Applied, Applying, Mutation},
    visit::things::VISIT_QUESTION,
};
use kernel::error::{Error, Result};

/// What can be done.
pub const MUTATIONS: &[Mutation] =
    &[Mutation { operation: "answerVisitQuestion", apply: |applying| Box::pin(answer(applying)) }];

async fn answer(applying: &mut Applying<'_>) -> Result<Applied> {
    let (staff, base) = (accompanied::recorder(applying.actor)?, applying.base_version()?);
    let id = VisitQuestionId(applying.subject()?);
    let said: VisitQuestionAnswer = applying.body()?;
    let scope = applying.actor.staff_caseload()?;
    store::hold_visit(applying.tx, id).await?;
    let mut found = store::load_for_change(applying.tx, scope, id).await?;
    if found.is_none() {
        let since = accompanied::since(applying);
        found = store::load_former_for_change(applying.tx, staff, id, since).await?;
    }
    let mut row = found.ok_or_else(Error::not_found)?;
    if base != row.version {
        return Err(Error::changed(row.version));
    }
    let audit = deeds::answer(applying.app, applying.tx, staff, &mut row, &said, applying.now).await?;
    Ok(Applied {
        subject_kind: &VISIT_QUESTION,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    })
}
