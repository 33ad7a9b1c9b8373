//! The vault remembers opened data keys, so that a list of 200 rows about 50 people opens 50 keys and not 200.
//!
//! A key is only given to a caller who shows its wrapped form as read from the database just now. So an erased
//! person's key cannot be had from the memory of any node, even from one that has not heard of the erasure.
//! [`Vault::forget`] removes it from this node's memory as well, for good.
//!
//! When the vault is full, the clock algorithm drops a key that has not been used since the hand last passed: nearly
//! as good as dropping the least recently used one, without moving anything on a hit.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use super::seal::{DataKey, SealError, WrapKey, WrappedKey};

#[cfg(test)]
mod tests;

/// How many opened keys a vault usually remembers: the people of a busy hour, not everybody's keys in one dump of
/// memory. Opening one again takes about a microsecond.
pub const DEFAULT_CAPACITY: usize = 2_000;

struct Slot {
    owner: Uuid,
    wrapped: WrappedKey,
    key: Arc<DataKey>,
    used: bool,
}

#[derive(Default)]
struct Memory {
    places: HashMap<Uuid, usize>,
    slots: Vec<Slot>,
    hand: usize,
    /// Erased owners, whose key a slower reader must not bring back. 16 bytes for each erasure since the start.
    forgotten: HashSet<Uuid>,
}

/// A bounded memory of opened data keys of one kind of owner.
pub struct Vault {
    wrap_key: WrapKey,
    capacity: usize,
    memory: Mutex<Memory>,
}

impl Vault {
    /// An empty vault for at most `capacity` keys.
    pub fn new(wrap_key: WrapKey, capacity: usize) -> Self {
        Self { wrap_key, capacity, memory: Mutex::default() }
    }

    /// The key that wraps what this vault opens, for making a new person's wrapped key.
    pub fn wrap_key(&self) -> &WrapKey {
        &self.wrap_key
    }

    /// The data key of `owner`, opened from `wrapped` unless remembered.
    ///
    /// # Errors
    /// As [`DataKey::unwrap`]; [`SealError::Erased`] after [`Self::forget`].
    pub fn key(&self, owner: Uuid, wrapped: &WrappedKey) -> Result<Arc<DataKey>, SealError> {
        if let Some(key) = self.memory().find(owner, wrapped)? {
            return Ok(key);
        }
        // Opened outside the lock; two readers may both do it, which costs time and nothing else.
        let key = Arc::new(DataKey::unwrap(&self.wrap_key, owner, wrapped)?);
        let slot = Slot { owner, wrapped: wrapped.clone(), key: Arc::clone(&key), used: false };
        self.memory().remember(slot, self.capacity)?;
        Ok(key)
    }

    /// Drops an erased owner's key and never gives it out again. To be called once the erasure is committed.
    pub fn forget(&self, owner: Uuid) {
        let mut memory = self.memory();
        memory.forgotten.insert(owner);
        memory.drop_slot(owner);
    }

    /// How many keys are remembered now.
    pub fn len(&self) -> usize {
        self.memory().slots.len()
    }

    /// Whether no key is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// No step under the lock can leave it half-done in a way that matters, so a panic elsewhere does not end service.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Vault({} of {} keys)", self.len(), self.capacity)
    }
}

impl Memory {
    fn find(&mut self, owner: Uuid, wrapped: &WrappedKey) -> Result<Option<Arc<DataKey>>, SealError> {
        if self.forgotten.contains(&owner) {
            return Err(SealError::Erased);
        }
        let slot = self.places.get(&owner).and_then(|place| self.slots.get_mut(*place));
        Ok(slot.filter(|slot| slot.wrapped == *wrapped).map(|slot| {
            slot.used = true;
            Arc::clone(&slot.key)
        }))
    }

    fn remember(&mut self, slot: Slot, capacity: usize) -> Result<(), SealError> {
        if self.forgotten.contains(&slot.owner) {
            return Err(SealError::Erased);
        }
        self.drop_slot(slot.owner);
        if self.slots.len() >= capacity.max(1) {
            self.drop_unused();
        }
        self.places.insert(slot.owner, self.slots.len());
        self.slots.push(slot);
        Ok(())
    }

    fn drop_unused(&mut self) {
        let mut steps = self.slots.len().saturating_mul(2);
        while steps > 0 {
            steps -= 1;
            self.hand = if self.hand >= self.slots.len() { 0 } else { self.hand };
            match self.slots.get_mut(self.hand) {
                Some(slot) if slot.used => slot.used = false,
                Some(slot) => {
                    let owner = slot.owner;
                    return self.drop_slot(owner);
                }
                None => return,
            }
            self.hand += 1;
        }
    }

    fn drop_slot(&mut self, owner: Uuid) {
        let Some(place) = self.places.remove(&owner) else { return };
        self.slots.swap_remove(place);
        if let Some(moved) = self.slots.get(place) {
            self.places.insert(moved.owner, place);
        }
    }
}
