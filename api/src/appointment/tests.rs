//! The life of an appointment, as a table and as laws.

use super::rules::{ActingAs, Refusal, Situation, decide, possible};
use contract::{AppointmentCommand as Command, AppointmentOutcome, AppointmentState as State};
use proptest::prelude::*;

fn situation(state: State, has_started: bool, acting_as: ActingAs) -> Situation {
    Situation { state, has_started, acting_as }
}

#[test]
fn before_the_start() {
    use ActingAs::{Participant, Staff};
    for (state, who, commands) in [
        (State::Scheduled, Participant, vec![Command::Confirm, Command::Decline, Command::AskToMove]),
        (State::Confirmed, Participant, vec![Command::Decline, Command::AskToMove]),
        (State::ChangeRequested, Participant, vec![Command::Confirm, Command::Decline]),
        (State::Declined, Participant, vec![]),
        (State::Cancelled, Participant, vec![]),
        (
            State::Scheduled,
            Staff,
            vec![Command::Confirm, Command::Decline, Command::AskToMove, Command::Move, Command::Cancel],
        ),
        (
            State::ChangeRequested,
            Staff,
            vec![Command::Confirm, Command::Decline, Command::Move, Command::Cancel],
        ),
        (State::Declined, Staff, vec![]),
    ] {
        assert_eq!(possible(situation(state, false, who)), commands, "{state} {who:?}");
    }
}

#[test]
fn once_it_has_started() {
    use ActingAs::{Participant, Staff};
    for (state, who, commands) in [
        (State::Scheduled, Participant, vec![]),
        (State::Scheduled, Staff, vec![Command::Cancel, Command::RecordOutcome]),
        (State::Confirmed, Staff, vec![Command::Cancel, Command::RecordOutcome]),
        (State::Attended, Staff, vec![Command::CorrectOutcome]),
        (State::NoShow, Participant, vec![]),
        (State::Cancelled, Staff, vec![]),
    ] {
        assert_eq!(possible(situation(state, true, who)), commands, "{state} {who:?}");
    }
}

#[test]
fn refusals_say_why() {
    let confirmed = situation(State::Confirmed, false, ActingAs::Participant);
    assert_eq!(decide(confirmed, Command::Confirm, None), Err(Refusal::State(State::Confirmed)));
    assert_eq!(decide(confirmed, Command::Cancel, None), Err(Refusal::NotYours));
    let early = situation(State::Confirmed, false, ActingAs::Staff);
    assert_eq!(
        decide(early, Command::RecordOutcome, Some(AppointmentOutcome::NoShow)),
        Err(Refusal::NotStarted)
    );
    let late = situation(State::Scheduled, true, ActingAs::Participant);
    assert_eq!(decide(late, Command::Confirm, None), Err(Refusal::HasStarted));
}

fn any_situation() -> impl Strategy<Value = Situation> {
    (
        prop::sample::select(State::ALL),
        any::<bool>(),
        prop::sample::select(&[ActingAs::Participant, ActingAs::Staff][..]),
    )
        .prop_map(|(state, has_started, acting_as)| situation(state, has_started, acting_as))
}

proptest! {
    #[test]
    fn an_ended_appointment_never_opens_again(
        situation in any_situation(),
        command in prop::sample::select(Command::ALL),
        outcome in prop::option::of(prop::sample::select(AppointmentOutcome::ALL)),
    ) {
        if let Ok(next) = decide(situation, command, outcome)
            && !situation.state.is_open()
        {
            prop_assert!(!next.is_open());
        }
    }

    #[test]
    fn a_participant_never_decides_how_it_ended(
        situation in any_situation(),
        command in prop::sample::select(Command::ALL),
        outcome in prop::option::of(prop::sample::select(AppointmentOutcome::ALL)),
    ) {
        if situation.acting_as == ActingAs::Participant
            && let Ok(next) = decide(situation, command, outcome)
        {
            prop_assert!(matches!(next, State::Confirmed | State::Declined | State::ChangeRequested));
        }
    }
}
