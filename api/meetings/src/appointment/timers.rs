//! What is looked at again as time passes.

use super::{
    follow_up::{self, FOLLOW_UPS},
    replan::{self, APPOINTMENTS, CENTRES},
};
use crate::app::timer::Timer;
use uuid::Uuid;

/// All of it.
pub const TIMERS: &[Timer] = &[
    Timer {
        kind: CENTRES,
        is_each_alone: true,
        look_at: |_, tx, entries, now| {
            Box::pin(async move {
                let mut outcomes = Vec::with_capacity(entries.len());
                for entry in entries {
                    let outcome = replan::unfold(tx, entry.id, entry.progress.as_deref(), now).await?;
                    outcomes.push((entry.id, outcome));
                }
                Ok(outcomes)
            })
        },
    },
    Timer {
        kind: APPOINTMENTS,
        is_each_alone: false,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
                replan::look_at(app, tx, &ids, now).await
            })
        },
    },
    Timer {
        kind: FOLLOW_UPS,
        is_each_alone: false,
        look_at: |app, tx, entries, now| {
            Box::pin(async move {
                let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
                follow_up::look_at(app, tx, &ids, now).await
            })
        },
    },
];
