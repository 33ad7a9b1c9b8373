//! Putting right what was recorded of a milestone: by what it is known that it was held, or that it is known at all. What was said is kept
//! beside it, with who put it right and why.

use super::{
    agreements,
    answer::{FOR_ALL, field},
    correcting::true_reason,
    corrections::{self, Why},
    deeds::{line, next, refused, today},
    held, needs,
    parts::{self, MilestoneRow, Whole},
    remind,
    request::{MilestoneCorrection, MilestoneWithdrawal},
    rules::Command,
    store, timers,
    words::{Evidence, Milestone, MilestoneClosing, MilestoneState},
};
use crate::App;
use contract::{StaffId, time::Instant};
use db::Tx;
use kernel::{
    audit::Audit,
    error::{Error, Result},
    protect::privacy::Note,
};

/// Corrects by what it is known that a placement was held for so long. Who verified it, and when, stays.
pub async fn correct(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    change: MilestoneCorrection,
    times: (Option<Instant>, Instant),
) -> Result<Audit> {
    whole.row.state = next(&whole.row, Command::CorrectMilestone)?;
    if change.evidence.is_none() && change.confidence.is_none() && change.on.is_none() {
        return Err(Error::field("", "required", "must change at least one field"));
    }
    let (_, now) = times;
    let mut one = verified(whole, change.milestone)?;
    if let Some(evidence) = change.evidence.filter(|evidence| one.evidence != Some(*evidence)) {
        one.evidence_consent = match evidence {
            Evidence::Employer => Some(agreements::ground(app, tx, &whole.row, times).await?),
            _ => None,
        };
        one.evidence = Some(evidence);
    }
    if let Some(confidence) = change.confidence {
        one.confidence = Some(confidence);
    }
    if let Some(on) = change.on {
        let zone = store::zone_of(tx, whole.row.centre_id).await?;
        let first = held::first_day(&whole.row, &one);
        one.held_on = Some(held::evidence_day(on, today(app, &zone, now)?, first)?);
    }
    put(app, tx, by, whole, one, &change.reason, now).await?;
    tx.changed(whole.row.changed());
    Ok(line(&whole.row, "correct_milestone"))
}

/// Takes back that a placement was held for so long: somebody is asked again, or has missed it if their time is over.
pub async fn withdraw(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    withdrawal: MilestoneWithdrawal,
    now: Instant,
) -> Result<Audit> {
    whole.row.state = next(&whole.row, Command::WithdrawMilestone)?;
    let mut one = verified(whole, withdrawal.milestone)?;
    // While it was taken as known it followed no other zone of the centre.
    let zone = store::zone_of(tx, whole.row.centre_id).await?;
    one.due_at = app.zones.resolve(one.local_due, &zone).map_err(Error::internal)?.instant;
    one.zone = zone;
    let is_accompanied = store::is_accompanied(tx, whole.row.participant_id).await?;
    let mut course = one.course().unverified(is_accompanied, now);
    let ended = whole.row.ended.zip(true_reason(app, &whole.row)?);
    if let Some((until, reason)) = ended {
        course = course.ended(held::first_day(&whole.row, &one), until, reason);
    }
    one.take(course);
    (one.evidence, one.evidence_consent, one.confidence) = (None, None, None);
    (one.held_on, one.verified_at, one.verified_by) = (None, None, None);
    put(app, tx, by, whole, one, &withdrawal.reason, now).await?;
    tx.changed(whole.row.changed());
    timers::note_due(tx, whole).await?;
    remind::plan_again(app, tx, whole, now).await?;
    if course.state == MilestoneState::Pending && course.asked_at.is_some() {
        needs::is_due(app, tx, &whole.row, now).await?;
    }
    if course.closed_for == Some(MilestoneClosing::NotVerified) {
        needs::is_missed(app, tx, &whole.row, now).await?;
    }
    needs::stand_as(app, tx, whole, now).await?;
    Ok(line(&whole.row, "withdraw_milestone"))
}

/// A milestone of this placement, if somebody verified it.
fn verified(whole: &Whole, milestone: Milestone) -> Result<MilestoneRow> {
    let one = whole.milestones.iter().find(|one| one.milestone == milestone);
    let one =
        one.ok_or_else(|| Error::field("/milestone", "unknown", "is no milestone of this placement"))?;
    if one.state == MilestoneState::Achieved {
        Ok(one.clone())
    } else {
        Err(refused(&whole.row, "nobody verified this milestone"))
    }
}

/// Keeps what was said of a milestone and why that was wrong, and writes how it stands from now on. It is no change of the placement itself: its
/// end is none the worse for it.
async fn put(
    app: &App,
    tx: &mut Tx,
    by: StaffId,
    whole: &mut Whole,
    mut one: MilestoneRow,
    reason: &Note,
    now: Instant,
) -> Result<()> {
    let id = whole.row.id;
    let key = app.keys.participants.key(whole.row.participant_id.0, &whole.row.data_key)?;
    let why = Why {
        reason: key.seal_text(field("reason_sealed", id), reason, &*app.random)?,
        for_managers: key.seal(field("for_managers_sealed", id), FOR_ALL, &*app.random)?,
    };
    corrections::keep_former(tx, id, by, &why, Some(one.milestone), now).await?;
    whole.row.version += 1;
    (whole.row.changed_at, whole.row.corrected_at) = (now, Some(now));
    store::update(tx, &whole.row).await?;
    one.said_version = Some(whole.row.version);
    parts::update_milestone(tx, &one).await?;
    if let Some(kept) = whole.milestones.iter_mut().find(|kept| kept.milestone == one.milestone) {
        *kept = one;
    }
    Ok(())
}
