use super::*;
use ConsentState::{Expired, Given, Withdrawn};
use proptest::prelude::*;

fn at(second: i64) -> Instant {
    Instant::from_micros(second * 1_000_000).unwrap()
}

fn said(act: ConsentState, second: i64) -> Entry {
    Entry { act, said_at: at(second), expires_at: None }
}

fn until(second: i64, until: i64) -> Entry {
    Entry { expires_at: Some(at(until)), ..said(Given, second) }
}

fn state(entries: &[Entry], now: i64) -> Option<ConsentState> {
    what_holds(entries, at(now)).map(|standing| standing.state)
}

#[test]
fn what_was_said_last_holds_and_in_doubt_it_is_no() {
    for (entries, now, holds) in [
        (vec![], 9, None),
        (vec![said(Given, 1)], 9, Some(Given)),
        (vec![said(Given, 1), said(Withdrawn, 2)], 9, Some(Withdrawn)),
        (vec![said(Given, 1), said(Withdrawn, 2), said(Given, 3)], 9, Some(Given)),
        // A consent from before the withdrawal arrives after it.
        (vec![said(Withdrawn, 2), said(Given, 1)], 9, Some(Withdrawn)),
        (vec![said(Withdrawn, 2), said(Given, 2)], 9, Some(Given)),
        // A withdrawal from before the last consent arrives after it: they are asked again rather than not heard.
        (vec![said(Given, 3), said(Withdrawn, 2)], 9, Some(Withdrawn)),
        (vec![said(Given, 3), said(Withdrawn, 2), said(Given, 4)], 9, Some(Given)),
        (vec![said(Withdrawn, 5), said(Withdrawn, 2), said(Given, 4)], 9, Some(Withdrawn)),
        // A "no" that was said again outweighs a "yes" from between the two that arrives last.
        (vec![said(Given, 1), said(Withdrawn, 2), said(Withdrawn, 4), said(Given, 3)], 9, Some(Withdrawn)),
        // Time ends it to the moment, whether or not that is written down.
        (vec![until(1, 5)], 4, Some(Given)),
        (vec![until(1, 5)], 5, Some(Expired)),
        (vec![until(1, 5), said(Expired, 5)], 9, Some(Expired)),
        (vec![until(1, 5), said(Given, 4)], 9, Some(Given)),
        (vec![until(1, 5), until(4, 8), said(Expired, 5)], 7, Some(Given)),
        (vec![until(1, 5), said(Withdrawn, 3), said(Expired, 5)], 9, Some(Withdrawn)),
        (vec![until(1, 5), said(Expired, 5), said(Given, 6)], 9, Some(Given)),
    ] {
        assert_eq!(state(&entries, now), holds, "{entries:?}");
    }
}

#[test]
fn nobody_agrees_for_longer_than_five_years_nor_until_yesterday() {
    let now = at(1_000);
    assert_eq!(check_expiry(at(1_001), now), Ok(()));
    assert_eq!(check_expiry(now.saturating_add(LONGEST), now), Ok(()));
    assert_eq!(check_expiry(now, now).map_err(|fault| fault.0), Err("past"));
    let longer = now.saturating_add(LONGEST + TimeDelta::seconds(1));
    assert_eq!(check_expiry(longer, now).map_err(|fault| fault.0), Err("too_far"));
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let entry = (
        prop_oneof![Just(Given), Just(Withdrawn), Just(Expired)],
        0_i64..20,
        proptest::option::of(0_i64..40),
    );
    let entry =
        entry.prop_map(|(act, second, until)| Entry { expires_at: until.map(at), ..said(act, second) });
    proptest::collection::vec(entry, 0..12)
}

proptest! {
    #[test]
    fn whatever_was_said_a_withdrawal_that_arrives_holds(mut entries in entries(), second in 0_i64..20) {
        entries.push(said(Withdrawn, second));
        prop_assert_eq!(state(&entries, 100), Some(Withdrawn));
    }

    #[test]
    fn nothing_holds_that_was_said_before_a_withdrawal(entries in entries(), now in 0_i64..60) {
        if state(&entries, now) == Some(Given) {
            let by = entries[what_holds(&entries, at(now)).unwrap().by];
            let last_no = entries.iter().filter(|entry| entry.act == Withdrawn).map(|entry| entry.said_at).max();
            prop_assert!(by.act == Given && last_no.is_none_or(|no| by.said_at >= no));
            prop_assert!(by.expires_at.is_none_or(|until| until > at(now)));
        }
    }

    #[test]
    fn time_alone_only_ends_what_was_given(entries in entries(), now in 0_i64..60, later in 0_i64..60) {
        let (before, after) = (state(&entries, now), state(&entries, now + later));
        prop_assert!(before == after || (before, after) == (Some(Given), Some(Expired)));
    }
}

#[test]
fn what_held_when_something_was_recorded_follows_from_what_had_been_said_by_then() {
    let at = |minute: u32| format!("2026-11-23T10:{minute:02}:00Z").parse::<Instant>().unwrap();
    let said =
        |act, minute, until: Option<u32>| Entry { act, said_at: at(minute), expires_at: until.map(at) };
    let (given, withdrawn) = (ConsentState::Given, ConsentState::Withdrawn);
    assert!(!held_at(&[], at(9)));
    // The withdrawal arrived first, and was said last.
    let entries = [said(withdrawn, 8, None), said(given, 2, None)];
    for (minute, held) in [(1, false), (2, true), (7, true), (8, false), (9, false)] {
        assert_eq!(held_at(&entries, at(minute)), held, "{minute}");
    }
    let entries = [said(given, 2, Some(5))];
    for (minute, held) in [(2, true), (4, true), (5, false)] {
        assert_eq!(held_at(&entries, at(minute)), held, "{minute}");
    }
}
