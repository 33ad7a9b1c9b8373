//! A small map from push origin to whatever is kept for it, with a hard limit on how many origins it holds.
//!
//! Honest devices use a handful of origins. The allow-list has wildcards, though, so a hostile client can register
//! endpoints under as many invented sub-domains as it likes. What is kept per origin is always something that can be
//! made again, so a full map forgets the origin that was used least recently, which is never one of the busy ones.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A map keyed by origin that never holds more than its limit.
#[derive(Debug)]
pub struct OriginMap<V> {
    limit: usize,
    entries: Mutex<Entries<V>>,
}

#[derive(Debug)]
struct Entries<V> {
    by_origin: HashMap<Box<str>, Entry<V>>,
    uses: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    last_use: u64,
}

impl<V: Clone> OriginMap<V> {
    /// An empty map for at most `limit` origins (at least one).
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit: limit.max(1), entries: Mutex::new(Entries { by_origin: HashMap::new(), uses: 0 }) }
    }

    /// The value kept for an origin.
    #[must_use]
    pub fn get(&self, origin: &str) -> Option<V> {
        let mut entries = self.lock();
        entries.uses += 1;
        let uses = entries.uses;
        let entry = entries.by_origin.get_mut(origin)?;
        entry.last_use = uses;
        Some(entry.value.clone())
    }

    /// Keeps a value for an origin, in the place of an older one.
    pub fn insert(&self, origin: &str, value: V) {
        let mut entries = self.lock();
        Self::put(&mut entries, self.limit, origin, value);
    }

    /// The value kept for an origin, made now if there is none; two callers at once get the same one.
    pub fn get_or_insert_with(&self, origin: &str, make: impl FnOnce() -> V) -> V {
        let mut entries = self.lock();
        entries.uses += 1;
        let uses = entries.uses;
        if let Some(entry) = entries.by_origin.get_mut(origin) {
            entry.last_use = uses;
            return entry.value.clone();
        }
        let value = make();
        Self::put(&mut entries, self.limit, origin, value.clone());
        value
    }

    /// Forgets an origin.
    pub fn remove(&self, origin: &str) {
        self.lock().by_origin.remove(origin);
    }

    /// How many origins are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().by_origin.len()
    }

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn put(entries: &mut Entries<V>, limit: usize, origin: &str, value: V) {
        if entries.by_origin.len() >= limit && !entries.by_origin.contains_key(origin) {
            let oldest = entries.by_origin.iter().min_by_key(|(_, entry)| entry.last_use);
            if let Some(oldest) = oldest.map(|(origin, _)| origin.clone()) {
                entries.by_origin.remove(&oldest);
            }
        }
        entries.uses += 1;
        let last_use = entries.uses;
        entries.by_origin.insert(origin.into(), Entry { value, last_use });
    }

    fn lock(&self) -> MutexGuard<'_, Entries<V>> {
        // No operation leaves the map half changed, so a panic elsewhere does not make it unusable.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::OriginMap;

    #[test]
    fn a_flood_of_invented_origins_never_pushes_out_one_in_use() {
        let map = OriginMap::new(8);
        map.insert("https://real.example", 7);
        for number in 0..1_000 {
            map.insert(&format!("https://{number}.invented.example"), number);
            assert_eq!(map.get("https://real.example"), Some(7));
            assert!(map.len() <= 8);
        }
    }

    #[test]
    fn a_value_is_made_once_and_can_be_replaced_and_removed() {
        let map = OriginMap::new(2);
        assert_eq!(map.get_or_insert_with("a", || 1), 1);
        assert_eq!(map.get_or_insert_with("a", || 2), 1);
        map.insert("a", 3);
        assert_eq!(map.get("a"), Some(3));
        map.remove("a");
        assert!(map.is_empty());
    }
}
