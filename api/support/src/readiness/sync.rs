//! What phones get of readiness lists.

use super::{answer::ReadinessList, store, things::READINESS};
use contract::ParticipantId;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The list of everybody of whom something was said.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = ReadinessList;
    const LIST: &'static str = "readiness";
    const ABOUT: &'static str =
        "Readiness lists, as `readReadinessList` gives them; none of whom nothing was said.";
    const KINDS: &'static [&'static Thing] = &[&READINESS];

    fn is_for(actor: &Actor) -> bool {
        actor.caseload().is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<ReadinessList>>> {
        let entries = store::named(loading.tx, loading.scope, ids).await?;
        let known: Vec<Uuid> = entries.iter().map(|entry| entry.key.id).collect();
        let rows = entries.into_iter().filter_map(|entry| entry.row).collect();
        let mut whole: HashMap<Uuid, store::Whole> = store::complete(loading.tx, rows)
            .await?
            .into_iter()
            .map(|whole| (whole.row.participant_id.0, whole))
            .collect();
        let told = known.into_iter().map(|id| {
            let read = |whole| ReadinessList::of(loading.kernel, &whole);
            Told::of(id, Some(ParticipantId(id)), whole.remove(&id), read)
        });
        Ok(told.collect())
    }
}
