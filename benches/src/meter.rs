//! Time, processor time and memory of this process, as Linux counts them.

use std::io::Write;
use std::process;
use std::time::Instant;

use crate::Failure;
use crate::processes::{forget_peak, peak_mib, processor_seconds};

/// A running measurement.
pub struct Meter {
    began: Instant,
    processor: f64,
}

/// A finished one.
pub struct Measured {
    seconds: f64,
    processor_seconds: f64,
    peak_mib: f64,
}

impl Meter {
    /// Begins. The peak of memory so far is forgotten (`clear_refs`, see proc(5)).
    pub fn start() -> Result<Self, Failure> {
        forget_peak(process::id())?;
        Ok(Self { processor: processor_seconds(process::id())?, began: Instant::now() })
    }

    /// Ends.
    pub fn stop(self) -> Result<Measured, Failure> {
        Ok(Measured {
            seconds: self.began.elapsed().as_secs_f64(),
            processor_seconds: processor_seconds(process::id())? - self.processor,
            peak_mib: peak_mib(process::id())?,
        })
    }
}

impl Measured {
    /// Prints the result as one line of JSON.
    pub fn print(&self, name: &str, channel: &str, count: usize) -> Result<(), Failure> {
        let many = count as f64;
        let line = serde_json::json!({
            "name": name,
            "channel": channel,
            "count": count,
            "seconds": rounded(self.seconds, 1_000.0),
            "per_second": rounded(many / self.seconds, 1.0),
            "cpu_seconds_per_1000": rounded(self.processor_seconds / many * 1_000.0, 10_000.0),
            "peak_memory_mib": rounded(self.peak_mib, 10.0),
        });
        Ok(writeln!(std::io::stdout(), "{line}")?)
    }
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
