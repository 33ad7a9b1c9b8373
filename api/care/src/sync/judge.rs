//! Whether a phone goes on where it was, or begins again. Pure.

use super::cursor::{Cursor, Epoch, Holder};
use contract::SyncStart;
use uuid::Uuid;

/// How the feed of one of the caller's centres stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// How far it has come.
    pub position: i64,
    /// The highest position of what was forgotten.
    pub forgotten: i64,
    /// The epoch that runs.
    pub epoch: Epoch,
    /// The id of the epoch with the number that the cursor has.
    pub known: Option<Uuid>,
    /// How far the feed had come when the epoch behind the cursor's began, if there is one.
    pub next_began: Option<i64>,
}

/// Why a phone with this cursor must begin again; `None` if it goes on.
pub fn judge(cursor: &Cursor, holder: Holder, head: &Head) -> Option<SyncStart> {
    let is_of_a_lost_epoch = cursor.epoch.number != 0 && head.known != Some(cursor.epoch.id);
    if is_of_a_lost_epoch {
        return Some(SyncStart::Restored);
    }
    // Before what is asked of positions: they may be another centre's.
    if cursor.holder.scope != holder.scope {
        return Some(SyncStart::ScopeChanged);
    }
    judge_place(cursor.reached(), head)
}

/// The same of what the phone knows of one feed, in an epoch that is known.
pub fn judge_place(reached: i64, head: &Head) -> Option<SyncStart> {
    let is_of_a_lost_end = head.next_began.is_some_and(|began| reached > began);
    if is_of_a_lost_end || reached > head.position {
        return Some(SyncStart::Restored);
    }
    (reached < head.forgotten).then_some(SyncStart::TooOld)
}

#[cfg(test)]
mod tests {
    use super::{
        super::cursor::{Phase, Place},
        *,
    };

    const HOLDER: Holder = Holder { person: 1, scope: 2 };
    const HERE: Uuid = Uuid::from_u128(5);

    fn cursor(place: i64) -> Cursor {
        let phase = Phase::Following { place: Place::behind(place) };
        Cursor { holder: HOLDER, epoch: Epoch { number: 5, id: HERE }, horizon: 0, phase, also: Vec::new() }
    }

    const HEAD: Head = Head {
        position: 100,
        forgotten: 40,
        epoch: Epoch { number: 5, id: HERE },
        known: Some(HERE),
        next_began: None,
    };

    #[test]
    fn what_is_as_it_was_goes_on() {
        for place in [40, 41, 100] {
            assert_eq!(judge(&cursor(place), HOLDER, &HEAD), None, "{place}");
        }
        let restarted = Head { next_began: Some(60), ..HEAD };
        assert_eq!(judge(&cursor(60), HOLDER, &restarted), None);
        let never_started = Cursor { epoch: Epoch::default(), ..cursor(60) };
        assert_eq!(judge(&never_started, HOLDER, &Head { known: None, next_began: Some(60), ..HEAD }), None);
    }

    #[test]
    fn an_older_copy_of_the_database_is_noticed() {
        // Nothing was written since; the service was started since; that epoch never was.
        assert_eq!(judge(&cursor(101), HOLDER, &HEAD), Some(SyncStart::Restored));
        assert_eq!(
            judge(&cursor(80), HOLDER, &Head { next_began: Some(79), ..HEAD }),
            Some(SyncStart::Restored)
        );
        for known in [None, Some(Uuid::from_u128(6))] {
            assert_eq!(judge(&cursor(50), HOLDER, &Head { known, ..HEAD }), Some(SyncStart::Restored));
        }
    }

    #[test]
    fn who_sees_something_else_or_was_away_too_long_begins_again() {
        let other = Holder { scope: 3, ..HOLDER };
        assert_eq!(judge(&cursor(50), other, &HEAD), Some(SyncStart::ScopeChanged));
        assert_eq!(judge(&cursor(39), HOLDER, &HEAD), Some(SyncStart::TooOld));
    }
}
