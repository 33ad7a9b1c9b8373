//! What staff's phones get of assignments.

use super::things::ASSIGNMENT;
use super::{answer::Assignment, store};
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// Who accompanies the people whom the phone has.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Assignment;
    const LIST: &'static str = "assignments";
    const ABOUT: &'static str = "Assignments, as `listAssignments` gives them.";
    const KINDS: &'static [&'static Thing] = &[&ASSIGNMENT];

    fn is_for(actor: &Actor) -> bool {
        actor.role().is_some()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Assignment>>> {
        let entries = store::named(loading.tx, loading.scope, ids).await?;
        let told = entries.into_iter().map(|entry| {
            let about = entry.row.as_ref().map(|row| row.participant_id);
            Told::of(entry.key.id, about, entry.row, |row| Assignment::of(loading.kernel, &row))
        });
        Ok(told.collect())
    }
}
