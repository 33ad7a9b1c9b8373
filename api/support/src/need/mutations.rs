//! What can be done with needs without network. Whoever was taken out of a caseload meanwhile, or has another role now, still hands in what
//! they recorded before of what they found themselves. What was changed behind the version that the phone had is a conflict, but for what is
//! so already.

use super::{
    deeds::{self, When},
    request::{
        NeedClosing, NeedCorrection, NeedInHand, NeedReopening, NeedWithdrawal, NewNeed, NewNeedAreaAnswer,
        NewStrength,
    },
    store::{self, Row},
    strength,
    things::{NEED, NEEDS, STRENGTH},
    words::{NeedId, NeedState},
};
use crate::{
    accompanied,
    app::mutation::{Applied, Applying, Mutation},
};
use contract::{ParticipantId, StaffId};
use kernel::{
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "findNeed", apply: |applying| Box::pin(find(applying)) },
    Mutation { operation: "takeNeedInHand", apply: |applying| Box::pin(take_in_hand(applying)) },
    Mutation { operation: "closeNeed", apply: |applying| Box::pin(close(applying)) },
    Mutation { operation: "reopenNeed", apply: |applying| Box::pin(reopen(applying)) },
    Mutation { operation: "correctNeed", apply: |applying| Box::pin(correct(applying)) },
    Mutation { operation: "withdrawNeed", apply: |applying| Box::pin(withdraw(applying)) },
    Mutation { operation: "answerNeedArea", apply: |applying| Box::pin(answer_area(applying)) },
    Mutation { operation: "recordStrength", apply: |applying| Box::pin(record_strength(applying)) },
];

async fn find(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.makes_something()?;
    let author = accompanied::recorder(applying.actor)?;
    let new: NewNeed = applying.body()?;
    accompanied::said_by_the_phone(&[("/body/id", new.id.is_none())])?;
    let (met, _) = accompanied::met_when_recorded(applying, new.participant_id).await?;
    let when = when(applying);
    let (row, audit) =
        deeds::find(applying.app, applying.tx, author, met, new, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn take_in_hand(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: NeedInHand = if applying.body.is_null() { NeedInHand::default() } else { applying.body()? };
    let (staff, mut row, when) = held(applying, false).await?;
    if row.state == NeedState::InHand && row.withdrawn_at.is_none() {
        // Somebody else said so before: it is so.
        return Ok(applied(&row, deeds::audit(&row, "take_in_hand").with("already", true)).said_before());
    }
    require_unchanged(applying, &row).await?;
    let audit = deeds::take_in_hand(applying.app, applying.tx, staff, &mut row, &body, when)
        .await
        .map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn close(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: NeedClosing = applying.body()?;
    let (staff, mut row, when) = held(applying, false).await?;
    require_unchanged(applying, &row).await?;
    let audit =
        deeds::close(applying.app, applying.tx, staff, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn reopen(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: NeedReopening = applying.body()?;
    let (staff, mut row, when) = held(applying, false).await?;
    require_unchanged(applying, &row).await?;
    let audit =
        deeds::reopen(applying.app, applying.tx, staff, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn correct(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: NeedCorrection = applying.body()?;
    let (staff, mut row, when) = held(applying, false).await?;
    require_unchanged(applying, &row).await?;
    let audit =
        deeds::correct(applying.app, applying.tx, staff, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn withdraw(applying: &mut Applying<'_>) -> Result<Applied> {
    let body: NeedWithdrawal = applying.body()?;
    let (staff, mut row, when) = held(applying, true).await?;
    if row.withdrawn_at.is_some() {
        return Ok(applied(&row, deeds::audit(&row, "withdraw").with("already", true)).said_before());
    }
    require_unchanged(applying, &row).await?;
    let audit =
        deeds::withdraw(applying.app, applying.tx, staff, &mut row, &body, when).await.map_err(in_body)?;
    Ok(applied(&row, audit))
}

async fn answer_area(applying: &mut Applying<'_>) -> Result<Applied> {
    let staff = accompanied::recorder(applying.actor)?;
    let participant = ParticipantId(applying.subject()?);
    if applying.base_version.is_some() {
        return Err(Error::field("/base_version", "not_allowed", "what was said has no version"));
    }
    let body: NewNeedAreaAnswer = applying.body()?;
    let (met, _) = accompanied::met_when_recorded(applying, participant).await?;
    let (of, when) = ((participant, met), when(applying));
    let audit = deeds::answer_area(applying.app, applying.tx, staff, of, &body, when).await?;
    Ok(Applied {
        subject_kind: &NEEDS,
        subject: participant.0,
        participant: Some(participant),
        version: None,
        audit,
    })
}

async fn record_strength(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.makes_something()?;
    let author = accompanied::recorder(applying.actor)?;
    let new: NewStrength = applying.body()?;
    accompanied::said_by_the_phone(&[("/body/id", new.id.is_none())])?;
    let (met, _) = accompanied::met_when_recorded(applying, new.participant_id).await?;
    let times = (Some(applying.recorded_at), applying.now);
    let (row, audit) = strength::record_deed(applying.app, applying.tx, author, met, new, times).await?;
    Ok(Applied {
        subject_kind: &STRENGTH,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    })
}

const fn when(applying: &Applying<'_>) -> When {
    When { noted_at: Some(applying.recorded_at), now: applying.now }
}

/// What it is about: of whoever accompanies the participant, of a manager where they may do it as well, or of whoever found it formerly.
async fn held(applying: &mut Applying<'_>, is_for_managers: bool) -> Result<(StaffId, Row, When)> {
    let (staff, id) = (accompanied::recorder(applying.actor)?, NeedId(applying.subject()?));
    let scope = applying.actor.staff_caseload()?;
    let mut found = None;
    if is_for_managers || accompanied::author(applying.actor).is_ok() {
        found = store::load_for_change(applying.tx, scope, id).await?;
    }
    if found.is_none() {
        let since = accompanied::since(applying);
        found = store::load_former_for_change(applying.tx, staff, id, since).await?;
    }
    Ok((staff, found.ok_or_else(Error::not_found)?, when(applying)))
}

/// What was changed since by the same person's own phone is what they had seen.
async fn require_unchanged(applying: &mut Applying<'_>, row: &Row) -> Result<()> {
    let base = applying.base_version()?;
    let behind: Vec<i64> = (base + 1..=row.version).collect();
    if base > row.version || !applying.are_own(row.id.0, &behind).await? {
        return Err(Error::changed(row.version));
    }
    Ok(())
}

fn in_body(error: Error) -> Error {
    error.below("/body")
}

fn applied(row: &Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &NEED,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}
