//! What running programs cost, as Linux counts it under `/proc`: processor time of a program and of a database server with its
//! children, and the most memory that a program held.

use std::fs;

use crate::Failure;

/// Ticks of processor time in a second: `USER_HZ`, which Linux fixes at 100 for everything under `/proc`.
const TICKS_PER_SECOND: f64 = 100.0;

/// Fields of `/proc/PID/stat`, counted after the name in brackets, which may itself hold spaces and brackets.
const PARENT: usize = 1;
const OWN: [usize; 2] = [11, 12];
const CHILDREN_THAT_ENDED: [usize; 2] = [13, 14];

fn stat(process: &str) -> Option<Vec<u64>> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    // The state is a letter and the priority may be negative; neither is asked for here.
    Some(rest.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect())
}

fn sum(fields: &[u64], places: [usize; 2]) -> u64 {
    places.iter().filter_map(|place| fields.get(*place)).sum()
}

/// Processor time of all threads of this program so far, in seconds.
pub fn processor_seconds(process: u32) -> Result<f64, Failure> {
    let fields = stat(&process.to_string()).ok_or_else(|| format!("process {process} has ended"))?;
    Ok(sum(&fields, OWN) as f64 / TICKS_PER_SECOND)
}

/// Processor time of this program and all its children, those that ended too, in seconds.
pub fn processor_seconds_of_family(parent: u32) -> Result<f64, Failure> {
    let own = stat(&parent.to_string()).ok_or_else(|| format!("process {parent} has ended"))?;
    let mut ticks = sum(&own, OWN) + sum(&own, CHILDREN_THAT_ENDED);
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(name) = name.to_str().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())) else {
            continue;
        };
        // One that ended meanwhile is in its parent's account at the next look.
        let Some(fields) = stat(name) else { continue };
        if fields.get(PARENT) == Some(&u64::from(parent)) {
            ticks += sum(&fields, OWN);
        }
    }
    Ok(ticks as f64 / TICKS_PER_SECOND)
}

/// Forgets the peak of memory so far (`clear_refs`, see proc(5)).
pub fn forget_peak(process: u32) -> Result<(), Failure> {
    Ok(fs::write(format!("/proc/{process}/clear_refs"), "5")?)
}

/// The most memory that was resident since, in MiB.
pub fn peak_mib(process: u32) -> Result<f64, Failure> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    let kib: f64 = line.split_whitespace().nth(1).ok_or("no number after VmHWM")?.parse()?;
    Ok(kib / 1_024.0)
}
