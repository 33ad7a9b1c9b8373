//! What a participant's phone gets of themself.

use super::{me::Me, store};
use contract::PersonKind;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::ThingKind,
};
use uuid::Uuid;

/// Oneself.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Me;
    const KINDS: &'static [ThingKind] = &[ThingKind::Participant];

    fn is_for(actor: &Actor) -> bool {
        actor.kind() == PersonKind::Participant
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Me>>> {
        let id = loading.actor.person();
        if !ids.contains(&id) {
            return Ok(Vec::new());
        }
        let profile = store::profile(loading.tx, loading.actor).await?;
        let told = profile.map(|profile| {
            Told::of(id, None, Some(profile), |profile| Me::of(loading.kernel, loading.actor, profile))
        });
        Ok(told.into_iter().collect())
    }
}
