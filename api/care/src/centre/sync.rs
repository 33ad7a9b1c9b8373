//! What staff's phones get of centres.

use super::things::CENTRE;
use super::{answer::Centre, rules, store};
use crate::posting;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// One's own centre and those to which one is posted: when they are open must be known without network.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Centre;
    const LIST: &'static str = "centres";
    const ABOUT: &'static str = "Centres, as `readCentre` gives them.";
    const KINDS: &'static [&'static Thing] = &[&CENTRE];

    fn is_for(actor: &Actor) -> bool {
        rules::reach(actor).is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Centre>>> {
        let (role, _) = rules::reach(loading.actor)?;
        let mut own = vec![loading.actor.centre()];
        own.extend(posting::store::centres_if_posted(loading.tx, loading.actor, loading.now).await?);
        let mut told = Vec::new();
        for centre in own.into_iter().filter(|centre| ids.contains(&centre.0)) {
            let row = store::load(loading.tx, Some(centre), centre).await?;
            told.extend(
                row.map(|row| Told::of(row.id.0, None, Some(row), |row| Centre::seen_by(role, &row))),
            );
        }
        Ok(told)
    }
}
