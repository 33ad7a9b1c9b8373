//! The life of an appointment, in one pure function: state, command and who gives it → the new state or a refusal.

use contract::{AppointmentCommand, AppointmentOutcome, AppointmentState};

/// In which part somebody gives a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActingAs {
    /// The participant themself.
    Participant,
    /// A staff member who accompanies the participant, or their manager. They may also answer for a participant who told
    /// them by telephone.
    Staff,
}

/// What the rule needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Where the appointment stands.
    pub state: AppointmentState,
    /// Whether its start has come.
    pub has_started: bool,
    /// Who gives the command.
    pub acting_as: ActingAs,
}

/// Why a command is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not from this state.
    State(AppointmentState),
    /// Only before it starts.
    HasStarted,
    /// Only once it has started.
    NotStarted,
    /// Not for this person.
    NotYours,
}

impl Refusal {
    /// In words.
    pub fn describe(self) -> String {
        match self {
            Self::State(state) => format!("the appointment is {state}"),
            Self::HasStarted => "the appointment has started".to_owned(),
            Self::NotStarted => "the appointment has not started yet".to_owned(),
            Self::NotYours => "only staff can do this".to_owned(),
        }
    }
}

/// The new state, or why not. `outcome` is read for the two commands that say how it ended.
pub fn decide(
    situation: Situation,
    command: AppointmentCommand,
    outcome: Option<AppointmentOutcome>,
) -> Result<AppointmentState, Refusal> {
    use AppointmentCommand as Command;
    use AppointmentState as State;
    let Situation { state, has_started, acting_as } = situation;
    let for_staff =
        matches!(command, Command::Move | Command::Cancel | Command::RecordOutcome | Command::CorrectOutcome);
    if for_staff && acting_as != ActingAs::Staff {
        return Err(Refusal::NotYours);
    }
    let ended = outcome.map_or(State::Attended, State::from);
    let next = match (command, state) {
        (Command::Confirm, State::Scheduled | State::ChangeRequested) => State::Confirmed,
        // Plans change after a yes, too: somebody who can no longer come must be able to say so.
        (Command::Decline, State::Scheduled | State::Confirmed | State::ChangeRequested) => State::Declined,
        (Command::AskToMove, State::Scheduled | State::Confirmed) => State::ChangeRequested,
        (Command::Move, State::Scheduled | State::Confirmed | State::ChangeRequested) => State::Scheduled,
        (Command::Cancel, State::Scheduled | State::Confirmed | State::ChangeRequested) => State::Cancelled,
        (Command::RecordOutcome, State::Scheduled | State::Confirmed | State::ChangeRequested) => ended,
        (Command::CorrectOutcome, State::Attended | State::NoShow | State::Excused) => ended,
        _ => return Err(Refusal::State(state)),
    };
    match command {
        Command::Confirm | Command::Decline | Command::AskToMove | Command::Move if has_started => {
            Err(Refusal::HasStarted)
        }
        Command::RecordOutcome if !has_started => Err(Refusal::NotStarted),
        _ => Ok(next),
    }
}

/// The commands that would be carried out now.
pub fn possible(situation: Situation) -> Vec<AppointmentCommand> {
    AppointmentCommand::ALL
        .iter()
        .copied()
        .filter(|command| decide(situation, *command, None).is_ok())
        .collect()
}
