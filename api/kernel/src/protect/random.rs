//! Where unpredictable bytes come from. Keys and nonces are drawn through [`Random`], so that a test can hand in a
//! source it can repeat and nothing else in the service reaches for randomness by itself.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::{hmac, rand};

/// The source of randomness failed. Nothing that needs unpredictable bytes may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandomness;

/// A source of bytes that nobody can predict.
pub trait Random: Send + Sync {
    /// Overwrites all of `bytes`.
    ///
    /// # Errors
    /// [`NoRandomness`] if the source failed; the content of `bytes` must then not be used.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The cryptographic generator of the process, seeded by the operating system. The only one for real data.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        rand::fill(bytes).map_err(|_| NoRandomness)
    }
}

/// A repeatable source for tests: the same seed gives the same bytes. Never for real data.
pub struct SeededRandom {
    key: hmac::Key,
    block: AtomicU64,
}

impl SeededRandom {
    /// Makes a source whose whole output follows from `seed`.
    pub fn deterministic(seed: u64) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &seed.to_be_bytes()), block: AtomicU64::new(0) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        for chunk in bytes.chunks_mut(32) {
            let block = self.block.fetch_add(1, Ordering::Relaxed);
            let output = hmac::sign(&self.key, &block.to_be_bytes());
            for (to, from) in chunk.iter_mut().zip(output.as_ref()) {
                *to = *from;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(random: &dyn Random) -> [u8; 45] {
        let mut bytes = [0; 45];
        random.fill(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_seed_repeats_and_moves_on() {
        let (one, same, other) =
            (SeededRandom::deterministic(1), SeededRandom::deterministic(1), SeededRandom::deterministic(2));
        let first = draw(&one);
        assert_eq!(first, draw(&same));
        assert_ne!(first, draw(&one));
        assert_ne!(first, draw(&other));
    }

    #[test]
    fn the_system_does_not_repeat() {
        assert_ne!(draw(&SystemRandom), draw(&SystemRandom));
    }
}
