//! Planning who is told to try somebody again.

use super::{rules::Standing, store::Around};
use crate::{App, accompanied};
use contract::{StaffId, Subject, SubjectKind, time::Instant};
use db::Tx;
use kernel::error::{Error, Result};
use notifications::{
    outbox,
    plan::{diff, plan},
    policy::ReminderPolicy,
    subjects::contact::{ContactFacts, TryAgain},
};

/// Plans it as it now stands.
pub async fn plan_again(
    app: &App,
    tx: &mut Tx,
    around: &Around,
    standing: &Standing,
    now: Instant,
) -> Result<()> {
    let policy = ReminderPolicy::of_centre(around.reminder_policy.as_deref()).map_err(Error::internal)?;
    let subject = Subject { kind: SubjectKind::Contact, id: around.participant_id.0 };
    let outbox::Existing { readable, unreadable } = outbox::existing(tx, subject, now).await?;
    let (mut in_charge, mut again) = (Vec::new(), None);
    if let Some(attempt) = standing.try_again {
        in_charge = told(accompanied::companions(tx, around.participant_id).await?, attempt.author_id);
        let local = app.zones.to_local(attempt.at, &around.zone).map_err(Error::internal)?;
        again = Some(TryAgain { local, at: attempt.at });
    }
    let facts = ContactFacts {
        centre_id: around.centre_id,
        participant_id: around.participant_id,
        in_charge,
        try_again: again,
        centre_zone: around.zone.clone(),
    };
    let mut change = diff(&readable, &plan(&facts, &policy, &app.zones, now));
    if standing.try_again.is_none() {
        // A later version of this service wrote them about what is not to be done any more.
        change.supersede.extend(&unreadable);
        change.recall.extend(&unreadable);
    }
    Ok(outbox::apply(tx, &change, now, &*app.ids).await?)
}

/// Whoever tried last, while they accompany the participant; else those who do.
fn told(companions: Vec<StaffId>, author: StaffId) -> Vec<StaffId> {
    if companions.contains(&author) { vec![author] } else { companions }
}
