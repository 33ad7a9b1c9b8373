//! What phones get of placements.

use super::{
    answer::Placement,
    parts::{self, Whole},
    store::{self, Row},
    things::PLACEMENT,
};
use contract::ParticipantId;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use std::collections::HashMap;
use uuid::Uuid;

/// What is under way, and what was not so long ago.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Placement;
    const LIST: &'static str = "placements";
    const ABOUT: &'static str = "Placements that are on the way or run, and others that changed within the last 30 days, as `readPlacement` gives them. None that was entered by mistake.";
    const KINDS: &'static [&'static Thing] = &[&PLACEMENT];

    fn is_for(actor: &Actor) -> bool {
        actor.caseload().is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Placement>>> {
        let mut entries = store::named(loading.tx, loading.scope, ids).await?;
        let is_near = |row: &Row| row.is_open() || row.changed_at >= loading.window.from;
        entries.retain(|entry| entry.row.as_ref().is_none_or(is_near));
        let known: Vec<(Uuid, Option<ParticipantId>)> = entries
            .iter()
            .map(|entry| (entry.key.id, entry.row.as_ref().map(|row| row.participant_id)))
            .collect();
        let rows = entries.into_iter().filter_map(|entry| entry.row).collect();
        let mut whole: HashMap<Uuid, Whole> = parts::complete(loading.tx, rows)
            .await?
            .into_iter()
            .map(|whole| (whole.row.id.0, whole))
            .collect();
        let told = known.into_iter().map(|(id, about)| {
            Told::of(id, about, whole.remove(&id), |whole| {
                Placement::of(loading.kernel, loading.actor, &whole)
            })
        });
        Ok(told.collect())
    }
}
