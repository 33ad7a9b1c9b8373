//! What can be done with questions without network: their author answers, and corrects what they answered. Asking is done where there is one.

use super::{
    VisitQuestionId, deeds,
    request::{VisitAnswerCorrection, VisitQuestionAnswer},
    store::{self, Row},
};
use crate::{
    accompanied,
    app::mutation::{Applied, Applying, Mutation},
    visit::things::VISIT_QUESTION,
};
use contract::StaffId;
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "answerVisitQuestion", apply: |applying| Box::pin(answer(applying)) },
    Mutation { operation: "correctVisitAnswer", apply: |applying| Box::pin(correct_answer(applying)) },
];

async fn answer(applying: &mut Applying<'_>) -> Result<Applied> {
    let staff = accompanied::recorder(applying.actor)?;
    let said: VisitQuestionAnswer = applying.body()?;
    let mut row = as_seen(applying, staff).await?;
    let audit = deeds::answer(applying.app, applying.tx, staff, &mut row, &said, applying.now).await?;
    Ok(applied(&row, audit))
}

async fn correct_answer(applying: &mut Applying<'_>) -> Result<Applied> {
    let staff = accompanied::recorder(applying.actor)?;
    let change: VisitAnswerCorrection = applying.body()?;
    let mut row = as_seen(applying, staff).await?;
    let (app, now) = (applying.app, applying.now);
    let audit = deeds::correct_answer(app, applying.tx, staff, &mut row, &change, now).await?;
    Ok(applied(&row, audit))
}

/// The question, held behind its visit, if it is still as its author saw it; also of somebody whom they accompanied when they recorded this.
async fn as_seen(applying: &mut Applying<'_>, staff: StaffId) -> Result<Row> {
    let (base, id) = (applying.base_version()?, VisitQuestionId(applying.subject()?));
    let scope = applying.actor.staff_caseload()?;
    store::hold_visit(applying.tx, id).await?;
    let mut found = store::load_for_change(applying.tx, scope, id).await?;
    if found.is_none() {
        let since = accompanied::since(applying);
        found = store::load_former_for_change(applying.tx, staff, id, since).await?;
    }
    let row = found.ok_or_else(Error::not_found)?;
    if base == row.version { Ok(row) } else { Err(Error::changed(row.version)) }
}

fn applied(row: &Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &VISIT_QUESTION,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}
