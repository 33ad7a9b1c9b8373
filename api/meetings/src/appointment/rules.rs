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

/// How the time of the appointment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// It is agreed on, and its start lies ahead.
    Ahead,
    /// It is agreed on, and its start has come.
    Started,
    /// None is agreed on: several are offered, and one at least can still be chosen.
    Offered,
    /// None is agreed on, and of those that were offered each has passed or is taken.
    Exhausted,
}

impl Timing {
    const ALL: [Self; 4] = [Self::Ahead, Self::Started, Self::Offered, Self::Exhausted];

    /// Every way in which it can lie.
    pub const fn all() -> &'static [Self] {
        &Self::ALL
    }

    const fn is_agreed(self) -> bool {
        matches!(self, Self::Ahead | Self::Started)
    }
}

/// What the rule needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Where the appointment stands.
    pub state: AppointmentState,
    /// How its time lies.
    pub timing: Timing,
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
    /// Only once a time is agreed on.
    NoTimeYet,
    /// Only while several times are offered.
    NothingOffered,
    /// Only while one of the times that are offered can be chosen.
    Exhausted,
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
            Self::NoTimeYet => "no time is agreed on yet".to_owned(),
            Self::NothingOffered => "there are no times to choose from".to_owned(),
            Self::Exhausted => "every time that was offered has passed or is taken".to_owned(),
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
    let Situation { state, timing, acting_as } = situation;
    let for_staff = matches!(
        command,
        Command::Propose | Command::Move | Command::Cancel | Command::RecordOutcome | Command::CorrectOutcome
    );
    if for_staff && acting_as != ActingAs::Staff {
        return Err(Refusal::NotYours);
    }
    let ended = outcome.map_or(State::TookPlace, State::from);
    let next = match (command, state) {
        (Command::Choose, State::Proposed | State::ChangeRequested) => State::Scheduled,
        (Command::Confirm, State::Scheduled | State::ChangeRequested) => State::Confirmed,
        (Command::AskToMove, State::Proposed | State::Scheduled | State::Confirmed) => State::ChangeRequested,
        (Command::RecordOutcome, State::Scheduled | State::Confirmed | State::ChangeRequested) => ended,
        (Command::CorrectOutcome, State::TookPlace | State::DidNotCome | State::DidNotTakePlace) => ended,
        // Plans change after a yes, too: somebody who can no longer come must be able to say so.
        (Command::Decline, state) if state.is_open() => State::Declined,
        (Command::Propose, state) if state.is_open() => State::Proposed,
        (Command::Move, state) if state.is_open() => State::Scheduled,
        (Command::Cancel, state) if state.is_open() => State::Cancelled,
        _ => return Err(Refusal::State(state)),
    };
    in_time(command, timing).map(|()| next)
}

/// Whether the time allows the command.
fn in_time(command: AppointmentCommand, timing: Timing) -> Result<(), Refusal> {
    use AppointmentCommand as Command;
    match (command, timing) {
        (Command::Choose, Timing::Offered) => Ok(()),
        (Command::Choose, Timing::Exhausted) => Err(Refusal::Exhausted),
        (Command::Choose, Timing::Ahead | Timing::Started) => Err(Refusal::NothingOffered),
        (Command::Confirm | Command::RecordOutcome, timing) if !timing.is_agreed() => Err(Refusal::NoTimeYet),
        (Command::RecordOutcome, Timing::Ahead) => Err(Refusal::NotStarted),
        (
            Command::Confirm | Command::Decline | Command::AskToMove | Command::Propose | Command::Move,
            Timing::Started,
        ) => Err(Refusal::HasStarted),
        _ => Ok(()),
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
