//! The names that this node can search, and how far in each centre's change feed it has read them. They are loaded after a start, or
//! when somebody of a centre searches before that; before each search whoever holds the database brings what changed since.

use super::index::{Entry, NameIndex};
use kernel::protect::privacy::Name;
use std::{
    collections::HashMap,
    sync::{
        PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
};
use uuid::Uuid;

/// The names of somebody as a version of their file has them.
#[derive(Debug, Clone)]
pub struct Named {
    /// The name by which they are called, and those in either script.
    pub names: Vec<Name>,
    /// Whether their owner is still accompanied.
    pub active: bool,
    /// The version of the file.
    pub version: i64,
}

/// The searchable names of one node.
#[derive(Debug, Default)]
pub struct KnownNames {
    index: NameIndex,
    positions: HashMap<Uuid, i64>,
}

impl KnownNames {
    /// Up to which position of the centre's change feed its names are known; `None` if they were never loaded.
    pub fn position(&self, centre: Uuid) -> Option<i64> {
        self.positions.get(&centre).copied()
    }

    /// Takes in names as they stood at this position of the centre's feed; `None` for somebody who is no more, or at another centre
    /// now. Does nothing when another reader has brought as much or more meanwhile: an older name must not replace a newer one.
    pub fn learn(&mut self, centre: Uuid, position: i64, names: &[(Uuid, Option<Named>)]) {
        if self.position(centre).is_some_and(|known| known >= position) {
            return;
        }
        for (id, name) in names {
            match name {
                Some(named) => self.take_in(centre, *id, named),
                // Whoever was moved is another centre's to tell of, whose feed may have been read before.
                None if self.index.entry(*id).is_some_and(|known| known.centre != centre) => {}
                None => self.index.remove(*id),
            }
        }
        self.positions.insert(centre, position);
    }

    /// Takes in one name of a centre whose names are loaded one after the other. Does nothing where they are known: what is known
    /// there is as old or newer.
    pub fn bring(&mut self, centre: Uuid, id: Uuid, named: &Named) {
        if self.position(centre).is_none() {
            self.take_in(centre, id, named);
        }
    }

    /// The feeds of two centres say nothing of which is ahead; of somebody whom both tell of, the later version of the file counts.
    fn take_in(&mut self, centre: Uuid, id: Uuid, named: &Named) {
        let Named { names, active, version } = named;
        if self.index.entry(id).is_none_or(|known| known.version <= *version) {
            self.index.upsert(Entry { id, centre, active: *active, version: *version }, names);
        }
    }

    /// All of the centre's names were brought, as they stood at this position of its feed or later.
    pub fn arrive(&mut self, centre: Uuid, position: i64) {
        self.positions.entry(centre).or_insert(position);
    }

    /// As [`NameIndex::search`].
    pub fn search(&self, query: &str, allowed: impl Fn(&Entry) -> bool, limit: usize) -> Vec<Uuid> {
        self.index.search(query, allowed, limit)
    }
}

/// The same, shared by all who search, and whether it is about to know everybody.
#[derive(Debug, Default)]
pub struct SharedNames {
    // No step under the lock leaves the names half done, so a panic elsewhere does not end searching.
    names: RwLock<KnownNames>,
    loading: AtomicBool,
}

impl SharedNames {
    /// For searching.
    pub fn read(&self) -> RwLockReadGuard<'_, KnownNames> {
        self.names.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For taking in names.
    pub fn write(&self) -> RwLockWriteGuard<'_, KnownNames> {
        self.names.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether everybody's names are being loaded, which is so after a start: who searches meanwhile may have to wait.
    pub fn are_being_loaded(&self) -> bool {
        self.loading.load(Ordering::Acquire)
    }

    /// Says that loading begins or has ended.
    pub fn set_loading(&self, loading: bool) {
        self.loading.store(loading, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(version: i64, text: &str) -> Named {
        Named { names: vec![Name::parse(text).unwrap()], active: true, version }
    }

    fn named(text: &str) -> Option<Named> {
        Some(version(1, text))
    }

    #[test]
    fn what_is_brought_does_not_undo_what_is_known() {
        let (centre, person) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut names = KnownNames::default();
        let older = version(1, "Amina Alaoui");
        names.bring(centre, person, &older);
        assert_eq!((names.search("alaoui", |_| true, 10), names.position(centre)), (vec![person], None));
        // Somebody searches meanwhile, and brings the whole centre.
        names.learn(centre, 7, &[(person, named("Amina Bennani"))]);
        names.bring(centre, person, &older);
        names.arrive(centre, 6);
        assert!(names.search("alaoui", |_| true, 10).is_empty());
        assert_eq!(names.position(centre), Some(7));
    }

    #[test]
    fn an_older_reading_does_not_undo_a_newer_one() {
        let (centre, person) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut names = KnownNames::default();
        names.learn(centre, 7, &[(person, named("Amina Bennani"))]);
        names.learn(centre, 6, &[(person, named("Amina Alaoui"))]);
        assert_eq!(names.search("bennani", |_| true, 10), [person]);
        assert!(names.search("alaoui", |_| true, 10).is_empty());
        names.learn(centre, 8, &[(person, None)]);
        assert!(names.search("amina", |_| true, 10).is_empty());
        assert_eq!((names.position(centre), names.position(person)), (Some(8), None));
    }

    #[test]
    fn whoever_was_moved_is_found_at_the_new_centre_in_whichever_order_the_feeds_are_read() {
        let (old, new, person) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let stayed = |names: &KnownNames| names.search("amina", |entry| entry.centre == new, 10) == [person];
        let before = (person, named("Amina Bennani"));
        let moved = (person, Some(version(2, "Amina Bennani")));
        // The old centre's feed first, then the new one's, and the other way round.
        for is_old_first in [true, false] {
            let mut names = KnownNames::default();
            names.learn(old, 7, std::slice::from_ref(&before));
            for is_old in [is_old_first, !is_old_first] {
                if is_old {
                    names.learn(old, 8, &[(person, None)]);
                } else {
                    names.learn(new, 4, std::slice::from_ref(&moved));
                }
            }
            assert!(stayed(&names), "{is_old_first}");
        }
        // Somebody read the old centre before the move, and comes late with it.
        let mut names = KnownNames::default();
        names.learn(new, 4, &[moved]);
        names.learn(old, 7, &[before]);
        names.learn(old, 8, &[(person, None)]);
        assert!(stayed(&names));
    }
}
