//! What phones get of plans: the participant's own, and those of the people whom somebody accompanies. Never which kind a conversation is.

use super::{
    answer::{Plan, Reader},
    materialise, store,
    store::Row,
    things::PLAN,
};
use contract::ParticipantId;
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use std::collections::HashMap;
use uuid::Uuid;

/// What is followed, and what ended not so long ago.
#[derive(Debug)]
pub struct SyncForm;

impl Form for SyncForm {
    type Answer = Plan;
    const LIST: &'static str = "plans";
    const ABOUT: &'static str = "Plans that run or rest, and others that ended within the last 30 days, as `readPlan` gives them. Which check-ins and\nconversations it names depends on the day as well; where a check-in stands, itself says.";
    const KINDS: &'static [&'static Thing] = &[&PLAN];

    fn is_for(actor: &Actor) -> bool {
        actor.caseload().is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Plan>>> {
        let language = match loading.actor {
            Actor::Staff { id, .. } => store::language_of(loading.tx, *id).await?,
            Actor::Participant { .. } => None,
        };
        let reader = Reader { actor: loading.actor, language };
        let mut entries = store::named(loading.tx, loading.scope, ids).await?;
        let from = loading.window.from;
        let is_near = |row: &Row| row.ended_at.is_none_or(|ended_at| ended_at >= from);
        entries.retain(|entry| entry.row.as_ref().is_none_or(is_near));
        let known: Vec<(Uuid, Option<ParticipantId>)> = entries
            .iter()
            .map(|entry| (entry.key.id, entry.row.as_ref().map(|row| row.participant_id)))
            .collect();
        let rows = entries.into_iter().filter_map(|entry| entry.row).collect();
        let mut whole: HashMap<Uuid, materialise::Whole> =
            materialise::legible(loading.kernel, loading.tx, rows, loading.now)
                .await?
                .into_iter()
                .map(|whole| (whole.followed.row.id.0, whole))
                .collect();
        let told = known
            .into_iter()
            .map(|(id, about)| Told::of(id, about, whole.remove(&id), |whole| Plan::seen_by(reader, &whole)));
        Ok(told.collect())
    }
}
