//! The tables of states, stages and dates.

use super::*;
use PlacementState::{Ended, NotTakenUp, OnTheWay, Running, Withdrawn};
use proptest::prelude::*;

const fn stage(outcome: StageOutcome, begins: bool) -> Command {
    Command::RecordStage { outcome, begins }
}

const COMMANDS: [Command; 13] = [
    stage(StageOutcome::Reached, false),
    stage(StageOutcome::Reached, true),
    stage(StageOutcome::Refused, false),
    stage(StageOutcome::Refused, true),
    stage(StageOutcome::Withdrawn, false),
    stage(StageOutcome::Withdrawn, true),
    Command::VerifyMilestone,
    Command::CorrectMilestone,
    Command::WithdrawMilestone,
    Command::AgreeEmployerKnowledge,
    Command::Correct,
    Command::End,
    Command::Withdraw,
];

#[test]
fn every_state_has_its_commands() {
    let (none, on, not, run, end, out) =
        (None, Some(OnTheWay), Some(NotTakenUp), Some(Running), Some(Ended), Some(Withdrawn));
    // Reached, begun, refused twice, withdrawn twice, a milestone verified, put right and withdrawn, agree, correct, end, entered by mistake.
    for (state, expected) in [
        (OnTheWay, [on, run, not, not, not, not, none, none, none, on, on, none, out]),
        (NotTakenUp, [on, run, none, none, none, none, none, none, none, not, not, none, out]),
        (Running, [none, none, none, none, none, none, run, run, run, run, run, end, out]),
        (Ended, [none, none, none, none, none, none, end, end, end, end, end, none, out]),
        (Withdrawn, [none; 13]),
    ] {
        assert_eq!(COMMANDS.map(|command| next(state, command)), expected, "{state}");
        assert_eq!(possible(state).is_empty(), state == Withdrawn);
    }
    assert_eq!(PlacementState::ALL.len(), 5, "a further state has a line above");
}

#[test]
fn every_kind_has_a_way_to_it_and_begins_with_its_last_stage() {
    for kind in PlacementKind::ALL {
        let way = pathway(*kind);
        let beginnings: Vec<_> = way.iter().filter(|stage| begins_with(**stage)).collect();
        assert_eq!(beginnings, [way.last().unwrap()], "{kind}");
        for (position, stage) in way.iter().enumerate() {
            for (before, last) in way.iter().enumerate() {
                let follows = check_stage(*kind, *stage, Some((*last, StageOutcome::Reached)));
                assert_eq!(follows.is_ok(), before <= position, "{kind}: {stage} after {last}");
                for outcome in [StageOutcome::Refused, StageOutcome::Withdrawn] {
                    assert_eq!(check_stage(*kind, *stage, Some((*last, outcome))), Ok(()));
                }
            }
        }
        for stage in PlacementStage::ALL {
            assert_eq!(check_stage(*kind, *stage, None).is_ok(), way.contains(stage), "{kind}: {stage}");
        }
    }
    let insertion: Vec<_> =
        PlacementKind::ALL.iter().filter(|kind| counted_as(**kind) == WorkGroup::Insertion).collect();
    assert_eq!(insertion, [&PlacementKind::InsertionContract], "counted apart");
}

#[test]
fn dates_follow_each_other_as_far_as_they_are_known() {
    let date = |text: &str| text.parse::<ImpreciseDate>().unwrap();
    let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    for (text, may_be) in [
        ("2026-11-28", true),
        ("2026-11-29", false),
        ("2026-11", true),
        ("2026-12", false),
        ("2026", true),
        ("2027", false),
    ] {
        assert_eq!(check_past(date(text), today).is_ok(), may_be, "{text}");
    }
    for (after, before, may_be) in [
        ("2026-03-01", "2026-03-01", true),
        ("2026-02-28", "2026-03-01", false),
        ("2026-03", "2026-03-20", true),
        ("2026-03-20", "2026-03", true),
        ("2026-02", "2026-03", false),
        ("2026", "2026-12-31", true),
        ("2025", "2026", false),
    ] {
        assert_eq!(check_after(date(after), date(before)).is_ok(), may_be, "{after} after {before}");
    }
    for (start, born, may_be) in [
        ("2026-01-01", Some(2011), true),
        ("2025-12-31", Some(2011), false),
        ("2025", Some(2011), false),
        ("2026", Some(2011), true),
        ("1970", None, true),
        ("2026", Some(i32::MAX), false),
    ] {
        assert_eq!(check_age(date(start), born).is_ok(), may_be, "{start} of {born:?}");
    }
}

#[test]
fn nobody_asks_an_employer_who_may_know_nothing() {
    for evidence in Evidence::ALL {
        for knowledge in EmployerKnowledge::ALL {
            let refused = *evidence == Evidence::Employer && *knowledge == EmployerKnowledge::Nothing;
            assert_eq!(may_be_known_by(*evidence, *knowledge), !refused);
        }
    }
}

proptest! {
    /// Whatever is done in whatever order: only what began has ended, and what was entered by mistake stays so.
    #[test]
    fn whatever_happens_it_stands_somewhere_sensible(commands in prop::collection::vec(prop::sample::select(COMMANDS.to_vec()), 0..30)) {
        let (mut state, mut has_begun) = (OnTheWay, false);
        for command in commands {
            let Some(next) = next(state, command) else { continue };
            prop_assert_ne!(state, Withdrawn);
            has_begun |= next == Running;
            prop_assert!(next != Ended || has_begun);
            prop_assert!(!(has_begun && matches!(next, OnTheWay | NotTakenUp)));
            state = next;
        }
    }
}
