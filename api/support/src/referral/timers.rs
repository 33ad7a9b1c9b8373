//! What is looked at again: referrals that the partner has not answered.

use super::{
    rules::{self, Waiting},
    store, unanswered,
    words::{ReferralId, ReferralState},
};
use crate::app::{App, timer::Timer};
use contract::time::Instant;
use db::Tx;
use kernel::{
    agenda::{Kind, Outcome},
    error::Result,
};

/// A referral that was sent.
pub const REFERRALS: Kind = Kind::new("referral");

/// All of it.
pub const TIMERS: &[Timer] = &[Timer {
    kind: REFERRALS,
    is_each_alone: true,
    look_at: |app, tx, entries, now| {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(entries.len());
            for entry in entries {
                outcomes.push((entry.id, look_at(app, tx, ReferralId(entry.id), now).await?));
            }
            Ok(outcomes)
        })
    },
}];

async fn look_at(app: &App, tx: &mut Tx, id: ReferralId, now: Instant) -> Result<Outcome> {
    let Some(row) = store::hold(tx, id).await? else { return Ok(Outcome::Done) };
    let (ReferralState::Sent, Some(sent_at)) = (row.state, row.sent_at) else { return Ok(Outcome::Done) };
    Ok(match rules::waiting(sent_at, now) {
        Waiting::Quiet(until) => Outcome::Again(until),
        Waiting::Unanswered(until) => {
            unanswered::raise(app, tx, &row, now).await?;
            Outcome::Again(until)
        }
        Waiting::LinkExpired => {
            unanswered::raise(app, tx, &row, now).await?;
            Outcome::Done
        }
    })
}
