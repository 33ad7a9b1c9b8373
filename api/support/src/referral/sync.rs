//! What phones get of referrals. Partners are read online.

use super::{answer::Referral, rules, store, things::REFERRAL};
use kernel::{
    access::Actor,
    error::Result,
    sync_form::{Form, Loading, Told},
    things::Thing,
};
use uuid::Uuid;

/// What is open, and what ended near enough in time.
#[derive(Debug)]
pub struct Referrals;

impl Form for Referrals {
    type Answer = Referral;
    const LIST: &'static str = "referrals";
    const ABOUT: &'static str = "Referrals that something can still become of, and those that ended within the last 30 days, as `readReferral` gives them.";
    const KINDS: &'static [&'static Thing] = &[&REFERRAL];

    fn is_for(actor: &Actor) -> bool {
        actor.caseload().is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Referral>>> {
        let reader = loading.actor.kind();
        let mut entries = store::named(loading.tx, loading.scope, ids).await?;
        let is_near = |row: &store::Row| {
            rules::is_open(row.state)
                || row.ended_at.or(row.answered_at).is_none_or(|at| at >= loading.window.from)
        };
        entries.retain(|entry| entry.row.as_ref().is_none_or(is_near));
        let told = entries.into_iter().map(|entry| {
            let about = entry.row.as_ref().map(|row| row.participant_id);
            Told::of(entry.key.id, about, entry.row, |row| Referral::of(loading.kernel, &row, reader))
        });
        Ok(told.collect())
    }
}
