//! What a participant's phone gets of themself.

use super::{me::Me, store};
use crate::things::PARTICIPANT;
use contract::PersonKind;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// Oneself.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Me;
    const LIST: &'static str = "myself";
    const ABOUT: &'static str = "Oneself, as `readMe` gives it; for participants, at most one.";
    const KINDS: &'static [&'static Thing] = &[&PARTICIPANT];

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
