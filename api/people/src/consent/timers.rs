//! What is looked at again: consents whose time runs out.

use super::{deeds, store, words::ConsentId, words::ConsentState};
use crate::{
    app::{
        App,
        life::{Coming, Ended},
        timer::Timer,
    },
    life,
};
use contract::{AuditId, time::Instant};
use db::Tx;
use kernel::{
    agenda::{Kind, Outcome},
    error::Result,
};

/// A consent that is given until some time.
pub const CONSENTS: Kind = Kind::new("consent");

/// All of it.
pub const TIMERS: &[Timer] = &[Timer {
    kind: CONSENTS,
    is_each_alone: true,
    look_at: |app, tx, entries, now| {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(entries.len());
            for entry in entries {
                outcomes.push((entry.id, look_at(app, tx, ConsentId(entry.id), now).await?));
            }
            Ok(outcomes)
        })
    },
}];

async fn look_at(app: &App, tx: &mut Tx, id: ConsentId, now: Instant) -> Result<Outcome> {
    let Some(which) = store::which(tx, id).await? else { return Ok(Outcome::Done) };
    let ends =
        Ended { participant: which.participant, purpose: which.purpose.as_str(), subject: which.subject };
    life::is_about_to(app, tx, Coming::ConsentEnds(ends), now).await?;
    let Some(row) = store::hold_by_id(tx, id).await? else { return Ok(Outcome::Done) };
    if row.state != ConsentState::Given {
        return Ok(Outcome::Done);
    }
    match row.expires_at {
        None => Ok(Outcome::Done),
        Some(until) if until > now => Ok(Outcome::Again(until)),
        Some(_) => {
            let (_, audit) = deeds::expire(app, tx, row, now).await?;
            audit.write(tx, None, AuditId::new(&*app.ids), now).await?;
            Ok(Outcome::Done)
        }
    }
}
