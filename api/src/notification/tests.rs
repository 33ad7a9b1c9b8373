use super::rules::{Ruling, Situation, judge};
use contract::{AppointmentState as State, NotificationAction as Action};

const SENT: Situation = Situation {
    action: Action::Confirm,
    state: State::Scheduled,
    is_as_told: true,
    is_superseded: false,
    is_used: false,
};

#[test]
fn a_button_that_was_just_sent_works() {
    assert_eq!(judge(SENT), Ruling::CarryOut);
    assert_eq!(
        judge(Situation { action: Action::AskToMove, state: State::Confirmed, ..SENT }),
        Ruling::CarryOut
    );
}

#[test]
fn what_is_so_already_is_said_again_whether_the_button_was_used_or_not() {
    for is_used in [false, true] {
        for is_superseded in [false, true] {
            let confirmed = Situation { state: State::Confirmed, is_used, is_superseded, ..SENT };
            assert_eq!(judge(confirmed), Ruling::InForce);
        }
    }
    let asked = Situation { action: Action::AskToMove, state: State::ChangeRequested, is_used: true, ..SENT };
    assert_eq!(judge(asked), Ruling::InForce);
}

#[test]
fn a_used_button_does_not_undo_what_came_after_it() {
    // Confirmed, then asked to move: the old "confirm" must not confirm once more.
    assert_eq!(judge(Situation { state: State::ChangeRequested, is_used: true, ..SENT }), Ruling::Used);
    assert_eq!(
        judge(Situation { state: State::Scheduled, is_used: true, is_as_told: false, ..SENT }),
        Ruling::Used
    );
}

#[test]
fn nobody_answers_for_a_time_they_have_not_read_about() {
    for state in State::ALL.iter().copied() {
        let moved = Situation { state, is_as_told: false, ..SENT };
        assert_eq!(judge(moved), Ruling::Useless, "{state}");
    }
    assert_eq!(judge(Situation { is_superseded: true, ..SENT }), Ruling::Useless);
}
