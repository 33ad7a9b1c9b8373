use super::*;
use proptest::prelude::*;
use uuid::Uuid;

const SIDES: [Side; 3] = [Side::Asking, Side::Asked, Side::Beside];

fn staff(number: u128) -> StaffId {
    StaffId(Uuid::from_u128(number))
}

fn centre(number: u128) -> CentreId {
    CentreId(Uuid::from_u128(100 + number))
}

#[test]
fn every_state_every_command_and_every_side() {
    let mut table = String::new();
    for state in HandOverState::ALL {
        for command in HandOverCommand::ALL {
            for side in SIDES {
                if let Some(becomes) = after(*state, *command, side) {
                    table += &format!("{state} {command} {side:?} {becomes}\n");
                }
            }
        }
    }
    let expected = "\
asked accept Asked accepted
asked refuse Asked refused
asked withdraw Asking withdrawn
";
    assert_eq!(table, expected, "all else is refused");
}

#[test]
fn only_what_is_asked_becomes_moot() {
    for state in HandOverState::ALL {
        assert_eq!(ended(*state), (*state == Asked).then_some(Ended), "{state}");
    }
}

#[test]
fn who_stands_on_which_side() {
    let between_colleagues =
        Parties { from_centre: centre(1), asked_by: staff(1), to_staff: Some(staff(2)), to_centre: None };
    let between_centres =
        Parties { from_centre: centre(1), asked_by: staff(8), to_staff: None, to_centre: Some(centre(2)) };
    let mentor = |number| By { staff: staff(number), manages: None };
    let manager = |number, of| By { staff: staff(number), manages: Some(centre(of)) };
    for (parties, by, expected) in [
        (between_colleagues, mentor(1), Side::Asking),
        (between_colleagues, mentor(2), Side::Asked),
        (between_colleagues, mentor(3), Side::Beside),
        (between_colleagues, manager(8, 1), Side::Asking),
        (between_colleagues, manager(9, 2), Side::Beside),
        (between_centres, manager(8, 1), Side::Asking),
        (between_centres, manager(7, 1), Side::Asking),
        (between_centres, manager(9, 2), Side::Asked),
        (between_centres, manager(9, 3), Side::Beside),
        (between_centres, mentor(1), Side::Beside),
        // Whoever asked and is no manager any more speaks for no centre.
        (between_centres, mentor(8), Side::Beside),
        // Whoever asked and is the other centre's manager now answers for that one.
        (between_centres, manager(8, 2), Side::Asked),
    ] {
        assert_eq!(side(&parties, by), expected, "{parties:?} {by:?}");
    }
}

#[test]
fn who_has_not_got_the_participant_is_told_what_is_needed_to_answer_and_then_nothing() {
    for state in HandOverState::ALL {
        for kind in HandOverKind::ALL {
            assert_eq!(shown(*kind, *state, true), Shown::Called, "{kind} {state}");
            let expected = match (*state == Asked, kind) {
                (true, HandOverKind::Companion) => Shown::Called,
                (true, HandOverKind::Centre) => Shown::Initials,
                (false, _) => Shown::Nothing,
            };
            assert_eq!(shown(*kind, *state, false), expected, "{kind} {state}");
        }
    }
}

#[test]
fn initials_are_two_letters_in_any_script() {
    for (name, expected) in [
        ("Amina Bennani", "A. B."),
        ("Fatima Zahra El Alaoui", "F. A."),
        ("Amina", "A."),
        ("أمينة بناني", "أ. ب."),
        ("ⵜⵓⴷⴰ", "ⵜ."),
        ("  (Mimi)  d'Or ", "M. d."),
        ("123", "–"),
    ] {
        assert_eq!(initials(name), expected, "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_is_done_it_is_answered_once_and_by_whom_it_was_asked(
        steps in prop::collection::vec((0_usize..4, 0_usize..3), 0..20),
    ) {
        let (mut state, mut changes) = (Asked, 0);
        for (step, who) in steps {
            let side = SIDES[who];
            let next = HandOverCommand::ALL.get(step).map_or_else(|| ended(state), |command| after(state, *command, side));
            if let Some(command) = HandOverCommand::ALL.get(step) {
                prop_assert_eq!(possible(state, side).contains(command), next.is_some());
            }
            if let Some(next) = next {
                prop_assert_eq!(state, Asked);
                prop_assert!(!matches!(next, Accepted | Refused) || side == Side::Asked);
                prop_assert!(next != Withdrawn || side == Side::Asking);
                state = next;
                changes += 1;
            }
        }
        prop_assert!(changes <= 1);
    }

    #[test]
    fn nobody_stands_on_both_sides_and_nobody_answers_for_themselves(
        asked_by in 1_u128..4, to in 1_u128..4, of_centre: bool, by in 1_u128..4, manages in 0_u128..4,
    ) {
        let parties = Parties {
            from_centre: centre(1),
            asked_by: staff(asked_by),
            to_staff: (!of_centre).then(|| staff(to)),
            to_centre: of_centre.then(|| centre(2)),
        };
        let by = By { staff: staff(by), manages: (manages > 0).then(|| centre(manages)) };
        let side = side(&parties, by);
        let allowed = possible(Asked, side);
        prop_assert!(!(allowed.contains(&Accept) && allowed.contains(&Withdraw)));
        prop_assert_eq!(allowed.is_empty(), side == Side::Beside);
    }
}
