//! What can be done with check-ins without network. That time has passed is never a conflict: a version counts what people did, and answers are
//! taken late as well. A participant speaks for themself, whatever anybody answered for them meanwhile; and what asks for help is heard, though it
//! cannot stand any more.

use super::{
    answers::Extent,
    correcting,
    deeds::{self, By},
    request::{AnswersCorrection, NewAnswers, NewCheckInExcuse},
    rules::{Command, TAKEN_AFTERWARDS},
    store::{self, Row},
    things::CHECK_IN,
    words::CheckInId,
};
use crate::app::mutation::{Applied, Applying, Mutation};
use contract::ProblemCode;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
};

/// What can be done.
pub const MUTATIONS: &[Mutation] = &[
    Mutation { operation: "saveCheckInAnswers", apply: |applying| Box::pin(answer(applying, Extent::Some)) },
    Mutation { operation: "submitCheckIn", apply: |applying| Box::pin(answer(applying, Extent::Whole)) },
    Mutation { operation: "correctCheckInAnswers", apply: |applying| Box::pin(correct(applying)) },
    Mutation { operation: "reviewCheckIn", apply: |applying| Box::pin(review(applying)) },
    Mutation { operation: "excuseCheckIn", apply: |applying| Box::pin(excuse(applying)) },
];

async fn answer(applying: &mut Applying<'_>, extent: Extent) -> Result<Applied> {
    let mut row = held_for_answers(applying, deeds::command(extent)).await?;
    let base = applying.base_version()?;
    let new: NewAnswers = applying.body()?;
    let by = by(applying);
    if let Some(refusal) = refusal(applying, &row, base, extent).await? {
        // Whoever asks for help is heard, whatever became of the check-in since.
        let heard = deeds::hear(applying.app, applying.tx, by, &mut row, new, extent).await?;
        return heard.map(|audit| applied(&row, audit)).ok_or(refusal);
    }
    let audit = deeds::answer(applying.app, applying.tx, by, &mut row, new, extent)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

/// Why the answers cannot stand; nothing if they can.
async fn refusal(applying: &mut Applying<'_>, row: &Row, base: i64, extent: Extent) -> Result<Option<Error>> {
    let speaks_for_themself = matches!(applying.actor, Actor::Participant { .. });
    if !(speaks_for_themself && extent == Extent::Whole)
        && let Err(error) = require_seen(applying, row, base).await
    {
        return if error.code() == Some(ProblemCode::Changed) { Ok(Some(error)) } else { Err(error) };
    }
    Ok(deeds::refusal(by(applying), row, extent))
}

/// Whoever corrects relies on what was answered: if somebody else has corrected it since, they are told. What asks for help is heard all the same.
async fn correct(applying: &mut Applying<'_>) -> Result<Applied> {
    let mut row = held_for_answers(applying, Command::CorrectAnswers).await?;
    let base = applying.base_version()?;
    let change: AnswersCorrection = applying.body()?;
    let by = by(applying);
    let refusal = match require_seen(applying, &row, base).await {
        Ok(()) => correcting::refusal(by, &row),
        Err(error) if error.code() == Some(ProblemCode::Changed) => Some(error),
        Err(error) => return Err(error),
    };
    if let Some(refusal) = refusal {
        let said = correcting::answers(change);
        let heard = deeds::hear(applying.app, applying.tx, by, &mut row, said, Extent::Whole).await?;
        return heard.map(|audit| applied(&row, audit)).ok_or(refusal);
    }
    let audit = correcting::correct(applying.app, applying.tx, by, &mut row, change)
        .await
        .map_err(|error| error.below("/body"))?;
    Ok(applied(&row, audit))
}

async fn review(applying: &mut Applying<'_>) -> Result<Applied> {
    applying.no_body()?;
    deeds::require(applying.actor, Command::Review)?;
    let base = applying.base_version()?;
    let mut row = held(applying).await?;
    require_seen(applying, &row, base).await?;
    let audit = deeds::review(applying.app, applying.tx, by(applying), &mut row).await?;
    Ok(applied(&row, audit))
}

async fn excuse(applying: &mut Applying<'_>) -> Result<Applied> {
    deeds::require(applying.actor, Command::Excuse)?;
    applying.base_version()?;
    let new: NewCheckInExcuse = applying.body()?;
    let mut row = held(applying).await?;
    let audit = deeds::excuse(applying.app, applying.tx, by(applying), &mut row, new.reason).await?;
    Ok(applied(&row, audit))
}

/// Refuses what relies on answers that somebody else has replaced since.
async fn require_seen(applying: &mut Applying<'_>, row: &Row, base: i64) -> Result<()> {
    let Some(set) = row.answers_version.filter(|set| *set > base) else {
        return if base > row.version { Err(Error::changed(row.version)) } else { Ok(()) };
    };
    // What the same person did before is no news to them.
    let behind: Vec<i64> = (base + 1..=set).collect();
    if applying.are_own(row.id.0, &behind).await? { Ok(()) } else { Err(Error::changed(row.version)) }
}

fn by<'a>(applying: &Applying<'a>) -> By<'a> {
    By { actor: applying.actor, recorded_at: Some(applying.recorded_at), now: applying.now }
}

/// The check-in, held.
async fn held(applying: &mut Applying<'_>) -> Result<Row> {
    let (scope, id) = (applying.actor.caseload()?, CheckInId(applying.subject()?));
    store::load_for_change(applying.tx, scope, id).await?.ok_or_else(Error::not_found)
}

/// The check-in, held, for answers. Whoever lost the participant since, or has another role now, still hands in those that they had heard before.
async fn held_for_answers(applying: &mut Applying<'_>, command: Command) -> Result<Row> {
    let refusal = match deeds::require(applying.actor, command) {
        Ok(()) => match held(applying).await {
            Err(error) if error.code() == Some(ProblemCode::NotFound) => error,
            found => return found,
        },
        Err(refusal) => refusal,
    };
    let (Actor::Staff { id: staff, .. }, Some(id)) = (applying.actor, applying.subject) else {
        return Err(refusal);
    };
    let since = (applying.recorded_at, applying.now.saturating_sub(TAKEN_AFTERWARDS));
    let row = store::load_former_for_change(applying.tx, *staff, CheckInId(id), since).await?;
    row.ok_or(refusal)
}

fn applied(row: &Row, audit: Audit) -> Applied {
    Applied {
        subject_kind: &CHECK_IN,
        subject: row.id.0,
        participant: Some(row.participant_id),
        version: Some(row.version),
        audit,
    }
}
