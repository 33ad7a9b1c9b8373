//! What phones get of consents.

use super::{answer::Consent, store, things::CONSENT};
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// All of them: they are few.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Consent;
    const LIST: &'static str = "consents";
    const ABOUT: &'static str = "What participants agreed to or took back, as `readConsent` gives it. What runs out by time is told when the service has written that down; until then `expires_at` says it.";
    const KINDS: &'static [&'static Thing] = &[&CONSENT];

    fn is_for(actor: &Actor) -> bool {
        actor.caseload().is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Consent>>> {
        let entries = store::named(loading.tx, loading.scope, ids).await?;
        let told = entries.into_iter().map(|entry| {
            let about = entry.row.as_ref().map(|row| row.participant_id);
            Told::of(entry.key.id, about, entry.row, |row| Consent::of(loading.kernel, &row, loading.now))
        });
        Ok(told.collect())
    }
}
