//! Two years of 150 people; and that the same seed is the same two years.

use muwakaba_tests::{
    Database,
    simulation::{Report, Settings, run},
};

/// From which everything follows. Another one is tried with `make simulate`.
const SEED: u64 = 20_261_123;

async fn simulated(database: &Database, settings: Settings) -> Report {
    match run(database, settings).await {
        Ok(report) => report,
        Err(failure) => panic!("{failure}"),
    }
}

#[tokio::test]
async fn two_years_of_a_hundred_and_fifty_people() {
    let database = Database::sqlite_in_memory_if_possible().await;
    let settings = Settings { seed: SEED, people: 150, days: Settings::YEARS };
    let begun = std::time::Instant::now();
    let report = simulated(&database, settings).await;
    println!("{report}{} ms", begun.elapsed().as_millis());
    // Much of everything happened, so that what was looked for could have been found.
    let totals = &report.totals;
    let of =
        |row: &str| report.rows.iter().filter(|(what, _)| what.starts_with(row)).map(|(_, n)| n).sum::<i64>();
    assert_eq!(totals.registered, 150);
    assert!(totals.planned > 2_000 && totals.booked > 400, "{report}");
    assert!(totals.paused > 20 && totals.resumed > 15 && totals.closed > 30 && totals.moved > 5, "{report}");
    assert!(
        totals.hand_overs_refused > 2 && totals.hand_overs_withdrawn > 2 && totals.handed_over > 5,
        "{report}"
    );
    assert!(totals.plans > 100 && totals.plans_changed > 8 && totals.plans_ended > 2, "{report}");
    assert!(totals.arranged > 20 && totals.called > 50 && of("check-in corrected") > 20, "{report}");
    assert!(
        of("check-in given time back for") > 0 && totals.pushed.get("digest_ready") > Some(&100),
        "{report}"
    );
    assert!(totals.died > 0 && totals.reopened > 0 && totals.begun > 30 && totals.lost > 10, "{report}");
    assert!(of("work item check_in_missed") > 200 && of("check-in unanswered") > 20, "{report}");
    assert!(totals.pushed.values().sum::<u64>() > 4_000 && of("device gone") > 10, "{report}");
}

#[tokio::test]
async fn the_same_seed_is_the_same_life() {
    let settings = Settings { seed: 7, people: 9, days: 150 };
    let (one, other) =
        (Database::sqlite_in_memory_if_possible().await, Database::sqlite_in_memory_if_possible().await);
    let first = simulated(&one, settings).await;
    assert_eq!(first, simulated(&other, settings).await);
    let third = Database::sqlite_in_memory_if_possible().await;
    let another = simulated(&third, Settings { seed: 8, ..settings }).await;
    assert_ne!(first.digest, another.digest);
}

#[tokio::test]
async fn the_laws_hold_on_postgresql() {
    let Some(database) = Database::postgres().await else { return };
    let settings = Settings { seed: 7, people: 9, days: 150 };
    let report = simulated(&database, settings).await;
    assert_eq!((report.totals.registered, report.totals.inspections), (9, 5));
}
