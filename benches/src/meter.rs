//! Time, processor time and memory of this process, as Linux counts them.

use std::fs;
use std::io::Write;
use std::time::Instant;

use crate::Failure;

/// Ticks of processor time in a second: `USER_HZ`, which Linux fixes at 100 for everything under `/proc`.
const TICKS_PER_SECOND: f64 = 100.0;

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
        fs::write("/proc/self/clear_refs", "5")?;
        Ok(Self { processor: processor_seconds()?, began: Instant::now() })
    }

    /// Ends.
    pub fn stop(self) -> Result<Measured, Failure> {
        Ok(Measured {
            seconds: self.began.elapsed().as_secs_f64(),
            processor_seconds: processor_seconds()? - self.processor,
            peak_mib: peak_mib()?,
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

/// Processor time of all threads: fields 14 and 15 of `/proc/self/stat`, counted after the name in parentheses.
fn processor_seconds() -> Result<f64, Failure> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let (_, rest) = text.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = 0.0;
    for _ in 0..2 {
        ticks += fields.next().ok_or("too few fields in /proc/self/stat")?.parse::<f64>()?;
    }
    Ok(ticks / TICKS_PER_SECOND)
}

fn peak_mib() -> Result<f64, Failure> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM in /proc/self/status")?;
    let kib: f64 = line.split_whitespace().nth(1).ok_or("no number after VmHWM")?.parse()?;
    Ok(kib / 1_024.0)
}
