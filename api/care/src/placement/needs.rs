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
use contract::time::Instant;
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

/// Work was lost.
pub async fn is_lost(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    raise(app, tx, WorkCause::JobLost, row, now).await
}

/// It was not, after all.
pub async fn is_not_lost(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    resolve(app, tx, WorkCause::JobLost, row, now).await
}

/// Whoever lost their work is on the way to another: that was what somebody was to see to.
pub async fn is_on_the_way_again(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    for lost in store::lost_by(tx, row.participant_id).await? {
        work_item::resolve(app, tx, WorkCause::JobLost, lost, now).await?;
    }
    Ok(())
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
