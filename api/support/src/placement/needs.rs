//! What about a placement needs somebody: a milestone of which nobody knows yet whether it was held, and work that was lost. Each is one
//! item, however often it comes, and goes when its cause does.

use super::{
    parts::{MilestoneRow, Whole},
    store::{self, Row},
    words::{MilestoneClosing, MilestoneState},
};
use crate::{
    App,
    work_item::{self, Raise, WorkCause},
};
use contract::{CentreId, ParticipantId, time::Instant};
use db::Tx;
use kernel::error::Result;

/// A milestone has fallen due.
pub async fn is_due(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    raise(app, tx, WorkCause::MilestoneDue, row, now).await
}

/// Nobody said in time that a milestone was held.
pub async fn is_missed(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    raise(app, tx, WorkCause::MilestoneMissed, row, now).await
}

/// What an employer could know rested on a consent that has ended: whoever leads sees to it that nobody speaks with them any more.
/// Once the placement is over nobody does.
pub async fn consent_ended(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    if !row.is_open() {
        return Ok(());
    }
    raise(app, tx, WorkCause::EmployerConsentEnded, row, now).await
}

/// The employer may know something again, or nobody has anything to do with them any more.
pub async fn consent_is_back(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    resolve(app, tx, WorkCause::EmployerConsentEnded, row, now).await
}

/// What is no longer so of its milestones needs nobody any more.
pub async fn stand_as(app: &App, tx: &mut Tx, whole: &Whole, now: Instant) -> Result<()> {
    let is_asked = |one: &MilestoneRow| one.state == MilestoneState::Pending && one.asked_at.is_some();
    if !whole.milestones.iter().any(is_asked) {
        resolve(app, tx, WorkCause::MilestoneDue, &whole.row, now).await?;
    }
    let is_missed = |one: &MilestoneRow| {
        one.state == MilestoneState::Missed && one.closed_for == Some(MilestoneClosing::NotVerified)
    };
    if !whole.milestones.iter().any(is_missed) {
        resolve(app, tx, WorkCause::MilestoneMissed, &whole.row, now).await?;
    }
    Ok(())
}

/// Whoever lost their work is on the way to another, or this placement was not lost after all: that was what somebody was to see to.
pub async fn is_seen_to(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    let open = store::open_loss(tx, row.participant_id).await?;
    let lost = store::lost_by(tx, row.participant_id).await?;
    if !lost.contains(&row.id.0) {
        resolve(app, tx, WorkCause::JobLost, row, now).await?;
    }
    for lost in lost.into_iter().filter(|lost| Some(*lost) != open) {
        work_item::resolve(app, tx, WorkCause::JobLost, lost, now).await?;
    }
    Ok(())
}

/// Work was lost, or what was to come after a loss is no more. Whether somebody is to act is decided from what is recorded by now: an end
/// behind which something else runs calls nobody, and a placement that was entered by mistake silences nothing.
pub async fn is_lost(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    is_seen_to(app, tx, row, now).await?;
    stands_lost(app, tx, row.participant_id, row.centre_id, now).await
}

/// Of this participant the last work was lost, and nothing came after it: somebody is to act.
pub async fn stands_lost(
    app: &App,
    tx: &mut Tx,
    participant: ParticipantId,
    centre: CentreId,
    now: Instant,
) -> Result<()> {
    let Some(subject) = store::open_loss(tx, participant).await? else { return Ok(()) };
    if !store::is_accompanied(tx, participant).await? {
        return Ok(());
    }
    work_item::raise(app, tx, Raise { cause: WorkCause::JobLost, subject, participant, centre }, now).await
}

/// Of whoever is no longer accompanied nobody has to do anything.
async fn raise(app: &App, tx: &mut Tx, cause: WorkCause, row: &Row, now: Instant) -> Result<()> {
    let (participant, centre) = (row.participant_id, row.centre_id);
    if !store::is_accompanied(tx, participant).await? {
        return Ok(());
    }
    work_item::raise(app, tx, Raise { cause, subject: row.id.0, participant, centre }, now).await
}

async fn resolve(app: &App, tx: &mut Tx, cause: WorkCause, row: &Row, now: Instant) -> Result<()> {
    work_item::resolve(app, tx, cause, row.id.0, now).await
}
