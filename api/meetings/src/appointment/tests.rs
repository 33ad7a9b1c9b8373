//! The life of an appointment, as a table and as laws.

use super::rules::{ActingAs, Refusal, Situation, Timing, decide, possible};
use contract::{AppointmentCommand as Command, AppointmentOutcome, AppointmentState as State};
use proptest::prelude::*;

fn situation(state: State, timing: Timing, acting_as: ActingAs) -> Situation {
    Situation { state, timing, acting_as }
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
            vec![
                Command::Confirm,
                Command::Decline,
                Command::AskToMove,
                Command::Propose,
                Command::Move,
                Command::Cancel,
            ],
        ),
        (
            State::ChangeRequested,
            Staff,
            vec![Command::Confirm, Command::Decline, Command::Propose, Command::Move, Command::Cancel],
        ),
        (State::Declined, Staff, vec![]),
    ] {
        assert_eq!(possible(situation(state, Timing::Ahead, who)), commands, "{state} {who:?}");
    }
}

#[test]
fn once_it_has_started() {
    use ActingAs::{Participant, Staff};
    for (state, who, commands) in [
        (State::Scheduled, Participant, vec![]),
        (State::Scheduled, Staff, vec![Command::Cancel, Command::RecordOutcome]),
        (State::Confirmed, Staff, vec![Command::Cancel, Command::RecordOutcome]),
        (State::TookPlace, Staff, vec![Command::CorrectOutcome]),
        (State::DidNotCome, Participant, vec![]),
        (State::Cancelled, Staff, vec![]),
    ] {
        assert_eq!(possible(situation(state, Timing::Started, who)), commands, "{state} {who:?}");
    }
}

#[test]
fn while_several_times_are_offered() {
    use ActingAs::{Participant, Staff};
    for (state, timing, who, commands) in [
        (
            State::Proposed,
            Timing::Offered,
            Participant,
            vec![Command::Decline, Command::AskToMove, Command::Choose],
        ),
        (State::ChangeRequested, Timing::Offered, Participant, vec![Command::Decline, Command::Choose]),
        (State::Proposed, Timing::Exhausted, Participant, vec![Command::Decline, Command::AskToMove]),
        (State::ChangeRequested, Timing::Exhausted, Participant, vec![Command::Decline]),
        (
            State::Proposed,
            Timing::Exhausted,
            Staff,
            vec![Command::Decline, Command::AskToMove, Command::Propose, Command::Move, Command::Cancel],
        ),
        (
            State::ChangeRequested,
            Timing::Offered,
            Staff,
            vec![Command::Decline, Command::Choose, Command::Propose, Command::Move, Command::Cancel],
        ),
        (State::Declined, Timing::Offered, Staff, vec![]),
    ] {
        assert_eq!(possible(situation(state, timing, who)), commands, "{state} {timing:?} {who:?}");
    }
    let refused = |state, timing, command| decide(situation(state, timing, ActingAs::Staff), command, None);
    let (wanted, proposed) = (State::ChangeRequested, State::Proposed);
    assert_eq!(refused(wanted, Timing::Offered, Command::Confirm), Err(Refusal::NoTimeYet));
    assert_eq!(refused(wanted, Timing::Offered, Command::RecordOutcome), Err(Refusal::NoTimeYet));
    assert_eq!(refused(proposed, Timing::Exhausted, Command::Choose), Err(Refusal::Exhausted));
    assert_eq!(refused(wanted, Timing::Ahead, Command::Choose), Err(Refusal::NothingOffered));
    assert_eq!(refused(proposed, Timing::Offered, Command::Confirm), Err(Refusal::State(proposed)));
}

#[test]
fn refusals_say_why() {
    let confirmed = situation(State::Confirmed, Timing::Ahead, ActingAs::Participant);
    assert_eq!(decide(confirmed, Command::Confirm, None), Err(Refusal::State(State::Confirmed)));
    assert_eq!(decide(confirmed, Command::Cancel, None), Err(Refusal::NotYours));
    let early = situation(State::Confirmed, Timing::Ahead, ActingAs::Staff);
    assert_eq!(
        decide(early, Command::RecordOutcome, Some(AppointmentOutcome::DidNotCome)),
        Err(Refusal::NotStarted)
    );
    let late = situation(State::Scheduled, Timing::Started, ActingAs::Participant);
    assert_eq!(decide(late, Command::Confirm, None), Err(Refusal::HasStarted));
}

fn any_situation() -> impl Strategy<Value = Situation> {
    (
        prop::sample::select(State::ALL),
        prop::sample::select(Timing::all()),
        prop::sample::select(&[ActingAs::Participant, ActingAs::Staff][..]),
    )
        .prop_map(|(state, timing, acting_as)| situation(state, timing, acting_as))
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
            let own = matches!(next, State::Confirmed | State::Declined | State::ChangeRequested);
            prop_assert!(own || (next == State::Scheduled && command == Command::Choose));
        }
    }
}
