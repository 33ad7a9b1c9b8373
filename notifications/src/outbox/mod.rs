//! The outbox: the rows that say who must still be told what, and what became of it.
//!
//! A command that changes a subject writes its reminders here in its own transaction ([`apply`]), so a reminder exists if
//! and only if its change does. A dispatcher later takes what has become due ([`claim`], [`claim_waiting`]), finds out
//! how its recipients are reached ([`recipients`](recipients())), sends it outside of any transaction, and writes down the results ([`settle`]).
//!
//! One column carries the whole protocol. `ready_at` is when a row may be taken: at first its due time, then the end of the
//! lease of whoever took it, then NULL. It is also the proof of holding: settling a row requires that it still bears the
//! value that was written when it was claimed. A worker whose lease ran out, or whose reminder was superseded meanwhile,
//! therefore changes nothing.
//!
//! ```text
//! reminder:  planned(due) → sending(lease end) → sent | failed                          (ready_at NULL)
//!                                              → sending(expires_at), deliveries waiting → sent | failed
//!                 any of these → superseded;  too late → expired (never tried) or failed (tried in vain)
//! delivery:  waiting(next try) → waiting(lease end) → delivered | gone | failed | waiting(next try) …
//! ```
//!
//! A delivery row is written with its result, not before the attempt: after a crash the lease runs out and the reminder is
//! sent again under the same tag, which replaces the notification that may already be there.

mod backlog;
mod claim;
mod facts;
mod follow;
mod plan;
mod reach;
mod receipt;
mod recipients;
mod settle;
mod types;
mod waiting;

pub use backlog::Backlog;
pub use claim::{claim, next_ready, still_held};
pub use facts::{Facts, UnreadableFacts, read_facts};
pub use follow::move_to_centre;
pub use plan::{BELL, Existing, apply, existing};
pub use reach::{withdraw_about, withdraw_from_participant, withdraw_out_of_reach};
pub use receipt::{looked_at, receive};
pub use recipients::{Recipients, recipients};
pub use settle::{Settlement, settle};
pub use types::{
    Address, Attempt, Attempted, Batch, Claimed, Due, FailedReminder, Lease, MAX_LEASE, Origin, Target,
    Verdict,
};
pub use waiting::claim_waiting;
