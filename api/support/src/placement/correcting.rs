//! Correcting what was recorded wrongly of a placement. What it said is kept beside it.

use super::{
    answer::{FOR_ALL, FOR_MANAGERS, field, is_told_reasons},
    corrections::{self, Why},
    deeds::{self, at, line, next, refused, today},
    held, needs,
    parts::{self, Whole},
    remind,
    request::PlacementCorrection,
    rules::{self, Command},
    store::{self, Row},
    words::{EndReason, PlacementState},
};
use crate::{App, employer};
use contract::{StaffId, time::Instant};
use db::Tx;
use kernel::{
    access::Actor,
    audit::Audit,
    error::{Error, Result},
};

/// Corrects a placement.
pub async fn correct(
    app: &App,
    tx: &mut Tx,
    by: &Actor,
    whole: &mut Whole,
    mut change: PlacementCorrection,
    now: Instant,
) -> Result<Audit> {
    whole.row.state = next(&whole.row, Command::Correct)?;
    if change.given().is_empty() {
        return Err(Error::field("", "required", "must change at least one field"));
    }
    require_stage(&whole.row, &change)?;
    let key = app.keys.participants.key(whole.row.participant_id.0, &whole.row.data_key)?;
    let was = true_reason(app, &whole.row)?;
    let is_secret = |reason: Option<EndReason>| reason == Some(EndReason::NewDetention);
    if is_secret(was) && change.end_reason == Some(EndReason::Other) && !is_told_reasons(by) {
        // They send back what they were shown.
        change.end_reason = None;
    }
    // Of a correction by which nothing else than the secret is another one everybody could tell what it is, and its reason says so in words.
    let for_managers = change.end_reason.is_some() && is_secret(was) != is_secret(change.end_reason);
    let word: &[u8] = if for_managers { FOR_MANAGERS } else { FOR_ALL };
    let why = Why {
        reason: key.seal_text(field("reason_sealed", whole.row.id), &change.reason, &*app.random)?,
        for_managers: key.seal(field("for_managers_sealed", whole.row.id), word, &*app.random)?,
    };
    corrections::keep_former(tx, whole.row.id, StaffId(by.person()), &why, None, now).await?;
    let was_better = was == Some(EndReason::BetterJob);
    let are_dates = change.from.is_some() || change.until.is_some() || change.end_reason.is_some();
    apply(app, tx, whole, change, now).await?;
    whole.row.corrected_at = Some(now);
    whole.row.count(now);
    store::update(tx, &whole.row).await?;
    parts::insert_fact(tx, &whole.row).await?;
    if are_dates {
        let reason = true_reason(app, &whole.row)?;
        held::reckon_again(app, tx, whole, reason).await?;
        needs::stand_as(app, tx, whole, now).await?;
        match (was_better, reason) {
            (false, Some(EndReason::BetterJob)) => needs::is_seen_to(app, tx, &whole.row, now).await?,
            (true, Some(reason)) if reason != EndReason::BetterJob => {
                needs::is_lost(app, tx, &whole.row, now).await?;
            }
            _ => {}
        }
    }
    tx.changed(whole.row.changed());
    remind::plan_again(app, tx, whole, now).await?;
    // Not which fields: where none of those that everybody may read is another, it was the secret one.
    Ok(line(&whole.row, "correct"))
}

/// A day that has not been is not corrected, but recorded.
fn require_stage(row: &Row, change: &PlacementCorrection) -> Result<()> {
    if change.from.is_some() && row.started.is_none() {
        return Err(Error::field("/from", "not_allowed", "it has not begun"));
    }
    for (field, is_given) in
        [("/until", change.until.is_some()), ("/end_reason", change.end_reason.is_some())]
    {
        if is_given && row.state != PlacementState::Ended {
            return Err(Error::field(field, "not_allowed", "it has not ended"));
        }
    }
    Ok(())
}

async fn apply(
    app: &App,
    tx: &mut Tx,
    whole: &mut Whole,
    change: PlacementCorrection,
    now: Instant,
) -> Result<()> {
    let zone = store::zone_of(tx, whole.row.centre_id).await?;
    let today = today(app, &zone, now)?;
    let row = &mut whole.row;
    if let Some(kind) = change.kind {
        if rules::pathway(kind) != rules::pathway(row.kind) {
            return Err(Error::field(
                "/kind",
                "other_pathway",
                "the stages that are recorded do not lead to this kind",
            ));
        }
        row.kind = kind;
    }
    match change.employer_id {
        None => {}
        Some(None) => (row.employer_id, row.employer_name_sealed) = (None, None),
        Some(Some(employer)) => {
            let name = employer::store::name_at(tx, employer, row.centre_id).await?;
            let unknown =
                || Error::field("/employer_id", "unknown", "is no employer of the participant's centre");
            (row.employer_id, row.employer_name_sealed) = (Some(employer), Some(name.ok_or_else(unknown)?));
        }
    }
    if let Some(hours) = change.hours_a_week {
        row.hours_a_week = hours.map(Into::into);
    }
    if let Some(from) = change.from {
        rules::check_past(from, today).map_err(at("/from"))?;
        let born = store::birth_year(tx, row.participant_id).await?;
        rules::check_age(from, born).map_err(at("/from"))?;
        row.started = Some(from);
    }
    if let Some(until) = change.until {
        rules::check_past(until, today).map_err(at("/until"))?;
        row.ended = Some(until);
    }
    if let (Some(from), Some(until)) = (row.started, row.ended) {
        let field = if change.until.is_some() { "/until" } else { "/from" };
        rules::check_after(until, from).map_err(at(field))?;
    }
    if let Some(reason) = change.end_reason {
        deeds::set_reason(app, row, reason)?;
    }
    Ok(())
}

/// Why it ended, as it was said.
pub fn true_reason(app: &App, row: &Row) -> Result<Option<EndReason>> {
    let Some(sealed) = &row.end_reason_sealed else { return Ok(row.end_reason) };
    let key = app.keys.participants.key(row.participant_id.0, &row.data_key)?;
    let word = key.open(field("end_reason_sealed", row.id), sealed)?;
    let word = std::str::from_utf8(&word).map_err(Error::internal)?;
    word.parse().map(Some).map_err(|_| refused(row, "a later version of the service ended it"))
}
