//! What phones get of referrals, and of the partners that something can be asked of without network.

use super::{
    answer::{Partner, Referral},
    deeds::STAFF,
    partners, rules, store,
    things::{PARTNER, REFERRAL},
};
use crate::posting;
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

/// The partners of the centres where somebody works: whoever asks something of one sits with the participant, not at a desk.
#[derive(Debug)]
pub struct Partners;

impl Form for Partners {
    type Answer = Partner;
    const LIST: &'static str = "partners";
    const ABOUT: &'static str = "Partners of one's own centre and of those to which one is posted, as `readPartner` gives them; also those that people are no longer sent to, since referrals name them.";
    const KINDS: &'static [&'static Thing] = &[&PARTNER];
    const OF_CENTRE: &'static [&'static Thing] = &[&PARTNER];

    fn is_for(actor: &Actor) -> bool {
        actor.staff(STAFF).is_ok()
    }

    async fn load(loading: &mut Loading<'_>, ids: &[Uuid]) -> Result<Vec<Told<Partner>>> {
        let mut centres = vec![loading.actor.centre()];
        centres.extend(posting::store::centres_if_posted(loading.tx, loading.actor, loading.now).await?);
        let entries = partners::named(loading.tx, &centres, ids).await?;
        let told = entries
            .into_iter()
            .map(|entry| Told::of(entry.key.id, None, entry.row, |row| Ok(Partner::from(row))));
        Ok(told.collect())
    }
}
