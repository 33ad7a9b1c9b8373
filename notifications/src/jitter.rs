//! Chance, as far as it spreads load. It is handed in, so that a test knows what it will be.

use std::time::Duration;

/// Draws a waiting time.
pub trait Jitter: Send + Sync {
    /// A duration between zero and `limit`, every one as likely as the other.
    fn up_to(&self, limit: Duration) -> Duration;
}

/// Chance from the system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemJitter;

impl Jitter for SystemJitter {
    fn up_to(&self, limit: Duration) -> Duration {
        let mut bytes = [0; 4];
        // Without random numbers everybody waits for the longest time: slow, and still right.
        let drawn = match aws_lc_rs::rand::fill(&mut bytes) {
            Ok(()) => u32::from_be_bytes(bytes),
            Err(_) => u32::MAX,
        };
        limit.mul_f64(f64::from(drawn) / f64::from(u32::MAX))
    }
}
