//! The table of all lists, and its verdict.

use std::process::ExitCode;

use super::Figure;

/// The longest that 99 of 100 may take when everything was read before, in milliseconds: a list, a search by name, and what is counted or chosen
/// from all the open work of a centre of ten thousand people.
const WARM_MS: f64 = 10.0;
const SEARCH_MS: f64 = 20.0;
const WHOLE_CENTRE_MS: f64 = 50.0;
/// The longest right after a start.
const COLD_MS: f64 = 100.0;

/// The time within which this share of them lies.
pub fn share(times: &[f64], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (share * sorted.len().saturating_sub(1) as f64).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// Prints everything; whether every bound is kept.
pub fn print(figures: &[Figure], alone: &[f64], was_cold: bool, gates: bool) -> ExitCode {
    println!("\nlists, in milliseconds; 100,000 participants, five million rows of history; SQLite\n");
    println!(
        "{:<14}{:<38}{:>9}{:>9}{:>10}{:>10}{:>10}{:>9}",
        "who", "list", "p50", "p99", "cold p50", "cold max", "a writer", "bytes"
    );
    let mut missed = Vec::new();
    for figure in figures {
        let bound = match (figure.list.is_search, figure.list.is_of_whole_centre) {
            (true, _) => SEARCH_MS,
            (false, true) => WHOLE_CENTRE_MS,
            (false, false) => WARM_MS,
        };
        let (warm, cold) = (share(&figure.warm, 0.99), share(&figure.cold, 1.0));
        println!(
            "{:<14}{:<38}{:>9.2}{:>9.2}{:>10.1}{:>10.1}{:>10.1}{:>9}",
            figure.list.caller.word(),
            figure.list.name,
            share(&figure.warm, 0.5),
            warm,
            share(&figure.cold, 0.5),
            cold,
            share(&figure.writer, 1.0),
            figure.bytes,
        );
        let who = format!("{}, {}", figure.list.caller.word(), figure.list.name);
        if warm > bound {
            missed.push(format!("{who}: p99 {warm:.2} ms warm (at most {bound})"));
        }
        if was_cold && cold > COLD_MS {
            missed.push(format!("{who}: {cold:.1} ms cold (at most {COLD_MS})"));
        }
    }
    println!(
        "\na writer: the longest that somebody waited who made appointments meanwhile; {:.1} when nobody read, {:.1} for half of them",
        share(alone, 1.0),
        share(alone, 0.5),
    );
    if !was_cold {
        println!(
            "cold: only the program was fresh; the kernel's page cache can be dropped by root alone, so it is not judged"
        );
    }
    if !gates {
        return ExitCode::SUCCESS;
    }
    println!();
    for miss in &missed {
        println!("MISSED  {miss}");
    }
    if missed.is_empty() {
        println!(
            "met     {} lists within {WARM_MS} ms warm (name search {SEARCH_MS}, a whole centre's work {WHOLE_CENTRE_MS}) and {COLD_MS} ms cold",
            figures.len()
        );
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_is_read_off_the_sorted_times() {
        let times: Vec<f64> = (1..=101).rev().map(f64::from).collect();
        assert!((share(&times, 0.5) - 51.0).abs() < 1e-9);
        assert!((share(&times, 1.0) - 101.0).abs() < 1e-9);
        assert!(share(&[], 0.5).is_nan());
    }
}
