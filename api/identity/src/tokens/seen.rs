//! Access tokens whose signature was checked already: checking it again costs more than the rest of a small request. Whether a token is
//! still good, and its session still alive, is asked every time all the same.

use aws_lc_rs::digest::{SHA256, digest};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How many are remembered in each of two generations.
const GENERATION: usize = 4_096;

type Digest = [u8; 32];

/// What was read from tokens, by their digests: a token itself is a secret and is not kept.
pub struct SeenTokens<T>(Mutex<Generations<T>>);

struct Generations<T> {
    young: HashMap<Digest, T>,
    old: HashMap<Digest, T>,
}

impl<T> Default for SeenTokens<T> {
    fn default() -> Self {
        Self(Mutex::new(Generations { young: HashMap::new(), old: HashMap::new() }))
    }
}

impl<T: Copy> SeenTokens<T> {
    /// What this token says, read by `check` if it was not seen lately. Only what `check` found good is remembered.
    pub fn get(&self, token: &str, check: impl FnOnce() -> Option<T>) -> Option<T> {
        let key: Digest = digest(&SHA256, token.as_bytes()).as_ref().try_into().ok()?;
        if let Some(known) = self.0.lock().unwrap_or_else(PoisonError::into_inner).find(&key) {
            return Some(known);
        }
        let read = check()?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remember(key, read);
        Some(read)
    }
}

impl<T: Copy> Generations<T> {
    fn find(&mut self, key: &Digest) -> Option<T> {
        if let Some(known) = self.young.get(key) {
            return Some(*known);
        }
        let known = self.old.remove(key)?;
        self.remember(*key, known);
        Some(known)
    }

    fn remember(&mut self, key: Digest, read: T) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, read);
    }
}

#[cfg(test)]
mod tests {
    use super::{GENERATION, SeenTokens};

    #[test]
    fn what_is_good_is_read_once_and_what_is_not_every_time() {
        let seen = SeenTokens::default();
        assert_eq!(seen.get("good", || Some(1)), Some(1));
        assert_eq!(seen.get("good", || panic!("read again")), Some(1));
        assert_eq!(seen.get("bad", || None), None);
        assert_eq!(seen.get("bad", || Some(2)), Some(2), "it was not remembered as bad either");
    }

    #[test]
    fn what_is_used_stays_and_the_rest_is_forgotten() {
        let seen = SeenTokens::default();
        seen.get("used", || Some(0));
        for number in 0..5 * GENERATION {
            seen.get(&number.to_string(), || Some(number));
            seen.get("used", || panic!("forgotten"));
        }
        let generations = seen.0.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
    }
}
