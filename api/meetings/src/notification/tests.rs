use super::rules::{Ruling, Situation, judge};

const SENT: Situation = Situation { is_so: false, is_as_told: true, is_superseded: false, is_used: false };

#[test]
fn a_button_that_was_just_sent_works() {
    assert_eq!(judge(SENT), Ruling::CarryOut);
}

#[test]
fn what_is_so_already_is_said_again_whether_the_button_was_used_or_not() {
    for is_used in [false, true] {
        for is_superseded in [false, true] {
            assert_eq!(judge(Situation { is_so: true, is_used, is_superseded, ..SENT }), Ruling::InForce);
        }
    }
}

#[test]
fn a_used_button_does_not_undo_what_came_after_it() {
    // Confirmed, then asked to move: the old "confirm" must not confirm once more.
    assert_eq!(judge(Situation { is_used: true, ..SENT }), Ruling::Used);
    assert_eq!(judge(Situation { is_used: true, is_as_told: false, ..SENT }), Ruling::Used);
}

#[test]
fn nobody_answers_for_what_they_have_not_read_about() {
    for is_so in [false, true] {
        assert_eq!(judge(Situation { is_so, is_as_told: false, ..SENT }), Ruling::Useless);
    }
    assert_eq!(judge(Situation { is_superseded: true, ..SENT }), Ruling::Useless);
}
