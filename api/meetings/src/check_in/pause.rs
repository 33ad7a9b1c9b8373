//! What a pause of the file does to a check-in. While the file rests, time stands still for what was not answered: it neither opens nor is
//! missed. Once the file goes on, what had not closed before is moved by as many days of the calendar as the pause had.

use super::{
    store::{self, Row},
    time_back,
    window::LocalWindow,
    words::Settled,
};
use crate::{
    App,
    participant::status::{store as statuses, words::FileStatus},
};
use contract::{
    ParticipantId,
    time::{Instant, LocalDateTime},
};
use db::{Tx, sql};
use kernel::error::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// What a pause of the participant's file does to a check-in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInPause {
    /// Since when time stands still for it: it neither opens nor is missed. Absent once the file goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Instant>,
    /// When it was to open before anything first moved it, on the wall; absent if nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_local_opens: Option<LocalDateTime>,
    /// By when it was to be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_local_due: Option<LocalDateTime>,
    /// Until before when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_local_closes: Option<LocalDateTime>,
}

impl CheckInPause {
    /// What one does or did to this; nothing if there was none.
    pub fn of(row: &Row) -> Option<Self> {
        let since = row.paused_at.filter(|_| row.settled == Settled::Unanswered);
        // What an outage alone moved opens when it was to open.
        let was_moved = row.original_opens.is_some_and(|opens| opens != row.local_opens);
        (since.is_some() || was_moved).then_some(Self {
            since,
            original_local_opens: row.original_opens,
            original_local_due: row.original_due,
            original_local_closes: row.original_closes,
        })
    }
}

/// Lets time stand still for what of a participant is not answered, and can still come to anything by itself.
pub async fn begins(tx: &mut Tx, participant: ParticipantId, now: Instant) -> Result<()> {
    tx.query(sql!(
        "UPDATE check_in SET paused_at = $1
         WHERE participant_id = $2 AND settled = 'unanswered' AND stage <> 'escalated' AND paused_at IS NULL"
    ))
    .bind(now)
    .bind(participant)
    .execute()
    .await?;
    Ok(())
}

/// Lets time go on for this one, if its file does: it is moved by the days for which that rested. Whoever looks at it may come days later, since a
/// node was out: that was no pause. Its row is held.
pub async fn ends(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    let Some(paused_at) = row.paused_at else { return Ok(()) };
    let is_paused: Option<bool> = tx
        .query(sql!("SELECT status = 'paused' FROM participant WHERE id = $1"))
        .bind(row.participant_id)
        .optional_scalar()
        .await?;
    if is_paused == Some(true) {
        return Ok(());
    }
    row.paused_at = None;
    if row.settled == Settled::Unanswered && row.closes_at > paused_at {
        let day = |at| app.zones.to_local(at, &row.zone).map(|local| local.date()).map_err(Error::internal);
        let went_on_at = statuses::last_left(tx, row.participant_id, FileStatus::Paused).await?;
        let went_on_at = went_on_at.filter(|went_on_at| *went_on_at >= paused_at).unwrap_or(now);
        let days = day(went_on_at)?.signed_duration_since(day(paused_at)?).num_days();
        move_by(app, row, u32::try_from(days).unwrap_or(0))?;
    }
    row.stage = row.stage.min(row.window().stage(now));
    Ok(store::set_window(tx, row).await?)
}

fn move_by(app: &App, row: &mut Row, days: u32) -> Result<()> {
    if days == 0 {
        return Ok(());
    }
    put(app, row, time_back::days_later(row.local_window(), days))
}

/// Lets it stand there from now on. Where it first stood is kept.
pub fn put(app: &App, row: &mut Row, moved: LocalWindow) -> Result<()> {
    row.keep_original();
    (row.local_opens, row.local_due, row.local_closes) = (moved.opens, moved.due, moved.closes);
    let window = moved.derive(&row.zone, &app.zones).map_err(Error::internal)?;
    (row.opens_at, row.due_at, row.closes_at) = (window.opens_at, window.due_at, window.closes_at);
    Ok(())
}
