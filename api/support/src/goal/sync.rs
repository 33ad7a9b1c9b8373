//! What phones get of goals.

use super::{
    by::By,
    picture::{self, Goals},
    things::GOALS,
};
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Answer, Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// All goals of everybody in the caseload, and a participant's own.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Goals;
    const LIST: &'static str = "goals";
    const ABOUT: &'static str = "What everybody in the caseload wants to reach, and the participant their own: one thing for each person under their own id, as `readGoals` gives it.";
    const KINDS: &'static [&'static Thing] = &[&GOALS];
    const MAY_GO: bool = false;

    fn is_for(actor: &Actor) -> bool {
        actor.caseload().is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Goals>>> {
        let reader = By::of(loading.actor)?;
        let people = picture::people(loading.tx, loading.scope, ids).await?;
        let pictures = picture::of_people(loading.tx, loading.kernel, &people, reader).await?;
        let told = pictures.into_iter().map(|(person, picture)| Told {
            id: person.id.0,
            participant: Some(person.id),
            answer: picture.map_or(Answer::Unread, Answer::Whole),
        });
        Ok(told.collect())
    }
}
