//! What is looked at again as time passes.

use super::{AbsenceId, store, turns};
use crate::app::timer::Timer;
use contract::AuditId;
use kernel::{
    agenda::{Kind, Outcome},
    audit::Audit,
};

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
                let row = store::load_for_change(tx, AbsenceId(entry.id)).await?;
                let outcome = match row.filter(|row| row.ended_at.is_none()) {
                    None => Outcome::Done,
                    Some(mut row) if row.ends_at <= now => {
                        let ended = turns::end(app, tx, &mut row, None, now).await?;
                        let line = Audit::new(&super::things::ABSENCE, "end", row.id.0)
                            .at(row.centre_id)
                            .with("assignments_ended", ended);
                        line.write(tx, None, AuditId::new(&*app.ids), now).await?;
                        Outcome::Done
                    }
                    Some(row) if row.starts_at > now => Outcome::Again(row.starts_at),
                    Some(mut row) => {
                        if row.began_at.is_none() {
                            turns::begin(app, tx, &mut row, now).await?;
                        }
                        Outcome::Again(row.ends_at)
                    }
                };
                outcomes.push((entry.id, outcome));
            }
            Ok(outcomes)
        })
    },
}];
