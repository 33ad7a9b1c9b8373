//! What phones get of how to reach somebody.

use super::{
    answer::{self, ContactWays},
    store,
    things::CONTACT_WAYS,
};
use identity::things::PARTICIPANT;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Answer, Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// All of it, of everybody in the caseload.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = ContactWays;
    const LIST: &'static str = "contact_ways";
    const ABOUT: &'static str = "How to reach everybody in the caseload, one thing for each person under their own id, as `readContactWays` gives it. Participants read theirs where there is a network: others may use their phone, and the numbers are other people's.";
    // The number in the file is one of them.
    const KINDS: &'static [&'static Thing] = &[&CONTACT_WAYS, &PARTICIPANT];
    const MAY_GO: bool = false;

    fn is_for(actor: &Actor) -> bool {
        actor.role().is_some()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<ContactWays>>> {
        let people = store::named(loading.tx, loading.scope, ids).await?;
        let whole = answer::of_people(loading.tx, loading.kernel, &people, loading.now).await?;
        let told = whole.into_iter().map(|(participant, ways)| Told {
            id: participant.0,
            participant: Some(participant),
            answer: ways.map_or(Answer::Unread, Answer::Whole),
        });
        Ok(told.collect())
    }
}
