//! What phones get of visits.

use super::{
    answer::Visit,
    store::{self, Reader, Row},
    things::VISIT,
};
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// What lies near enough in time, or is still to be followed by something.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Visit;
    const LIST: &'static str = "visits";
    const ABOUT: &'static str = "Visits of the last 30 days, and older ones whose next step is not done, as `readVisit` gives them; none that was withdrawn. Nothing that only an emergency access opens.";
    const KINDS: &'static [&'static Thing] = &[&VISIT];

    fn is_for(actor: &Actor) -> bool {
        actor.role().is_some()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Visit>>> {
        let reader = Reader::of(loading.actor, None, loading.now);
        let mut entries = store::named(loading.tx, loading.scope, reader, ids).await?;
        let is_told = |row: &Row| {
            row.withdrawn_at.is_none() && (row.starts_at >= loading.window.from || row.has_open_step())
        };
        entries.retain(|entry| entry.row.as_ref().is_none_or(is_told));
        let told = entries.into_iter().map(|entry| {
            let about = entry.row.as_ref().map(|row| row.participant_id);
            Told::of(entry.key.id, about, entry.row, |row| Visit::of(loading.kernel, &row))
        });
        Ok(told.collect())
    }
}
