//! Search by name, in memory only. Names are sealed in the database, so the database cannot search them; each node
//! builds this index at start from the opened names and keeps it fresh. It is never written anywhere, and a stolen
//! file gives nothing of it away.
//!
//! The index maps each word of each name, in every script in which a file has it, to the participants who have it. A query is a list of word beginnings; a
//! name answers it when each of them begins one of its words. Order: queries found as typed before those found only
//! by joining particles (Ben Ali, Benali), more whole words first, then a match of the first word, then the name in
//! its compared form, then the id: the same on every node.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::fmt;
use std::ops::Bound;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::text::{joined, without_article, words};
use kernel::protect::privacy::Name;

#[cfg(test)]
mod tests;

/// Stands between the names of one person, and in no word.
const BETWEEN_NAMES: char = '\n';

/// Words of a query beyond this number are not looked at.
const LONGEST_QUERY: usize = 8;

/// Whom a name belongs to, for deciding whether the caller may find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The participant.
    pub id: Uuid,
    /// Their centre.
    pub centre: Uuid,
    /// Whether they are still accompanied.
    pub active: bool,
    /// Which version of their file said so.
    pub version: i64,
}

/// A word of a name, wiped when the last participant who has it is removed.
#[derive(PartialEq, Eq)]
struct Word(Zeroizing<Box<str>>);

/// As `str` orders, which `Borrow<str>` requires.
impl Ord for Word {
    fn cmp(&self, other: &Self) -> Ordering {
        str::cmp(&self.0, &other.0)
    }
}

impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

struct Slot {
    entry: Entry,
    /// The words, separated by spaces: those of a name in their order, then joined and article-less forms. Behind them, after a line feed,
    /// the same of the name in another script.
    words: Zeroizing<Box<str>>,
}

impl Slot {
    fn words(&self) -> impl Iterator<Item = &str> {
        self.words.split([' ', BETWEEN_NAMES])
    }

    /// The first word of each name.
    fn first_words(&self) -> impl Iterator<Item = &str> {
        self.words.split(BETWEEN_NAMES).filter_map(|name| name.split(' ').next())
    }
}

/// Place of a slot. Four bytes instead of a 16-byte id in every list.
type Place = u32;

/// Lower is better.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank<'index> {
    reading: usize,
    words_cut_short: usize,
    first_word_elsewhere: bool,
    words: &'index str,
    id: Uuid,
}

/// The index of one node. Not synchronised: callers put it behind a lock.
#[derive(Default)]
pub struct NameIndex {
    /// For each word, the places of the names that have it, ascending.
    by_word: BTreeMap<Word, Vec<Place>>,
    slots: Vec<Option<Slot>>,
    free: Vec<Place>,
    by_id: HashMap<Uuid, Place>,
}

impl NameIndex {
    /// An empty index.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many participants can be found.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether nobody can be found.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// What is known of a participant.
    pub fn entry(&self, id: Uuid) -> Option<&Entry> {
        self.by_id.get(&id).and_then(|place| self.slot(*place)).map(|slot| &slot.entry)
    }

    /// Adds a participant, or replaces what was known of them.
    pub fn upsert(&mut self, entry: Entry, names: &[Name]) {
        self.remove(entry.id);
        let Some(place) = self.free.pop().or_else(|| Place::try_from(self.slots.len()).ok()) else { return };
        let slot = Slot { entry, words: searchable(names) };
        for word in slot.words() {
            if let Some(places) = self.by_word.get_mut(word) {
                if let Err(position) = places.binary_search(&place) {
                    places.insert(position, place);
                }
            } else {
                self.by_word.insert(Word(Zeroizing::new(word.into())), vec![place]);
            }
        }
        self.by_id.insert(entry.id, place);
        let position = usize::try_from(place).unwrap_or(usize::MAX);
        match self.slots.get_mut(position) {
            Some(free) => *free = Some(slot),
            None => self.slots.push(Some(slot)),
        }
    }

