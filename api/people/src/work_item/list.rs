//! Whose items a list shows, and in which order: what is most urgent first, then what is to be seen to soonest. Pure.

use super::{
    rules::{By, Responsible},
    store::Row,
    words::WorkUrgency,
};
use contract::{StaffId, time::Instant};
use kernel::page::Paging;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The caller's own: what is theirs, what they are asked to take over, and, of a manager, what is nobody else's or has risen.
    Own(By),
    /// What is this staff member's.
    Of(StaffId),
    /// Everybody's.
    Everybodys,
}

/// By what the list is sorted, and where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(u8, i64, Uuid);

impl Place {
    /// Where this item stands in the list.
    pub fn of(row: &Row) -> Self {
        let rank = match urgency(row) {
            WorkUrgency::Alarm => 0,
            WorkUrgency::High => 1,
            WorkUrgency::Normal => 2,
            WorkUrgency::Low => 3,
        };
        Self(rank, row.due_at.as_micros(), row.id.0)
    }
}

/// How urgent it is, as things stand.
pub const fn urgency(row: &Row) -> WorkUrgency {
    row.cause.demand().urgency(row.booked.is_some())
}

/// Whether the item is on this list.
pub fn is_on(row: &Row, whose: Whose, with_snoozed: bool, now: Instant) -> bool {
    let responsible = row.responsible();
    let is_theirs = match whose {
        Whose::Own(by) => {
            let is_own = responsible == Responsible::Staff(by.staff) || row.asked() == Some(by.staff);
            is_own || (by.is_manager && (responsible == Responsible::Managers || row.rose_at.is_some()))
        }
        Whose::Of(staff) => responsible == Responsible::Staff(staff),
        Whose::Everybodys => true,
    };
    is_theirs && (with_snoozed || !row.is_snoozed(now))
}

/// The rows of a page, in order, with one more if there are more.
pub fn page(mut rows: Vec<Row>, paging: &Paging<Place>) -> Vec<Row> {
    rows.retain(|row| paging.after.is_none_or(|after| Place::of(row) > after));
    rows.sort_by_cached_key(Place::of);
    rows.truncate(usize::from(paging.limit) + 1);
    rows
}
