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

/// What staff can do in every state, however its time lies: a line a state, a column each for a time that lies ahead, one that has come,
/// several that are offered, and several of which none can be chosen any more. A letter each: **c**onfirm, **d**ecline, **a**sk to move,
/// c**h**oose, **p**ropose, **m**ove, ca**n**cel, **r**ecord the outcome, c**o**rrect it.
const TABLE: &str = "
    proposed            dapmn   n   dahpmn  dapmn
    scheduled           cdapmn  nr  dapmn   dapmn
    confirmed           dapmn   nr  dapmn   dapmn
    declined            .       .   .       .
    change_requested    cdpmn   nr  dhpmn   dpmn
    cancelled           .       .   .       .
    took_place          o       o   o       o
    did_not_come        o       o   o       o
    did_not_take_place  o       o   o       o";

const fn letter(command: Command) -> char {
    match command {
        Command::Confirm => 'c',
        Command::Decline => 'd',
        Command::AskToMove => 'a',
        Command::Choose => 'h',
        Command::Propose => 'p',
        Command::Move => 'm',
        Command::Cancel => 'n',
        Command::RecordOutcome => 'r',
        Command::CorrectOutcome => 'o',
    }
}

#[test]
fn every_command_in_every_state_at_every_time_by_everybody() {
    let mut states = Vec::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split_whitespace();
        let state: State = words.next().unwrap().parse().unwrap();
        states.push(state);
        for (timing, letters) in Timing::all().iter().zip(words) {
            for command in Command::ALL {
                let is_possible = letters.contains(letter(*command));
                // What is for staff alone, no participant does; all else they do where staff do it for them.
                let is_theirs = "cdah".contains(letter(*command));
                for (who, may) in
                    [(ActingAs::Staff, is_possible), (ActingAs::Participant, is_possible && is_theirs)]
                {
                    let next = decide(situation(state, *timing, who), *command, None);
                    assert_eq!(next.is_ok(), may, "{state} {timing:?} {command} {who:?}");
                    assert!(next.is_err() || next == Ok(leads_to(*command)), "{state} {command}");
                }
            }
        }
    }
    assert_eq!(states, State::ALL);
}

/// Where each command leads; those that say how it ended, without a word, to its having taken place.
const fn leads_to(command: Command) -> State {
    match command {
        Command::Confirm => State::Confirmed,
        Command::Decline => State::Declined,
        Command::AskToMove => State::ChangeRequested,
        Command::Choose | Command::Move => State::Scheduled,
        Command::Propose => State::Proposed,
        Command::Cancel => State::Cancelled,
        Command::RecordOutcome | Command::CorrectOutcome => State::TookPlace,
    }
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

    /// Whatever is commanded by whomever, and however time passes between: what is offered has no agreed time, what is confirmed has one, how
    /// it ended is said of what has begun, and what is over stays over.
    #[test]
    fn any_sequence_of_commands_leaves_a_legal_state(
        is_offered: bool,
        steps in prop::collection::vec((0..Command::ALL.len() + 2, any::<bool>(), prop::sample::select(AppointmentOutcome::ALL)), 0..30),
    ) {
        let (mut state, mut timing) =
            if is_offered { (State::Proposed, Timing::Offered) } else { (State::Scheduled, Timing::Ahead) };
        let mut has_ended = false;
        for (step, is_staff, outcome) in steps {
            let Some(command) = Command::ALL.get(step) else {
                timing = match timing {
                    Timing::Ahead | Timing::Started => Timing::Started,
                    Timing::Offered | Timing::Exhausted => Timing::Exhausted,
                };
                continue;
            };
            let who = if is_staff { ActingAs::Staff } else { ActingAs::Participant };
            let Ok(next) = decide(situation(state, timing, who), *command, Some(outcome)) else { continue };
            prop_assert!(state.is_open() || *command == Command::CorrectOutcome);
            has_ended |= *command == Command::RecordOutcome;
            timing = match command {
                Command::Choose | Command::Move => Timing::Ahead,
                Command::Propose => Timing::Offered,
                _ => timing,
            };
            state = next;
            let is_agreed = matches!(timing, Timing::Ahead | Timing::Started);
            match state {
                State::Proposed => prop_assert!(!is_agreed),
                State::Scheduled | State::Confirmed => prop_assert!(is_agreed),
                State::ChangeRequested | State::Declined | State::Cancelled => {}
                State::TookPlace | State::DidNotCome | State::DidNotTakePlace => {
                    prop_assert!(has_ended && timing == Timing::Started);
                }
            }
        }
    }
}
