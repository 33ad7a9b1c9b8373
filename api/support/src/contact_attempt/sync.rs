//! What phones get of attempts.

use super::{
    answer::ContactAttempt,
    store::{self, Row},
    things::CONTACT_ATTEMPT,
};
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// What lies near enough in time.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = ContactAttempt;
    const LIST: &'static str = "contact_attempts";
    const ABOUT: &'static str = "Attempts of the last 30 days that reached nobody, as `readContactAttempt` gives them; none that was withdrawn.";
    const KINDS: &'static [&'static Thing] = &[&CONTACT_ATTEMPT];

    fn is_for(actor: &Actor) -> bool {
        actor.role().is_some()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<ContactAttempt>>> {
        let mut entries = store::named(loading.tx, loading.scope, ids).await?;
        let is_told = |row: &Row| row.withdrawn_at.is_none() && row.at >= loading.window.from;
        entries.retain(|entry| entry.row.as_ref().is_none_or(is_told));
        let told = entries.into_iter().map(|entry| {
            let about = entry.row.as_ref().map(|row| row.participant_id);
            Told::of(entry.key.id, about, entry.row, |row| ContactAttempt::of(loading.kernel, &row))
        });
        Ok(told.collect())
    }
}