    /// Removes a participant and wipes the name. Unknown ids change nothing.
    pub fn remove(&mut self, id: Uuid) {
        let Some(place) = self.by_id.remove(&id) else { return };
        let position = usize::try_from(place).unwrap_or(usize::MAX);
        let Some(slot) = self.slots.get_mut(position).and_then(Option::take) else { return };
        for word in slot.words() {
            let Some(places) = self.by_word.get_mut(word) else { continue };
            if let Ok(position) = places.binary_search(&place) {
                places.remove(position);
            }
            if places.is_empty() {
                self.by_word.remove(word);
            }
        }
        self.free.push(place);
    }

    /// The best `limit` participants whose name answers `query` and whom `allowed` lets through. A query without any
    /// letter or digit finds nobody.
    pub fn search(&self, query: &str, allowed: impl Fn(&Entry) -> bool, limit: usize) -> Vec<Uuid> {
        let mut typed = words(query);
        typed.truncate(LONGEST_QUERY);
        let joined = joined(&typed);
        let mut best = BinaryHeap::new();
        let mut found: Vec<Place> = Vec::new();
        for (reading, query) in std::iter::once(typed).chain(joined).enumerate() {
            let mut candidates = self.candidates(&query);
            candidates.retain(|place| found.binary_search(place).is_err());
            for place in candidates {
                let Some(slot) = self.slot(place).filter(|slot| allowed(&slot.entry)) else { continue };
                let Some(rank) = rank(reading, &query, slot) else { continue };
                found.push(place);
                if best.len() < limit {
                    best.push(rank);
                } else if let Some(mut worst) = best.peek_mut()
                    && rank < *worst
                {
                    *worst = rank;
                }
            }
        }
        best.into_sorted_vec().into_iter().map(|rank| rank.id).collect()
    }

    fn slot(&self, place: Place) -> Option<&Slot> {
        self.slots.get(usize::try_from(place).ok()?)?.as_ref()
    }

    /// The names that answer the rarest word of the query, ascending and without repeats.
    fn candidates(&self, query: &[Zeroizing<String>]) -> Vec<Place> {
        let lists = query.iter().map(|word| self.beginning_with(word).collect::<Vec<_>>());
        let rarest = lists.min_by_key(|lists| lists.iter().map(|places| places.len()).sum::<usize>());
        let mut places: Vec<Place> = rarest.unwrap_or_default().into_iter().flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    fn beginning_with<'index>(&'index self, prefix: &'index str) -> impl Iterator<Item = &'index Vec<Place>> {
        self.by_word
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(move |(word, _)| word.0.starts_with(prefix))
            .map(|(_, places)| places)
    }
}

impl fmt::Debug for NameIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NameIndex({} names)", self.len())
    }
}

/// The words of all names; of one that says what another does, as how somebody is called usually does, only once.
fn searchable(names: &[Name]) -> Zeroizing<Box<str>> {
    let length: usize = names.iter().map(|name| name.expose().len()).sum();
    let mut text = Zeroizing::new(String::with_capacity(length.saturating_mul(3)));
    for (position, name) in names.iter().enumerate() {
        if names.iter().take(position).any(|other| other == name) {
            continue;
        }
        let parts = words(name.expose());
        let joined = joined(&parts).unwrap_or_default();
        let bare = parts.iter().filter_map(|word| without_article(word));
        let all = parts.iter().chain(&joined).map(|word| word.as_str()).chain(bare);
        let mut between = if text.is_empty() { None } else { Some(BETWEEN_NAMES) };
        for word in all {
            text.extend(between);
            text.push_str(word);
            between = Some(' ');
        }
    }
    Zeroizing::new(text.as_str().into())
}

/// How well a name answers; `None` if it does not.
fn rank<'index>(reading: usize, query: &[Zeroizing<String>], slot: &'index Slot) -> Option<Rank<'index>> {
    let mut words_cut_short = 0;
    for wanted in query {
        let mut matches = slot.words().filter(|word| word.starts_with(wanted.as_str())).peekable();
        matches.peek()?;
        if !matches.any(|word| word == wanted.as_str()) {
            words_cut_short += 1;
        }
    }
    let first_word_elsewhere = match query.first() {
        Some(wanted) => !slot.first_words().any(|first| first.starts_with(wanted.as_str())),
        None => true,
    };
    Some(Rank { reading, words_cut_short, first_word_elsewhere, words: &slot.words, id: slot.entry.id })
}
