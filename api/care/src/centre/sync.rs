//! What staff's phones get of centres.

use super::things::CENTRE;
use super::{answer::Centre, rules, store};
use contract::CentreId;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// One's own centre: when it is open must be known without network.
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
        let own = loading.actor.centre();
        if !ids.contains(&own.0) {
            return Ok(Vec::new());
        }
        let row = store::load(loading.tx, Some(own), CentreId(own.0)).await?;
        let told = row.map(|row| Told::of(row.id.0, None, Some(row), |row| Centre::seen_by(role, &row)));
        Ok(told.into_iter().collect())
    }
}
