//! The names that this node can search, and how far in each centre's change feed it has read them. They are loaded after a start, or
//! when somebody of a centre searches before that; before each search whoever holds the database brings what changed since.

use super::{
    name_index::{Entry, NameIndex},
    privacy::Name,
};
use std::{
    collections::HashMap,
    sync::{
        PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
};
use uuid::Uuid;

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

    /// Takes in names, and whether their owners are still accompanied, as they stood at this position of the centre's feed; `None`
    /// for somebody who is no more. Does nothing when another reader has brought as much or more meanwhile: an older name must
    /// not replace a newer one.
    pub fn learn(&mut self, centre: Uuid, position: i64, names: &[(Uuid, Option<(Name, bool)>)]) {
        if self.position(centre).is_some_and(|known| known >= position) {
            return;
        }
        for (id, name) in names {
            match name {
                Some((name, active)) => self.index.upsert(Entry { id: *id, centre, active: *active }, name),
                None => self.index.remove(*id),
            }
        }
        self.positions.insert(centre, position);
    }

    /// Takes in one name of a centre whose names are loaded one after the other. Does nothing where they are known: what is known
    /// there is as old or newer.
    pub fn bring(&mut self, centre: Uuid, id: Uuid, name: &Name, active: bool) {
        if self.position(centre).is_none() {
            self.index.upsert(Entry { id, centre, active }, name);
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

    fn named(text: &str) -> Option<(Name, bool)> {
        Some((Name::parse(text).unwrap(), true))
    }

    #[test]
    fn what_is_brought_does_not_undo_what_is_known() {
        let (centre, person) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut names = KnownNames::default();
        let older = Name::parse("Amina Alaoui").unwrap();
        names.bring(centre, person, &older, true);
        assert_eq!((names.search("alaoui", |_| true, 10), names.position(centre)), (vec![person], None));
        // Somebody searches meanwhile, and brings the whole centre.
        names.learn(centre, 7, &[(person, named("Amina Bennani"))]);
        names.bring(centre, person, &older, true);
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
}
