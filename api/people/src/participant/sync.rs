//! What staff's phones get of participants.

use super::{answer::Participant, store};
use contract::ParticipantId;
use identity::things::PARTICIPANT;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// Files, for staff. A participant's own phone gets what they may see of themself.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Participant;
    const LIST: &'static str = "participants";
    const ABOUT: &'static str = "Participants, as `readParticipant` gives them.";
    const KINDS: &'static [&'static Thing] = &[&PARTICIPANT];

    fn is_for(actor: &Actor) -> bool {
        actor.role().is_some()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Participant>>> {
        let Some(role) = loading.actor.role() else { return Ok(Vec::new()) };
        let entries = store::named(loading.tx, loading.scope, ids).await?;
        let told = entries.into_iter().map(|entry| {
            let about = Some(ParticipantId(entry.key.id));
            Told::of(entry.key.id, about, entry.row, |row| Participant::seen_by(role, loading.kernel, &row))
        });
        Ok(told.collect())
    }
}
