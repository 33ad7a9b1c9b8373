//! What is looked at again as time passes.

use super::{PostingId, ending, store};
use crate::app::timer::Timer;
pub use identity::callers::POSTINGS;
use kernel::agenda::Outcome;

/// All of it.
pub const TIMERS: &[Timer] = &[Timer {
    kind: POSTINGS,
    is_each_alone: true,
    look_at: |app, tx, entries, now| {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(entries.len());
            for entry in entries {
                let row = store::load_for_change(tx, None, PostingId(entry.id)).await?;
                let outcome = match row.filter(|row| row.ended_at.is_none()) {
                    None => Outcome::Done,
                    Some(row) if row.lasts(now) => row.ends_at.map_or(Outcome::Done, Outcome::Again),
                    Some(mut row) => {
                        let consequences = ending::end(app, tx, &mut row, (None, None), now).await?;
                        ending::note(app, tx, &row, (None, &consequences), now).await?;
                        Outcome::Done
                    }
                };
                outcomes.push((entry.id, outcome));
            }
            Ok(outcomes)
        })
    },
}];
