//! What phones get of check-ins: the participant's own, and those of the people whom somebody accompanies.

use super::{
    answer::{CheckIn, Reader},
    store::{self, Row},
    things::CHECK_IN,
    window::TOLD_BEFORE,
    words::Settled,
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
    type Answer = CheckIn;
    const LIST: &'static str = "check_ins";
    const ABOUT: &'static str = "Check-ins that open within the next 30 days or closed within the last 30, and those that are answered and not reviewed, as\n`readCheckIn` gives them, the participant's own with whom to call. What `state` and `possible_commands` say depends on the time as well.";
    const KINDS: &'static [&'static Thing] = &[&CHECK_IN];

    fn is_for(_: &Actor) -> bool {
        true
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<CheckIn>>> {
        let language = match loading.actor {
            Actor::Staff { id, .. } => store::language_of(loading.tx, *id).await?,
            Actor::Participant { .. } => None,
        };
        let reader = Reader { actor: loading.actor, language, now: loading.now };
        let mut entries = store::named(loading.tx, loading.scope, ids).await?;
        let is_near = |row: &Row| {
            row.opens_at <= loading.now.saturating_add(TOLD_BEFORE)
                && (row.closes_at >= loading.window.from || row.settled == Settled::Submitted)
        };
        entries.retain(|entry| entry.row.as_ref().is_none_or(is_near));
        let told = entries.into_iter().map(|entry| {
            let about = entry.row.as_ref().map(|row| row.participant_id);
            Told::of(entry.key.id, about, entry.row, |row| CheckIn::seen_by(loading.kernel, reader, &row))
        });
        Ok(told.collect())
    }
}
