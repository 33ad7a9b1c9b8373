//! What staff's phones get of work items.

use super::{
    answer::WorkItem,
    deeds,
    store::{self, Row},
    things::WORK_ITEM,
};
use chrono::TimeDelta;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// For so long a phone keeps showing what was closed: what is done is seen to be done.
const SHOWN_CLOSED: TimeDelta = TimeDelta::days(1);

/// What is open about the people whom the phone has, whosever it is.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = WorkItem;
    const LIST: &'static str = "work_items";
    const ABOUT: &'static str = "Work items that are open or were closed within a day, as `readWorkItem` gives them, whosever they are: one's own are those whose `responsible_id` or `asked_id` one is.";
    const KINDS: &'static [&'static Thing] = &[&WORK_ITEM];

    fn is_for(actor: &Actor) -> bool {
        actor.role().is_some()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<WorkItem>>> {
        let (by, now) = (deeds::by(loading.actor)?, loading.now);
        let mut entries = store::named(loading.tx, loading.scope, ids).await?;
        let shown_since = now.saturating_sub(SHOWN_CLOSED);
        let is_shown = |row: &Row| row.closed_at.is_none_or(|closed| closed > shown_since);
        entries.retain(|entry| entry.row.as_ref().is_none_or(is_shown));
        let told = entries.into_iter().map(|entry| {
            let about = entry.row.as_ref().map(|row| row.participant_id);
            Told::of(entry.key.id, about, entry.row, |row| WorkItem::of(loading.kernel, &row, by, now))
        });
        Ok(told.collect())
    }
}
