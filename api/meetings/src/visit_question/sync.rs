//! What phones get of questions.

use super::{
    answer::VisitQuestion,
    store::{self, Row},
};
use crate::visit::{store::Reader, things::VISIT_QUESTION};
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// What is not answered, and what was asked lately.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = VisitQuestion;
    const LIST: &'static str = "visit_questions";
    const ABOUT: &'static str = "Questions on visits that are not answered, and those that were asked within the last 30 days, as `readVisitQuestion` gives them; none that was withdrawn, or is on a visit that was. Nothing that only an emergency access opens.";
    const KINDS: &'static [&'static Thing] = &[&VISIT_QUESTION];

    fn is_for(actor: &Actor) -> bool {
        actor.role().is_some()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<VisitQuestion>>> {
        let reader = Reader::of(loading.actor, None, loading.now);
        let mut entries = store::named(loading.tx, loading.scope, reader, ids).await?;
        let is_told = |row: &Row| {
            row.visit_withdrawn_at.is_none()
                && row.withdrawn_at.is_none()
                && (row.answered_at.is_none() || row.asked_at >= loading.window.from)
        };
        entries.retain(|entry| entry.row.as_ref().is_none_or(is_told));
        let told = entries.into_iter().map(|entry| {
            let about = entry.row.as_ref().map(|row| row.participant_id);
            Told::of(entry.key.id, about, entry.row, |row| VisitQuestion::of(loading.kernel, &row))
        });
        Ok(told.collect())
    }
}
