//! How much memory the running requests of one source take: their heads, and the answers that it has not taken yet. A source that
//! would need more gets no answer at all until some of its others have left.

use kernel::door::network;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// What a request takes beside its head: its task, its place in the connection, its answer's head.
const EACH: usize = 2_048;

/// What the sources take, in bytes.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// Memory that is taken until this is dropped.
pub struct Held {
    memory: Memory,
    source: IpAddr,
    bytes: usize,
}

impl Memory {
    /// Takes memory for a request whose head has this many bytes. `None`: the source has too much already.
    pub fn take(&self, source: IpAddr, head: usize, most: usize) -> Option<Held> {
        let mut held = Held { memory: self.clone(), source: network(source), bytes: 0 };
        held.grow(head.saturating_add(EACH), most).then_some(held)
    }
}

impl Held {
    /// Takes more, if the source may have it.
    pub fn grow(&mut self, bytes: usize, most: usize) -> bool {
        let mut taken = self.memory.0.lock().unwrap_or_else(PoisonError::into_inner);
        let present = taken.get(&self.source).copied().unwrap_or_default();
        let Some(grown) = present.checked_add(bytes).filter(|grown| *grown <= most) else { return false };
        taken.insert(self.source, grown);
        self.bytes += bytes;
        true
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = self.memory.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(present) = taken.get_mut(&self.source) {
            *present = present.saturating_sub(self.bytes);
            if *present == 0 {
                taken.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{EACH, Memory};

    #[test]
    fn a_source_has_so_much_and_gives_it_back() {
        let (memory, most) = (Memory::default(), 3 * EACH);
        let from = |text: &str| memory.take(text.parse().unwrap(), 0, most);
        let mut first = from("2001:db8::1").unwrap();
        let second = from("2001:db8::2").unwrap();
        assert!(!first.grow(EACH + 1, most) && first.grow(EACH, most));
        assert!(from("2001:db8::3").is_none(), "the same /64");
        assert!(from("192.0.2.1").is_some(), "another one has its own");
        drop(first);
        assert!(from("2001:db8::3").is_some());
        drop(second);
        assert!(memory.0.lock().unwrap().is_empty(), "nothing is remembered of those who left");
    }
}
