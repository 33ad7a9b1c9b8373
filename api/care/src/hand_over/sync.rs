//! What staff's phones get of hand-overs: both sides the same that they read otherwise, and nothing else about the participant.

use super::{
    answer::HandOver,
    rules::{self, By},
    store::{self, Row},
    things::HAND_OVER,
    words::HandOverState,
};
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// What is asked, and what was answered near enough in time.
#[derive(Debug)]
pub struct HandOvers;

impl Form for HandOvers {
    type Answer = HandOver;
    const LIST: &'static str = "hand_overs";
    const ABOUT: &'static str = "Hand-overs on whose side the caller stands: those that are asked, and those that were decided within the last 30 days, as `readHandOver` gives them.";
    const KINDS: &'static [&'static Thing] = &[&HAND_OVER];

    fn is_for(actor: &Actor) -> bool {
        By::of(actor).is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<HandOver>>> {
        let by = By::of(loading.actor)?;
        let mut entries = store::named(loading.tx, loading.scope, by.staff, ids).await?;
        let is_near = |row: &Row| {
            row.state == HandOverState::Asked || row.decided_at.is_none_or(|at| at >= loading.window.from)
        };
        entries.retain(|entry| entry.row.as_ref().is_none_or(is_near));
        let told = entries.into_iter().map(|entry| {
            // Of whom nothing is told, nothing is seen.
            let is_told = |row: &&Row| {
                rules::shown(row.kind, row.state, row.is_of_caseload(by)) != rules::Shown::Nothing
            };
            let about = entry.row.as_ref().filter(is_told).map(|row| row.participant_id);
            Told::of(entry.key.id, about, entry.row, |row| HandOver::of(loading.kernel, &row, by))
        });
        Ok(told.collect())
    }
}
