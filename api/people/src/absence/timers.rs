//! What is looked at again as time passes.

use super::{
    AbsenceId,
    store::{self, Row},
    things::ABSENCE,
    turns,
};
use crate::app::{App, timer::Timer};
use chrono::TimeDelta;
use contract::{AuditId, time::Instant};
use db::Tx;
use kernel::{
    agenda::{Kind, Outcome},
    audit::Audit,
    error::Result,
};

/// When one is looked at again that another one stands in the way of.
const SOON: TimeDelta = TimeDelta::minutes(1);

/// An absence that has not ended.
pub const ABSENCES: Kind = Kind::new("absence");

/// All of it.
pub const TIMERS: &[Timer] = &[Timer {
    kind: ABSENCES,
    is_each_alone: true,
    look_at: |app, tx, entries, now| {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(entries.len());
            for entry in entries {
                let outcome = look_at(app, tx, AbsenceId(entry.id), now).await?;
                outcomes.push((entry.id, outcome));
            }
            Ok(outcomes)
        })
    },
}];

async fn look_at(app: &App, tx: &mut Tx, id: AbsenceId, now: Instant) -> Result<Outcome> {
    let Some(seen) = store::load(tx, id).await? else { return Ok(Outcome::Done) };
    if seen.began_at.is_none() && seen.starts_at <= now && now < seen.ends_at {
        turns::is_about_to_begin(app, tx, &seen, now).await?;
    }
    let row = store::load_for_change(tx, id).await?;
    Ok(match row.filter(|row| row.ended_at.is_none()) {
        None => Outcome::Done,
        Some(mut row) if row.ends_at <= now => {
            end(app, tx, &mut row, now).await?;
            Outcome::Done
        }
        Some(row) if row.starts_at > now => Outcome::Again(row.starts_at),
        Some(row) if row.began_at.is_some() => Outcome::Again(row.ends_at),
        Some(mut row) => {
            // The one before it ends at the same midnight, and may be looked at later.
            if let Some(former) = store::running(tx, row.staff_id).await? {
                if let Some(mut former) =
                    store::load_for_change(tx, former).await?.filter(|one| one.ends_at <= now)
                {
                    end(app, tx, &mut former, now).await?;
                } else {
                    return Ok(Outcome::Again(now.saturating_add(SOON)));
                }
            }
            turns::begin(app, tx, &mut row, now).await?;
            Outcome::Again(row.ends_at)
        }
    })
}

async fn end(app: &App, tx: &mut Tx, row: &mut Row, now: Instant) -> Result<()> {
    let ended = turns::end(app, tx, row, None, now).await?;
    let line = Audit::new(&ABSENCE, "end", row.id.0).at(row.centre_id).with("assignments_ended", ended);
    Ok(line.write(tx, None, AuditId::new(&*app.ids), now).await?)
}
