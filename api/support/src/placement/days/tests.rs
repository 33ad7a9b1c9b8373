//! Days worked: examples that can be checked by hand, and the same reckoned day by day.

use super::*;
use chrono::TimeDelta;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn spell(from: &str, until: &str) -> Spell {
    Spell { from: from.parse().unwrap(), until: (!until.is_empty()).then(|| until.parse().unwrap()) }
}

#[test]
fn an_imprecise_date_leaves_some_days_open() {
    let spells = [spell("2026-03", "2026-06-10")];
    for (on, expected) in [
        ("2026-02-28", InWork::No),
        ("2026-03-01", InWork::Perhaps),
        ("2026-03-30", InWork::Perhaps),
        ("2026-03-31", InWork::Yes),
        ("2026-06-10", InWork::Yes),
        ("2026-06-11", InWork::No),
    ] {
        assert_eq!(on_day(&spells, day(on)), expected, "{on}");
    }
    assert_eq!(worked(&spells, day("2026-12-31")), Bounds { at_least: 72, at_most: 102 });
    // Of one within a month nobody knows which days it were.
    assert_eq!(
        worked(&[spell("2026-03", "2026-03")], day("2026-12-31")),
        Bounds { at_least: 0, at_most: 31 }
    );
}

#[test]
fn gaps_lie_between_what_may_have_been_work() {
    let spells = [
        spell("2026-01-05", "2026-01"),
        spell("2026-03-10", "2026-03-20"),
        spell("2026-03-15", "2026-04-01"),
    ];
    assert_eq!(
        gaps(&spells, day("2026-04-10")),
        [
            Gap {
                from: day("2026-02-01"),
                until: Some(day("2026-03-09")),
                days: Bounds { at_least: 37, at_most: 63 }
            },
            Gap { from: day("2026-04-02"), until: None, days: Bounds { at_least: 9, at_most: 9 } },
        ]
    );
    // An end in January may have been on its first day: then the gap is 30 days longer.
    let known = [spell("2026-01-01", "2026-01"), spell("2026-03-10", "")];
    let [gap] = gaps(&known, day("2026-04-10"))[..] else { panic!("one gap") };
    assert_eq!(gap.days, Bounds { at_least: 37, at_most: 67 });
    assert!(gaps(&[], day("2026-04-10")).is_empty(), "nothing was lost yet");
    assert!(gaps(&[spell("2026-01-01", "")], day("2026-04-10")).is_empty());
}

/// A date around the first of January 2026, known to the day, the month or the year.
fn dates() -> impl Strategy<Value = ImpreciseDate> {
    (0_i64..400, prop::sample::select(vec![10_usize, 10, 10, 7, 4])).prop_map(|(after, length)| {
        let date = day("2026-01-01") + TimeDelta::days(after);
        date.to_string()[..length].parse().unwrap()
    })
}

fn spells() -> impl Strategy<Value = Vec<Spell>> {
    let one = (dates(), prop::option::of(dates())).prop_map(|(from, until)| Spell {
        from,
        until: until.filter(|until| until.latest() >= from.earliest()),
    });
    prop::collection::vec(one, 0..6)
}

proptest! {
    #[test]
    fn days_are_those_that_are_counted_one_by_one(spells in spells(), length in 0_i64..500) {
        let (first, last) = (day("2025-12-01"), day("2026-01-01") + TimeDelta::days(length));
        let (mut sure, mut possible) = (0, 0);
        for on in first.iter_days().take_while(|on| *on <= last) {
            match on_day(&spells, on) {
                InWork::Yes => { sure += 1; possible += 1; }
                InWork::Perhaps => possible += 1,
                InWork::No => {}
            }
        }
        prop_assert_eq!(worked(&spells, last), Bounds { at_least: sure, at_most: possible });
    }

    #[test]
    fn a_job_beside_another_counts_once(spells in spells(), length in 0_i64..500) {
        let last = day("2026-01-01") + TimeDelta::days(length);
        let twice: Vec<Spell> = spells.iter().chain(&spells).copied().collect();
        prop_assert_eq!(worked(&twice, last), worked(&spells, last));
        prop_assert_eq!(gaps(&twice, last), gaps(&spells, last));
    }

    #[test]
    fn nobody_may_have_worked_in_a_gap(spells in spells(), length in 0_i64..500) {
        let last = day("2026-01-01") + TimeDelta::days(length);
        let mut idle = 0;
        for gap in gaps(&spells, last) {
            let until = gap.until.unwrap_or(last);
            for on in gap.from.iter_days().take_while(|on| *on <= until) {
                prop_assert_eq!(on_day(&spells, on), InWork::No);
                idle += 1;
            }
            prop_assert!(gap.days.at_least <= gap.days.at_most);
        }
        // Every day after the first on which they may have worked is of work or of a gap.
        if let Some(first) = spells.iter().map(|spell| spell.from.earliest()).min().filter(|first| *first <= last) {
            let all = last.signed_duration_since(first).num_days() + 1;
            prop_assert_eq!(worked(&spells, last).at_most + idle, all);
        }
    }
}
