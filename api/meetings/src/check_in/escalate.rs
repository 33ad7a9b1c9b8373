//! What of a check-in needs somebody: an answer that alarms, a call that is wanted, one that was missed. Each is raised in the transaction that
//! brings it, and resolved in the one by which it is seen to.

use super::{answers::Given, store::Row};
use crate::{
    App,
    questionnaire::question::Question,
    work_item::{self, Raise, ResolutionReason, WorkCause},
};
use contract::time::Instant;
use db::Tx;
use kernel::error::Result;

/// What of the answers is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// One of them alarms.
    pub alarm: bool,
    /// Somebody is to call.
    pub call: bool,
}

impl News {
    /// Nothing.
    pub const NONE: Self = Self { alarm: false, call: false };

    /// What these answers ask for that those which stood did not.
    pub fn of(given: &Given, before: &Given, questions: &[Question]) -> Self {
        Self { alarm: given.alarms_beyond(before, questions), call: given.call_wanted && !before.call_wanted }
    }
}

/// Answers came. One that is complete is missed no longer.
pub async fn answered(app: &App, tx: &mut Tx, row: &Row, news: News, now: Instant) -> Result<()> {
    if news.alarm {
        raise(app, tx, row, WorkCause::CheckInAlarm, now).await?;
    }
    if news.call {
        raise(app, tx, row, WorkCause::CallWanted, now).await?;
    }
    if row.submitted_at.is_some() {
        no_longer_missed(app, tx, row, now).await?;
    }
    Ok(())
}

/// What had asked for somebody was answered by mistake: the item is closed and says so. Where the participant took it back themself, or somebody who had
/// not answered did, whoever leads is told and looks whether that is so: somebody may have stood beside them, and nobody takes back for others what they asked for.
pub async fn taken_back(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    taken_back: News,
    tells_staff: bool,
    now: Instant,
) -> Result<()> {
    let why = ResolutionReason::AnswersCorrected;
    if taken_back.alarm {
        work_item::resolve_because(app, tx, WorkCause::CheckInAlarm, row.id.0, why, now).await?;
    }
    if taken_back.call {
        work_item::resolve_because(app, tx, WorkCause::CallWanted, row.id.0, why, now).await?;
    }
    if tells_staff && taken_back != News::NONE {
        raise(app, tx, row, WorkCause::HelpTakenBack, now).await?;
    }
    Ok(())
}

/// Somebody has seen them.
pub async fn reviewed(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    for cause in [WorkCause::CheckInAlarm, WorkCause::CallWanted, WorkCause::HelpTakenBack] {
        work_item::resolve(app, tx, cause, row.id.0, now).await?;
    }
    Ok(())
}

/// It was missed, and nobody has answered within the grace.
pub async fn missed(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    raise(app, tx, row, WorkCause::CheckInMissed, now).await
}

/// It was answered after all, closed or called off.
pub async fn no_longer_missed(app: &App, tx: &mut Tx, row: &Row, now: Instant) -> Result<()> {
    work_item::resolve(app, tx, WorkCause::CheckInMissed, row.id.0, now).await
}

async fn raise(app: &App, tx: &mut Tx, row: &Row, cause: WorkCause, now: Instant) -> Result<()> {
    let raise = Raise { cause, subject: row.id.0, participant: row.participant_id, centre: row.centre_id };
    work_item::raise(app, tx, raise, now).await
}
