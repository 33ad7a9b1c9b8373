//! What phones get of needs.

use super::{
    picture::{self, Needs},
    things::NEEDS,
};
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Answer, Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// All that is known of everybody in the caseload.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Needs;
    const LIST: &'static str = "needs";
    const ABOUT: &'static str = "What everybody in the caseload needs, one thing for each person under their own id, as `readNeeds` gives it to staff. Participants read theirs where there is a network: others may use their phone.";
    const KINDS: &'static [&'static Thing] = &[&NEEDS];
    const MAY_GO: bool = false;

    fn is_for(actor: &Actor) -> bool {
        actor.role().is_some()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Needs>>> {
        let people = picture::people(loading.tx, loading.scope, ids).await?;
        let pictures = picture::of_people(loading.tx, loading.kernel, &people, true).await?;
        let told = pictures.into_iter().map(|(person, picture)| Told {
            id: person.id.0,
            participant: Some(person.id),
            answer: picture.map_or(Answer::Unread, Answer::Whole),
        });
        Ok(told.collect())
    }
}
